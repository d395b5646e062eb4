"""An organisation's own topics and intents: linear models that learn in seconds from what its people corrected.

One logistic model a label over words, pairs and pieces of words (the features of the fast reader), trained by AdaGrad
(Duchi, Hazan and Singer 2011). A label with too few examples is not learned, and the model says so; what it learned it
measures itself on examples put aside, and explains by its words.
"""

import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from entendu.reading import words
from entendu.reading.result import Value

FEWEST = 8  # examples of a label, and as many without it, before it is learned
EPOCHS = 12
RATE = 0.3
SHRINK = 1e-4
FOLDS = 4
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured on examples put aside: of those said so, how many were; of those that were, how many were found."""

    precision: float
    recall: float
    examples: int


@dataclass(slots=True)
class OwnModel:
    """What was learned. `too_few` names the labels that wait for more examples, with how many they have."""

    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    weights: npt.NDArray[np.float32]  # (features + 1, labels), the bias last
    too_few: dict[str, int] = field(default_factory=dict)
    quality: dict[str, Quality] = field(default_factory=dict)

    def chances(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Chance of each label for each text, (texts, labels)."""
        found = np.zeros((len(texts), len(self.labels)), np.float32)
        for index, text in enumerate(texts):
            rows, values = _vector(text, self.vocabulary)
            found[index] = values @ self.weights[rows] + self.weights[-1]
        return np.asarray(1 / (1 + np.exp(-np.clip(found, -40, 40))), np.float32)

    def read(self, texts: Sequence[str], least: float = 0.5) -> list[list[Value]]:
        """The labels of each text whose chance is at least `least`, the likeliest first."""
        answers = []
        for row in self.chances(texts).tolist():
            found = [
                Value(label, round(share, 4))
                for label, share in zip(self.labels, row, strict=True)
                if share >= least
            ]
            answers.append(sorted(found, key=lambda value: -value.score))
        return answers

    def reasons(self, text: str, label: str, most: int = 5) -> list[tuple[str, float]]:
        """The words and pairs of `text` that speak most for (positive) or against the label; pieces count for words."""
        column = self.labels.index(label)
        found: dict[str, float] = {}
        for word, features in _features(text):
            for feature in features:
                row = self.vocabulary.get(feature)
                if row is not None:
                    found[word] = found.get(word, 0.0) + float(self.weights[row, column])
        return sorted(found.items(), key=lambda item: -abs(item[1]))[:most]

    def words_of(self, label: str, most: int = 8) -> list[str]:
        """The words and pairs that speak most for the label, the strongest first: how the model explains itself."""
        column = self.weights[:-1, self.labels.index(label)]
        order = np.argsort(-column, kind="stable")
        names = list(self.vocabulary)
        for_it = (names[row] for row in order.tolist() if column[row] > 0)
        return [one for one in for_it if one[0] not in "~<" and any(map(str.isalpha, one))][:most]

    def to_json(self) -> str:
        """The whole model as text, to be kept by the caller."""
        return json.dumps(
            {
                "format": _FORMAT,
                "labels": self.labels,
                "vocabulary": list(self.vocabulary),
                "weights": [[round(value, 4) for value in row] for row in self.weights.tolist()],
                "too_few": self.too_few,
                "quality": {label: [q.precision, q.recall, q.examples] for label, q in self.quality.items()},
            },
            ensure_ascii=False,
        )


def from_json(text: str) -> OwnModel:
    """A model kept by `to_json`. Raises ValueError when it is none."""
    kept = json.loads(text)
    if not isinstance(kept, dict) or kept.get("format") != _FORMAT:
        raise ValueError("not a model of this version")
    labels = tuple(kept["labels"])
    return OwnModel(
        labels,
        {feature: row for row, feature in enumerate(kept["vocabulary"])},
        np.asarray(kept["weights"], np.float32).reshape(len(kept["vocabulary"]) + 1, len(labels)),
        kept["too_few"],
        {label: Quality(*values) for label, values in kept["quality"].items()},
    )


