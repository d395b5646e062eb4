"""Holds messages against announcements: the few that may touch each other are weighed, and judged by a logistic model
over what was found (`weights.json`, made by `python -m training.claims`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from entendu.reading.claims.pair import FAR, NAMES, SAME, Evidence, Mood, Span, weigh
from entendu.reading.claims.sense import Sense, sense

CONTRADICTS, SUPPORTS, UNRELATED, UNSURE = "contradicts", "supports", "unrelated", "unsure"
LABELS = (CONTRADICTS, SUPPORTS, UNRELATED)
GATE = 0.1  # closeness below which nothing is weighed


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement to hold messages against. `kind`: one of `pair.KINDS`."""

    key: int
    text: str
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message (`said`: its place in the call) does to the announcement `claim`. `confidence` in [0, 1] is the
    chance of a contradiction; the spans are characters [start, end) of the announcement (`told`) and of the message
    (`lived`); `code` says why (`reasons.reason`)."""

    said: int
    claim: int
    verdict: str
    confidence: float
    told: tuple[Span, ...]
    lived: tuple[Span, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Weights:
    """`table`: (features + 1, labels), the bias last. A contradiction from `sure`; unsure from `doubt`."""

    version: str
    table: npt.NDArray[np.float32]
    sure: float
    doubt: float
    support: float

    def chances(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Chance of each label, (pairs, labels)."""
        scores = values @ self.table[:-1] + self.table[-1]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


@cache
def weights() -> Weights:
    """The shipped ones."""
    raw = json.loads(resources.files("entendu.reading.claims").joinpath("weights.json").read_text("utf-8"))
    table = np.asarray([raw["weights"][name] for name in (*NAMES, "bias")], np.float32)
    return Weights(raw["version"], table, raw["sure"], raw["doubt"], raw["support"])


class Register:
    """The announcements of an organisation, taken apart once; `judge` holds messages against all of them."""

    def __init__(self, announced: Sequence[Announced]) -> None:
        self.announced = list(announced)
        self.senses = [_sense(one.text) for one in announced]
        sizes = [len(one.words) for one in self.senses]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
        if sum(sizes):
            self._vectors = np.concatenate([one.vectors for one in self.senses])
            self._stems = np.concatenate([one.stems for one in self.senses])

    def pairs(self, said: Sequence[Sense]) -> list[tuple[int, int, npt.NDArray[np.float32]]]:
        """Which message may touch which announcement: (message, announcement, closeness of their words)."""
        found: list[tuple[int, int, npt.NDArray[np.float32]]] = []
        full = [at for at, one in enumerate(self.senses) if one.words]
        if not full:
            return found
        starts = self._starts[full]
        sizes = np.asarray([len(self.senses[at].words) for at in full])
        for index, one in enumerate(said):
            if not one.words or not (one.states or one.negated or one.amounts.durations):
                continue
            near = self._vectors @ one.vectors.T
            near[self._stems[:, None] == one.stems[None, :]] = 1.0
            best = np.clip((near.max(axis=1) - FAR) / (SAME - FAR), 0, 1)
            closeness = np.add.reduceat(best, starts) / sizes
            for place in np.flatnonzero(closeness >= GATE).tolist():
                at = full[place]
                found.append((index, at, near[self._starts[at] : self._starts[at + 1]]))
        return found

    def weigh(
        self, texts: Sequence[str], moods: Sequence[Mood] | None = None
    ) -> list[tuple[int, int, Evidence]]:
        """The evidence of each pair that may touch: (message, announcement, evidence)."""
        said = [sense(text) for text in texts]
        return [
            (
                index,
                at,
                weigh(
                    self.senses[at],
                    self.announced[at].kind,
                    said[index],
                    near,
                    moods[index] if moods else Mood(),
                ),
            )
            for index, at, near in self.pairs(said)
        ]

    def judge(
        self,
        texts: Sequence[str],
        moods: Sequence[Mood] | None = None,
        *,
        sure: float | None = None,
        unrelated: bool = False,
    ) -> list[Verdict]:
        """What each text contradicts, supports, or may contradict (unsure), the surest first for each text. `sure`:
        an organisation's own threshold; `unrelated`: those that were weighed and are neither, too."""
        weighed = self.weigh(texts, moods)
        if not weighed:
            return []
        model = weights()
        chances = model.chances(np.stack([evidence.values for _index, _at, evidence in weighed]))
        least = model.sure if sure is None else sure
        found = [
            Verdict(
                index,
                self.announced[at].key,
                _verdict(row, least, min(model.doubt, least), model.support),
                round(float(row[0]), 4),
                tuple(evidence.told),
                tuple(evidence.lived),
                evidence.code,
            )
            for (index, at, evidence), row in zip(weighed, chances, strict=True)
        ]
        found = [one for one in found if unrelated or one.verdict != UNRELATED]
        return sorted(found, key=lambda one: (one.said, -one.confidence, one.claim))


def _verdict(row: npt.NDArray[np.float32], sure: float, doubt: float, support: float) -> str:
    if row[0] >= sure:
        return CONTRADICTS
    if row[0] >= doubt:
        return UNSURE
    return SUPPORTS if row[1] >= support else UNRELATED


@lru_cache(maxsize=4_096)
def _sense(text: str) -> Sense:
    return sense(text)
