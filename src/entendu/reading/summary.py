"""One line, or a few, that say what a group of messages says: sentences taken from them, never made up.

Sentences are ranked by how central they are among all of them (continuous LexRank: Erkan and Radev 2004, "LexRank:
Graph-based Lexical Centrality as Salience in Text Summarization", section 3.3), over words weighed by inverse document
frequency; further lines must say something else (maximal marginal relevance: Carbonell and Goldstein 1998).
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entendu.kit.fold import fold
from entendu.reading import words
from entendu.reading.keyphrases import STOP

MOST_SENTENCES = 400
LONGEST = 220  # characters of a line
_DAMPING = 0.15
_SHORT, _LONG = 4, 30  # words: shorter says little, longer is no line
_ALIKE = 0.5  # cosine above which a second line says the same
_END = re.compile(r"(?<=[.!?…])\s+|\n+")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of one of the messages, word for word (cut at a word when long): of which (`place` in the group)."""

    text: str
    place: int


def summary(texts: Sequence[str], most: int = 1) -> list[Line]:
    """The `most` sentences that stand for `texts`, the most central first; fewer where fewer differ. At most
    MOST_SENTENCES are weighed: those of the last texts are left out."""
    sentences = _sentences(texts)
    bags = [_bag(one.text) for one in sentences]
    kept = [place for place, bag in enumerate(bags) if bag]
    if not kept:
        return []
    alike = _likeness([bags[place] for place in kept])
    sizes = np.array([len(sentences[place].text.split()) for place in kept], dtype=np.float64)
    fit = np.minimum(1.0, sizes / _SHORT) * np.minimum(1.0, _LONG / sizes)
    score = _centrality(alike) * fit
    chosen: list[int] = []
    for place in np.argsort(-score, kind="stable"):
        if all(alike[place, other] < _ALIKE for other in chosen):
            chosen.append(int(place))
        if len(chosen) == most:
            break
    return [_cut(sentences[kept[place]]) for place in chosen]


def sentence_with(text: str, phrase: str) -> str:
    """The sentence of a text that holds a phrase (case, accents and white space aside), as a line; the most central
    one when none does, "" for an empty text."""
    wanted = " ".join(fold(phrase).split())
    for line in _sentences([text]):
        if wanted and wanted in fold(line.text):
            return _cut(line).text
    lines = summary([text])
    return lines[0].text if lines else ""


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order."""
    return [line.text for line in _sentences([text])]


def _sentences(texts: Sequence[str]) -> list[Line]:
    """The sentences of each text, in order."""
    found: list[Line] = []
    for place, text in enumerate(texts):
        if len(found) >= MOST_SENTENCES:
            break
        plain = " ".join(words.tidy(text).split(" "))
        found += [Line(" ".join(one.split()), place) for one in _END.split(plain) if one.strip()]
    return found[:MOST_SENTENCES]


def _bag(text: str) -> Counter[str]:
    """The full words of a sentence, counted; whom it mentions and where it points say nothing."""
    forms = (words.word(token).rstrip("'").lstrip("#") for token in words.tokens(text))
    return Counter(form for form in forms if len(form) > 1 and form[0].isalpha() and form not in STOP)


def _likeness(bags: Sequence[Counter[str]]) -> Floats:
    """Cosines between sentences, words weighed by log(1 + all/with)."""
    with_word = Counter(word for bag in bags for word in bag)
    places = {word: place for place, word in enumerate(with_word)}
    matrix = np.zeros((len(bags), len(places)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            matrix[row, places[word]] = (1 + math.log(count)) * math.log(1 + len(bags) / with_word[word])
    matrix /= np.maximum(1e-12, np.linalg.norm(matrix, axis=1, keepdims=True))
    found: Floats = matrix @ matrix.T
    return found


def _centrality(alike: Floats) -> Floats:
    """The stationary shares of a walk from sentence to like sentence, jumping now and then."""
    size = len(alike)
    steps = alike / alike.sum(axis=1, keepdims=True)
    share: Any = np.full(size, 1 / size)
    for _round in range(50):
        after = _DAMPING / size + (1 - _DAMPING) * (share @ steps)
        if np.abs(after - share).sum() < 1e-9:
            break
        share = after
    return np.asarray(share, dtype=np.float64)


def _cut(line: Line) -> Line:
    if len(line.text) <= LONGEST:
        return line
    return Line(line.text[: LONGEST - 1].rsplit(" ", 1)[0] + "…", line.place)
