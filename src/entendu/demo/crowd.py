"""Who speaks in the sample: a cast with names that come back, and a crowd drawn from lists of names."""

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from entendu.kit.fold import fold

WITH_AUDIENCE = frozenset({"microblog", "photo"})
CROWD = 380  # people of each language who may come back


@dataclass(frozen=True, slots=True)
class Voice:
    """A person on one channel."""

    name: str
    handle: str
    audience: int = 0

    @property
    def first_name(self) -> str:
        """What one calls this person in a reply."""
        return re.split(r"[ .|]", self.name.strip())[0]


class Crowd:
    """Finds people by name, by number, or by what they write about."""

    def __init__(self, cast: list[dict[str, Any]], words: dict[str, Any]) -> None:
        self._cast = {one["id"]: one for one in cast}
        self.words = words

    def named(self, who: str, door: str) -> Voice:
        """Somebody of the cast by id, or "Name|handle|audience"."""
        if "|" in who:
            name, handle, audience = who.split("|")
            return Voice(name, handle, int(audience))
        return self._of_cast(who, door)

    def stranger(self, language: str, number: int, door: str) -> Voice:
        """The nth person of a language: the same everywhere, but for the audience that a channel gives."""
        dice = Random(f"who:{language}:{number}")  # noqa: S311 - a sample, not a secret
        lists = self.words[language]
        first, last = dice.choice(lists["first"]), dice.choice(lists["last"])
        plain = [re.sub(r"[^a-z]", "", fold(part)) for part in (first, last)]
        handle = dice.choice(
            (
                f"{plain[0]}{plain[1][:3]}{number % 97}",
                f"{plain[0]}.{plain[1]}.{number}",
                f"{plain[0][0]}{plain[1]}{number}",
                f"{plain[1]}_{plain[0][:4]}{number % 89}",
            )
        )
        audience = 20 + int(dice.lognormvariate(5.2, 1.25)) if door in WITH_AUDIENCE else 0
        return Voice(f"{first} {last}", handle, audience)

    def anybody(self, language: str, kind: str, door: str, dice: Random) -> Voice:
        """Who writes a message of this kind. Few people write most of what is said about products."""
        if kind == "product" and dice.random() < 0.8:
            mavens = [
                one
                for one in self._cast.values()
                if one.get("maven") and door in one["on"] and one["l"] == language
            ]
            if mavens:
                chosen = dice.choices(mavens, weights=[one["maven"] for one in mavens])[0]
                return self._of_cast(chosen["id"], door)
        regulars = [one["id"] for one in self._cast.values() if door in one["on"] and one["l"] == language]
        if regulars and kind in {"praise", "question", "complaint"} and dice.random() < 0.05:
            return self._of_cast(dice.choice(regulars), door)
        return self.stranger(language, dice.randrange(CROWD), door)

    def _of_cast(self, who: str, door: str) -> Voice:
        one = self._cast[who]
        handle, audience = one["on"][door]
        return Voice(one["name"], handle, audience)
