"""The words for the states of a thing (open or closed, free or charged …) in French and English: `states.txt`."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from entendu.reading.claims.tokens import Token


def words_of(name: str) -> frozenset[str]:
    """One of the lists of `words.txt`."""
    text = resources.files("entendu.reading.claims").joinpath("words.txt").read_text("utf-8")
    lists = dict(line.split(" | ") for line in text.splitlines() if not line.startswith("#"))
    return frozenset(lists[name].split())


NEGATORS = words_of("negators")
_STEM = 3  # the shortest beginning that a starred word has


@dataclass(frozen=True, slots=True)
class State:
    """Tokens [start, end) say that a thing is (`good`) or is not as one wants it, in this respect."""

    name: str
    good: bool
    start: int
    end: int


class Lexicon:
    """Phrases by their first word; the longest that fits wins."""

    def __init__(self, text: str) -> None:
        self._whole: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        self._stems: dict[str, tuple[str, bool]] = {}
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            head, _bar, words = line.partition(" | ")
            name, sign = head.split()
            for phrase in words.split(" ; "):
                self._add(tuple(phrase.split()), name, sign == "+")
        for phrases in self._whole.values():
            phrases.sort(key=lambda entry: -len(entry[0]))

    def _add(self, phrase: tuple[str, ...], name: str, good: bool) -> None:
        if phrase[0].endswith("*"):
            self._stems[phrase[0][:-1]] = (name, good)
        else:
            self._whole.setdefault(phrase[0], []).append((phrase, name, good))

    def states(self, tokens: list[Token]) -> list[State]:
        """What the tokens say, in order, without overlap inside one phrase. A negation turns a state round, unless
        it is part of the phrase."""
        forms = [token.form for token in tokens]
        found: list[State] = []
        at = 0
        while at < len(forms):
            hit = self._at(forms, at)
            if hit is None:
                at += 1
                continue
            names, end = hit
            turned = end - at == 1 and _negated(tokens, at)
            found += [State(name, good != turned, at, end) for name, good in names]
            at = end
        return found

    def _at(self, forms: list[str], at: int) -> tuple[list[tuple[str, bool]], int] | None:
        form = forms[at]
        entries = self._whole.get(form, ())
        for phrase, _name, _good in entries:
            size = len(phrase)
            if size == 1 or tuple(forms[at : at + size]) == phrase:
                names = [(name, good) for other, name, good in entries if other == phrase]
                return names, at + size
        for size in range(len(form), _STEM - 1, -1):
            stem = self._stems.get(form[:size])
            if stem is not None:
                return [stem], at + 1
        return None


def _negated(tokens: list[Token], at: int) -> bool:
    """Whether a negation stands in the three words before, or "pas" just behind, in the same clause."""
    clause = tokens[at].clause
    before = [token for token in tokens[max(0, at - 3) : at] if token.clause == clause]
    behind = [token.form for token in tokens[at + 1 : at + 3] if token.clause == clause]
    return any(token.form in NEGATORS for token in before) or "pas" in behind


@cache
def shipped() -> Lexicon:
    """The lexicon of the package."""
    return Lexicon(resources.files("entendu.reading.claims").joinpath("states.txt").read_text("utf-8"))
