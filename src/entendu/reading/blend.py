"""An encoder and the fast reader together: they err on different texts, so their mean reads better than either.

The description of the encoder (`<name>.json`) says in `beside` which version of the fast reader it was weighed with,
and per head two factors, set on validation texts: that of its own scores and that of the other's.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from entendu.reading import encoder, linear
from entendu.reading.heads import Floats, Head, Model


class BlendedReader:
    """Scores of two models, head by head weighed and added; everything else is the first one's."""

    def __init__(self, first: Model, second: Model) -> None:
        """ValueError where the second is not the version that the first was weighed with, or has other labels."""
        beside: dict[str, Any] = first.meta["beside"]
        if second.version != beside["version"]:
            raise ValueError(f"{first.version} was weighed with {beside['version']}, not {second.version}")
        if any(second.heads[name].labels != head.labels for name, head in first.heads.items()):
            raise ValueError(f"{first.version} and {second.version} have other labels")
        self.version = first.version
        self.meta = first.meta
        self.heads: dict[str, Head] = first.heads
        self._first, self._second = first, second
        self._factors = {name: (float(own), float(other)) for name, (own, other) in beside["factors"].items()}

    def score(self, texts: Sequence[str]) -> Floats:
        """Raw scores, (texts, outputs), in the order of `heads`."""
        return blended(
            self._first.score(texts), self._second.score(texts), self._first, self._second, self._factors
        )


def blended(
    own: Floats, other: Floats, first: Model, second: Model, factors: dict[str, tuple[float, float]]
) -> Floats:
    """The weighed sum of two models' scores, each (texts, outputs), in the order of the first one's heads."""
    found = np.array(own, np.float32)
    for name, (share, rest) in factors.items():
        mine, theirs = first.heads[name], second.heads[name]
        width = len(mine.labels)
        part = share * own[:, mine.start : mine.start + width]
        found[:, mine.start : mine.start + width] = (
            part + rest * other[:, theirs.start : theirs.start + width]
        )
    return found


@cache
def shipped(name: str) -> Model:
    """The encoder of this name, with the fast reader beside it where its description says so."""
    reader = encoder.shipped(name)
    return BlendedReader(reader, linear.shipped()) if "beside" in reader.meta else reader
