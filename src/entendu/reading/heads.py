"""What every model gives: scores for the same heads, and how they become calibrated chances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One facet's slice of the outputs: its labels, in order, and its thresholds, set on validation.

    `bias` is added to the scores, which are then divided by `temperature`. Under `unsure_below` a confidence is
    called unsure. `yes_from`: the chance from which a head of one label says "yes", or the urgency head "high".
    """

    name: str
    labels: tuple[str, ...]
    start: int
    temperature: float
    unsure_below: float
    yes_from: float
    bias: tuple[float, ...]


class Model(Protocol):
    """`score` gives (texts, outputs); `meta` holds the heads and the thresholds set on validation."""

    version: str
    meta: dict[str, Any]
    heads: dict[str, Head]

    def score(self, texts: Sequence[str]) -> Floats: ...


def heads(meta: dict[str, Any]) -> dict[str, Head]:
    """The heads that a weights file describes, each after the other in the outputs."""
    found: dict[str, Head] = {}
    start = 0
    for head in meta["heads"]:
        labels = tuple(head["labels"])
        found[head["name"]] = Head(
            head["name"],
            labels,
            start,
            float(head["temperature"]),
            float(head["unsure_below"]),
            float(head.get("yes_from", 0.5)),
            tuple(head.get("bias", [0.0] * len(labels))),
        )
        start += len(labels)
    return found


def chances(scores: Floats, head: Head) -> Floats:
    """Calibrated chances of one head, (texts, labels). A head of one label gives the chance of "yes"."""
    part = scores[:, head.start : head.start + len(head.labels)]
    part = (part + np.asarray(head.bias, np.float32)) / head.temperature
    if part.shape[1] == 1:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(part, -40, 40))), np.float32)
    part = np.exp(part - part.max(axis=1, keepdims=True))
    return np.asarray(part / part.sum(axis=1, keepdims=True), np.float32)
