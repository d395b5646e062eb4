"""The fast reader: one sparse linear layer over words and pieces of words, for every head at once.

A text's score for an output is the sum of `count * weight` over its features, divided by the Euclidean
length of the text's weighted counts (tf-idf with cosine normalisation), plus a bias. All heads share one
pass.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from entendu.reading import words
from entendu.reading.heads import Floats, Head, heads

_MEMORY_LIMIT = 200_000


class LinearReader:
    """Weights held in memory. `score` is a pure function of the texts; the token memory only saves time."""

    def __init__(self, vocabulary: list[str], table: Floats, bias: Floats, meta: dict[str, Any]) -> None:
        """Arguments: feature strings; table (features, outputs + 1), whose last column is the squared idf;
        biases.
        """
        self.version: str = meta["version"]
        self.meta = meta
        self.heads: dict[str, Head] = heads(meta)
        self._table = table
        self._bias = bias
        self._rows = {feature: row for row, feature in enumerate(vocabulary)}
        self._pairs: dict[tuple[int, int], int] = {}
        for feature, row in self._rows.items():
            left, space, right = feature.partition(" ")
            if space and left in self._rows and right in self._rows:
                self._pairs[self._rows[left], self._rows[right]] = row
        self._memory: dict[str, tuple[int, tuple[int, ...]]] = {}

    def score(self, texts: Sequence[str]) -> Floats:
        """Raw scores, shape (texts, outputs), in the order of `heads`. A text without a known feature gets
        the bias.
        """
        flat, ends = self.rows(texts)
        outputs = self._table.shape[1] - 1
        if not texts:
            return np.zeros((0, outputs), np.float32)
        # A last row and a last segment, both dropped again: reduceat needs each start to lie inside the rows.
        flat.append(0)
        gathered = self._table[np.asarray(flat, np.int32)]
        edges = np.asarray([0, *ends], np.int64)
        sums = np.add.reduceat(gathered, edges, axis=0)[:-1]
        sums[edges[1:] == edges[:-1]] = 0.0
        length = np.sqrt(np.maximum(sums[:, -1:], 1e-6))
        return (sums[:, :-1] / length + self._bias).astype(np.float32)

    def rows(self, texts: Sequence[str]) -> tuple[list[int], list[int]]:
        """Feature rows of all texts, one after the other, and where each text ends."""
        memory = self._memory
        if len(memory) > _MEMORY_LIMIT:
            memory.clear()
        pair = self._pairs.get
        flat: list[int] = []
        ends: list[int] = []
        find = words.TOKEN.findall
        for text in texts:
            before = -1
            for token in find(words.tidy(text)):
                known = memory.get(token)
                if known is None:
                    known = memory[token] = self._look_up(token)
                row, features = known
                flat += features
                if row >= 0 and before >= 0:
                    both = pair((before, row))
                    if both is not None:
                        flat.append(both)
                before = row
            ends.append(len(flat))
        return flat, ends

    def _look_up(self, token: str) -> tuple[int, tuple[int, ...]]:
        find = self._rows.get
        features = tuple(row for piece in words.pieces(token) if (row := find(piece)) is not None)
        return find(words.word(token), -1), features

    def reasons(self, text: str, output: int, most: int = 5) -> list[tuple[str, float]]:
        """The words and pairs of this text that weigh most, either way, on one output; pieces count for
        their word.
        """
        found: dict[str, float] = {}
        before = ""
        for token in words.tokens(words.tidy(text)):
            form = words.word(token)
            for piece in words.pieces(token):
                row = self._rows.get(piece)
                if row is not None:
                    found[form] = found.get(form, 0.0) + float(self._table[row, output])
            both = self._rows.get(words.pair(before, form))
            if both is not None:
                found[words.pair(before, form)] = float(self._table[both, output])
            before = form
        return sorted(found.items(), key=lambda item: -abs(item[1]))[:most]


@cache
def shipped() -> LinearReader:
    """The reader whose weights lie in the package."""
    with (
        resources.files("entendu.reading").joinpath("weights/linear.npz").open("rb") as file,
        np.load(file) as data,
    ):
        vocabulary = data["vocabulary"].tobytes().decode("utf-8").split("\n")
        table = data["weights"].astype(np.float32) * data["scales"].astype(np.float32)
        idf = data["idf"].astype(np.float32)
        meta = json.loads(data["meta"].tobytes())
        full = np.concatenate([table * idf[:, None], (idf * idf)[:, None]], axis=1)
        return LinearReader(vocabulary, full, data["bias"].astype(np.float32), meta)
