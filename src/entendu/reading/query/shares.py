"""How common words are, measured on texts that were heard: what anchors and the editor's estimate are better with."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from entendu.reading.analyser import SIGNS, analyse


class Shares(Mapping[str, float]):
    """Share of documents that have a key, in (0, 1]; wildcards are added up from the words that satisfy them.

    What was never seen is taken for half a document. Iterates over the words that were counted.
    """

    def __init__(self, counts: Mapping[str, int], documents: int) -> None:
        """`counts`: in how many of the `documents` each word, tag ("#sncf") or field ("lang:fr") was."""
        self._counts = dict(counts)  # a Counter would know every field, with 0
        self._documents = max(1, documents)
        self._begins = _Sums((word, count) for word, count in counts.items() if ":" not in word)
        self._ends = _Sums(
            (word[::-1], n) for word, n in counts.items() if ":" not in word and word[0] not in SIGNS
        )

    @classmethod
    def measured(cls, texts: Iterable[str]) -> "Shares":
        """The shares of the words and tags of some texts, best a few ten thousand."""
        counts: Counter[str] = Counter()
        documents = 0
        for text in texts:
            words, tags = analyse(text)
            counts.update({*words, *tags})
            documents += 1
        return cls(counts, documents)

    def __getitem__(self, key: str) -> float:
        if ":" in key:
            return self._counts[key] / self._documents
        if key.startswith("*"):
            seen = self._ends.of(key[:0:-1])
        elif key.endswith("*"):
            seen = self._begins.of(key[:-1])
        else:
            seen = self._counts.get(key, 0)
        return min(1.0, max(0.5, seen) / self._documents)

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


class _Sums:
    """Counts of words by their beginning."""

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        rows = sorted(counted)
        self._words = [word for word, _ in rows]
        self._sums = [0, *accumulate(count for _, count in rows)]

    def of(self, beginning: str) -> int:
        first = bisect_left(self._words, beginning)
        last = bisect_left(self._words, beginning + "\U0010ffff", first)
        return self._sums[last] - self._sums[first]
