"""What a text says, taken apart once: its words with their places and vectors, states, amounts, how it is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from entendu.reading import encoder
from entendu.reading.claims.amounts import Amounts, amounts
from entendu.reading.claims.lexicon import NEGATORS, State, shipped, words_of
from entendu.reading.claims.tokens import Token, tokens
from entendu.reading.keyphrases import STOP

Floats = npt.NDArray[np.float32]
LONGEST_STEM = 6
_MEMORY_LIMIT = 100_000
_ASKING = words_of("asking")
_SELF = words_of("own")
# Words of every announcement and every complaint: they tell nothing of the subject.
_IDLE = words_of("idle")


# When something is, not what.
WHEN = words_of("when")


@dataclass(frozen=True, slots=True)
class Sense:
    """`words`: indices of the tokens that carry a subject, with their `stems` (numbers) and `vectors` (words, width);
    `negated`: which of them a negation stands before."""

    text: str
    tokens: list[Token]
    states: list[State]
    amounts: Amounts
    words: list[int]
    stems: npt.NDArray[np.int64]
    vectors: Floats
    negated: list[bool]
    asks: bool
    own: bool
    quoted: list[tuple[int, int]]


class Words:
    """Vectors of words by their form, remembered. Without the encoder's vocabulary: stems alone."""

    def __init__(self) -> None:
        self._vocabulary = _vocabulary()
        self._mean = np.zeros(0, np.float32)
        if self._vocabulary is not None:
            self._mean = self._vocabulary.vectors(np.arange(4, 40_000, 13)).mean(axis=0)
        self.width = len(self._mean) or 1
        self._vectors: dict[str, Floats] = {}
        self._stems: dict[str, int] = {}
        for number, line in enumerate(_subjects()):
            for word in line.split():
                self._stems[_root(word)] = -1 - number

    def stem(self, form: str) -> int:
        """A number for the form without its ending; the same for words of the same thing (`subjects.txt`)."""
        return self._stems.setdefault(_root(form), len(self._stems))

    def vector(self, form: str) -> Floats:
        """Its direction, of length one; zero where nothing is known."""
        known = self._vectors.get(form)
        if known is None:
            if len(self._vectors) > _MEMORY_LIMIT:
                self._vectors.clear()
            known = self._vectors[form] = self._made(form)
        return known

    def _made(self, form: str) -> Floats:
        if self._vocabulary is None:
            return np.zeros(self.width, np.float32)
        pieces = self._vocabulary.subwords.encode(form, 16)[1:-1]
        if not pieces:
            return np.zeros(self.width, np.float32)
        total = (self._vocabulary.vectors(np.asarray(pieces)) - self._mean).sum(axis=0)
        size = float(np.linalg.norm(total))
        return np.asarray(total / size if size else total, np.float32)


def _root(form: str) -> str:
    root = form.rstrip("s").rstrip("x") if len(form) > 3 else form
    return (root.rstrip("e") if len(root) > 3 else root)[:LONGEST_STEM]


def _subjects() -> list[str]:
    text = resources.files("entendu.reading.claims").joinpath("subjects.txt").read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _vocabulary() -> encoder.Vocabulary | None:
    try:
        return encoder.vocabulary()
    except FileNotFoundError:
        return None


@cache
def shipped_words() -> Words:
    """The vectors of the package, held once in a process."""
    return Words()


def sense(text: str) -> Sense:
    """Takes a text apart."""
    found = tokens(text)
    book = shipped_words()
    chosen = [at for at, token in enumerate(found) if _carries(token.form)]
    forms = [found[at].form for at in chosen]
    vectors = np.zeros((len(chosen), book.width), np.float32)
    for row, at in enumerate(chosen):
        if not forms[row][0].isdigit():  # numbers are the same or they are not
            vectors[row] = book.vector(found[at].written)
    return Sense(
        text=text,
        tokens=found,
        states=shipped().states(found),
        amounts=amounts(found),
        words=chosen,
        stems=np.asarray([book.stem(form) for form in forms], np.int64),
        vectors=vectors,
        negated=[_negated(found, at) for at in chosen],
        asks="?" in text[-3:] and any(token.form in _ASKING for token in found[:4]),
        own=any(token.form in _SELF for token in found),
        quoted=_quoted(text),
    )


def _carries(form: str) -> bool:
    return len(form) > 1 and form not in STOP and form not in _IDLE


def _negated(found: Sequence[Token], at: int) -> bool:
    clause = found[at].clause
    return any(token.form in NEGATORS for token in found[max(0, at - 3) : at] if token.clause == clause)


def _quoted(text: str) -> list[tuple[int, int]]:
    """Characters between quotation marks, [start, end)."""
    found: list[tuple[int, int]] = []
    for opening, closing in (("«", "»"), ("“", "”"), ('"', '"')):
        at = text.find(opening)
        while at >= 0:
            end = text.find(closing, at + 1)
            if end < 0:
                break
            found.append((at + 1, end))
            at = text.find(opening, end + 1)
    return found
