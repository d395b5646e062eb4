"""What a text is about, as a vector: the encoder's own vectors of its pieces, weighted by how rarely they come.

Smooth inverse frequency (Arora, Liang and Ma 2017): the mean of the pieces' vectors, each times a / (a + its share of
the language), without what all texts have in common (their first principal component). No model is run; texts of two
languages about one thing lie near one another, roughly.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from entendu.reading.encoder import vocabulary
from entendu.reading.subwords import END, START

COMMON = 0.001  # a: a piece that is one of a thousand pieces of the language weighs a half
PIECES = 96


def vectors(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors of length one, (texts, width); of a text without any word, zeros. They hold for this call alone: what is
    common is taken from these texts."""
    words = vocabulary()
    rows = [[n for n in words.subwords.encode(text, PIECES) if n not in (START, END)] for text in texts]
    known = sorted({number for row in rows for number in row})
    if not known:
        return np.zeros((len(texts), words.places.shape[1]), np.float32)
    place = {number: at for at, number in enumerate(known)}
    table = words.vectors(np.asarray(known, np.int64))
    share = _shares()[known]
    table = np.asarray(table * (COMMON / (COMMON + share))[:, None], np.float32)
    found = np.stack([table[[place[n] for n in row]].mean(axis=0) if row else 0 * table[0] for row in rows])
    return unit(found - _in_common(found))


@cache
def _shares() -> npt.NDArray[np.float32]:
    """Of each piece, its share of the language: the vocabulary knows their logarithms."""
    path = resources.files("entendu.reading").joinpath("weights", "vocabulary.npz")
    with path.open("rb") as file, np.load(file) as data:
        return np.asarray(np.exp(np.minimum(data["scores"].astype(np.float64), 0.0)), np.float32)


def unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each row at length one; zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def _in_common(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Of each row, its part along the direction in which all rows lie."""
    if len(rows) < 2:
        return np.zeros_like(rows)
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    first = axes[0]
    return np.asarray((rows @ first)[:, None] * first, np.float32)
