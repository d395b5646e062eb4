"""Sets what turns scores into answers: temperatures, and the thresholds of "unsure", "yes" and "high".

All on validation: French UMSAB val and a part of SemEval for sentiment, TweetEval val for offence, the written
`valid-*.jsonl` and the twentieth of the labelled texts that training leaves out for the rest.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.optimize

from training import data, examples
from training.data import INTENTS, SENTIMENTS, URGENCIES, Example

HEADS: dict[str, tuple[str, ...]] = {
    "sentiment": SENTIMENTS,
    "intent": INTENTS,
    "urgency": URGENCIES,
    "safety": ("yes",),
    "disappointed": ("yes",),
    "offensive": ("yes",),
}
# Right how often, among the answers that are not called unsure.
WANTED = {
    "sentiment": 0.8,
    "intent": 0.85,
    "urgency": 0.85,
    "safety": 0.95,
    "disappointed": 0.9,
    "offensive": 0.85,
}
# Share of the true ones that must be found: to miss an urgent one costs more than to look at one too many. Danger
# has its rules besides.
RECALL = {"urgency": 0.97, "safety": 0.7}  # of the written ones: real ones say it less plainly
# How often organisations are written to for each intent: an estimate, not a count. The validation texts hold as many
# ideas and purchases as complaints; the scores are moved a part of the way to what is met.
MET = {"complaint": 0.38, "question": 0.17, "praise": 0.15, "idea": 0.03, "purchase": 0.03, "other": 0.24}
TOWARDS = 0.35
# What share the fast reader has in an encoder's answer. On the validation texts, most of them written, more would be
# better still; on the real tweets of `labels/development` it would not.
BESIDE = {"intent": 0.2, "urgency": 0.35, "safety": 0.35, "disappointed": 0.35}
ALSO_FROM = 0.25
SENTIMENT_TEXTS = 700


def validation(root: Path, kept: list[Example]) -> list[Example]:
    """Texts of which nothing was trained on and no figure is published."""
    more = examples.validation(root)
    tweets = [example for example in kept if example.source == "semeval"][:SENTIMENT_TEXTS]
    ours = [example for example in kept if example.source in ("written", "ours")]
    return (
        tweets + ours + more["french"] + more["offence"] + examples.from_written(data.written("valid"), 1.0)
    )


def settle(score: Callable[[list[str]], np.ndarray], found: list[Example]) -> list[dict[str, object]]:
    """The description of every head for the weights file, from the scores of a model on validation texts."""
    scores = score([example.text for example in found])
    heads, at = [], 0
    for head, labels in HEADS.items():
        rows = _labelled(found, head)
        truth = _truth(found, rows, head)
        part = scores[rows, at : at + len(labels)]
        at += len(labels)
        # Training saw far more idle talk than an organisation's mentions hold: the scores of intents lean to it.
        bias = lean(part, truth) if head == "intent" else np.zeros(len(labels))
        part = part + bias
        divisor = temperature(part, truth)
        shares = chance(part / divisor)
        yes_from = 0.5
        if head in RECALL:
            wanted = truth == (URGENCIES.index("high") if head == "urgency" else 1)
            column = shares[:, URGENCIES.index("high") if head == "urgency" else 0]
            yes_from = from_recall(column, wanted, RECALL[head])
        elif head in ("offensive", "disappointed"):
            yes_from = from_f1(shares[:, 0], truth == 1)
        edge = unsure_below(shares, truth, WANTED[head])
        right = ((shares[:, 0] >= 0.5).astype(int) if len(labels) == 1 else shares.argmax(1)) == truth
        print(
            f"{head}: {len(rows)} validation texts, right {right.mean():.3f}, temperature {divisor:.2f}, "
            f"unsure below {edge}, yes from {yes_from}",
            flush=True,
        )
        heads.append(
            {
                "name": head,
                "labels": labels,
                "temperature": divisor,
                "bias": [round(float(value), 3) for value in bias],
                "unsure_below": edge,
                "yes_from": yes_from,
            }
        )
    return heads


def _labelled(found: list[Example], head: str) -> list[int]:
    # What was written for intents says its sentiment too plainly to tell how sure a reader may be of real posts.
    return [
        row
        for row, example in enumerate(found)
        if head in example.labels and not (head == "sentiment" and example.source == "written")
    ]


def _truth(found: list[Example], rows: list[int], head: str) -> np.ndarray:
    return np.array([found[row].labels[head] for row in rows])


def weighed(own: np.ndarray, other: np.ndarray, found: list[Example]) -> dict[str, tuple[float, float]]:
    """Per head of BESIDE the factors of two models' scores: see `entendu.reading.blend`. Both models have the outputs
    of HEADS, in that order; each is first divided by its own temperature on the validation texts."""
    factors, at = {}, 0
    for head, labels in HEADS.items():
        rows, part = _labelled(found, head), slice(at, at + len(labels))
        at += len(labels)
        if head in BESIDE:
            truth, share = _truth(found, rows, head), BESIDE[head]
            divisors = [temperature(scores[rows, part], truth) for scores in (own, other)]
            factors[head] = round((1 - share) / divisors[0], 3), round(share / divisors[1], 3)
    return factors


def temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The divisor of scores under which the validation labels are likeliest (Guo et al. 2017)."""

    def cost(log_divisor: float) -> float:
        divided = scores / np.exp(log_divisor)
        if scores.shape[1] == 1:
            return float((np.logaddexp(0, divided[:, 0]) - truth * divided[:, 0]).mean())
        divided = divided - divided.max(axis=1, keepdims=True)
        return float((np.log(np.exp(divided).sum(axis=1)) - divided[np.arange(len(truth)), truth]).mean())

    return float(np.exp(scipy.optimize.minimize_scalar(cost, bounds=(-1.2, 1.2), method="bounded").x))


