"""The questions asked most: groups of messages that ask about the same thing, each with the one that says it best."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from entendu.reading.keyphrases import phrases
from entendu.reading.summary import sentences, summary


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject: one of the messages that ask about it, the phrase that they share, and their places."""

    line: str
    about: str
    places: tuple[int, ...]

    @property
    def messages(self) -> int:
        """How many messages."""
        return len(self.places)


def most_asked(texts: Sequence[str], most: int = 5, least: int = 2) -> list[Asked]:
    """The subjects that come back most in `texts` (questions, mostly).

    Greedy: the phrase that most of the remaining messages hold takes them; longer phrases win a tie.
    """
    left = {place: phrases(text) for place, text in enumerate(texts)}
    found: list[Asked] = []
    counts = Counter(phrase for held in left.values() for phrase in held)
    while counts and len(found) < most:
        about, count = max(counts.items(), key=lambda item: (item[1], len(item[0]), item[0]))
        if count < least:
            break
        group = [place for place, held in left.items() if about in held]
        line = line_of([texts[place] for place in group])
        if line:
            found.append(Asked(line, about, tuple(group)))
        for place in group:
            counts.subtract(left.pop(place))
    return found


def line_of(texts: Sequence[str]) -> str:
    """The question of `texts` that says best what they ask; where none has its mark, their best sentence."""
    asking = [one for text in texts for one in sentences(text) if one.endswith("?")]
    lines = summary(asking) or summary(texts)
    return lines[0].text if lines else ""