def learn(
    examples: Sequence[tuple[str, Collection[str]]],
    *,
    only: Mapping[str, int] | None = None,
    fewest: int = FEWEST,
) -> OwnModel:
    """Learn from texts and the labels of each (none, one or more). The same examples, the same model.

    `only`: the labels that may be learned, with how many of the examples people gave; else all, as often as they come.
    """
    counts = (
        Counter(only)
        if only is not None
        else Counter(label for _, labels in examples for label in set(labels))
    )
    known = sorted(
        label for label, count in counts.items() if count >= fewest and len(examples) - count >= fewest
    )
    too_few = {label: count for label, count in sorted(counts.items()) if label not in known}
    model = _fit(examples, known)
    model.too_few = too_few
    model.quality = _measure(examples, known) if known else {}
    return model


def _fit(examples: Sequence[tuple[str, Collection[str]]], labels: Sequence[str]) -> OwnModel:
    seen: Counter[str] = Counter()
    for text, _ in examples:
        seen.update({feature for _, features in _features(text) for feature in features})
    vocabulary = {
        feature: row for row, feature in enumerate(sorted(f for f, count in seen.items() if count >= 2))
    }
    weights = np.zeros((len(vocabulary) + 1, len(labels)), np.float32)
    if not labels:
        return OwnModel((), vocabulary, weights)
    vectors = [_vector(text, vocabulary) for text, _ in examples]
    truth = np.array([[label in given for label in labels] for _, given in examples], np.float32)
    # A rare label's examples weigh more, so that it is found at all.
    share = truth.mean(axis=0)
    raised = np.where(truth > 0, np.sqrt(np.clip((1 - share) / np.maximum(share, 1e-6), 1, 25)), 1.0).astype(
        np.float32
    )
    slopes = np.full_like(weights, 1e-8)
    order = np.random.default_rng(0)
    for _ in range(EPOCHS):
        for index in order.permutation(len(examples)).tolist():
            rows, values = vectors[index]
            chance = 1 / (1 + np.exp(-(values @ weights[rows] + weights[-1])))
            wrong = (chance - truth[index]) * raised[index]
            gradient = values[:, None] * wrong + SHRINK * weights[rows]
            slopes[rows] += gradient**2
            weights[rows] -= RATE * gradient / np.sqrt(slopes[rows])
            slopes[-1] += wrong**2
            weights[-1] -= RATE * wrong / np.sqrt(slopes[-1])
    return OwnModel(tuple(labels), vocabulary, weights)


def _measure(examples: Sequence[tuple[str, Collection[str]]], labels: Sequence[str]) -> dict[str, Quality]:
    """Each fold is read by a model that learned from the others."""
    said = np.zeros((len(examples), len(labels)), bool)
    for fold in range(FOLDS):
        aside = list(range(fold, len(examples), FOLDS))
        rest = [example for index, example in enumerate(examples) if index % FOLDS != fold]
        said[aside] = _fit(rest, labels).chances([examples[index][0] for index in aside]) >= 0.5
    found = {}
    for column, label in enumerate(labels):
        truth = np.array([label in given for _, given in examples])
        hits = int((said[:, column] & truth).sum())
        found[label] = Quality(
            round(hits / max(1, int(said[:, column].sum())), 3),
            round(hits / max(1, int(truth.sum())), 3),
            int(truth.sum()),
        )
    return found


def _features(text: str) -> list[tuple[str, list[str]]]:
    """(word or pair, its features) in order."""
    tokens = words.tokens(words.tidy(text))
    found = [(words.word(token), list(words.pieces(token))) for token in tokens]
    forms = [form for form, _ in found]
    return found + [(words.pair(*two), [words.pair(*two)]) for two in pairwise(forms)]


def _vector(text: str, vocabulary: dict[str, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Rows and values of a text, as a vector of length one."""
    counts: Counter[int] = Counter()
    for _, features in _features(text):
        counts.update(vocabulary[feature] for feature in features if feature in vocabulary)
    rows = np.fromiter(counts.keys(), np.int64, len(counts))
    values = np.log1p(np.fromiter(counts.values(), np.float32, len(counts)))
    length = math.sqrt(float(values @ values)) or 1.0
    return rows, np.asarray(values / length, np.float32)