def lean(scores: np.ndarray, truth: np.ndarray, l2: float = 2.0) -> np.ndarray:
    """What to add to each intent's score: so that the validation labels, all classes alike, are likeliest, then towards
    what is MET."""
    counts = np.bincount(truth, minlength=scores.shape[1])
    weights = (1.0 / np.maximum(counts, 1))[truth]
    weights *= len(truth) / weights.sum()

    def cost(bias: np.ndarray) -> float:
        moved = scores + bias
        moved = moved - moved.max(axis=1, keepdims=True)
        each = np.log(np.exp(moved).sum(axis=1)) - moved[np.arange(len(truth)), truth]
        return float((each * weights).sum() + l2 * (bias**2).sum())

    found = scipy.optimize.minimize(cost, np.zeros(scores.shape[1]), method="L-BFGS-B").x
    found += TOWARDS * np.log([MET[intent] for intent in INTENTS])
    return np.asarray(found - found.mean())


def chance(scores: np.ndarray) -> np.ndarray:
    if scores.shape[1] == 1:
        return 1 / (1 + np.exp(-scores))
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def unsure_below(shares: np.ndarray, truth: np.ndarray, wanted: float) -> float:
    """The least confidence above which at least `wanted` of the answers are right (at most 0.9)."""
    binary = shares.shape[1] == 1
    confidence = np.maximum(shares[:, 0], 1 - shares[:, 0]) if binary else shares.max(axis=1)
    answers = (shares[:, 0] >= 0.5).astype(int) if binary else shares.argmax(axis=1)
    right = answers == truth
    for edge in np.arange(0.5 if binary else 0.34, 0.9, 0.01):
        above = confidence >= edge
        if above.any() and right[above].mean() >= wanted:
            return round(float(edge), 2)
    return 0.9


def from_recall(shares: np.ndarray, wanted: np.ndarray, recall: float) -> float:
    """The highest threshold that still finds `recall` of the wanted ones, between 0.05 and 0.6."""
    found = np.sort(shares[wanted])
    return round(float(np.clip(found[int((1 - recall) * len(found))], 0.05, 0.6)), 3) if len(found) else 0.5


def from_f1(shares: np.ndarray, wanted: np.ndarray) -> float:
    """The threshold with the best macro-F1 of yes and no."""
    best, best_score = 0.5, 0.0
    for edge in np.arange(0.2, 0.8, 0.01):
        said = shares >= edge
        parts = []
        for side in (True, False):
            hits = ((said == side) & (wanted == side)).sum()
            parts.append(2 * hits / max(1, (said == side).sum() + (wanted == side).sum()))
        if np.mean(parts) > best_score:
            best, best_score = float(edge), float(np.mean(parts))
    return round(best, 2)
