"""Makes `src/entendu/reading/claims/weights.json`: the model that judges a message against an announcement.

    python -m training.claims

Learns from `written/claims/dev.jsonl` alone: its pairs, and each of its messages against the announcements of the other
trades (unrelated). The strength of the penalty and the thresholds come from a cross-validation that keeps all messages
of an announcement together. Nothing is random: two runs agree.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from entendu import reading
from entendu.reading.claims import Announced, Mood, Register
from entendu.reading.claims.judge import LABELS
from entendu.reading.claims.pair import NAMES

HERE = Path(__file__).parent
OUT = HERE.parent / "src" / "entendu" / "reading" / "claims" / "weights.json"
FOLDS = 11
PENALTIES = (0.5, 1.5, 4.0)
STRANGERS = 1_000.0  # what all pairs with other trades weigh together, in labelled pairs
PRECISION, AMONG_ALL = 0.92, 0.78  # of the pairs; of the surest announcement for each message, among all
STEPS = 12


def written(part: str) -> list[dict[str, Any]]:
    """The pairs of `dev` or `test`."""
    path = HERE / "written" / "claims" / f"{part}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def moods(texts: list[str]) -> list[Mood]:
    """How the messages are read by the product's default reader."""
    return [Mood(one.sentiment.label, one.intent.label) for one in reading.read(texts)]


def register(rows: list[dict[str, Any]]) -> Register:
    """The announcements of the rows, each once, keyed by place."""
    told = {(row["claim"], row["kind"]): None for row in rows}
    return Register([Announced(key, text, kind) for key, (text, kind) in enumerate(told)])


def examples(rows: list[dict[str, Any]]) -> tuple[np.ndarray, ...]:
    """(features, labels, weights, announcement and place of each message, whether the pair is a labelled one); pairs of
    other trades are unrelated."""
    held = register(rows)
    trade_of = {row["claim"]: row["trade"] for row in rows}
    texts = [row["text"] for row in rows]
    values, labels, strangers, groups, places = [], [], [], [], []
    order = [one.text for one in held.announced]
    for index, at, evidence in held.weigh(texts, moods(texts)):
        announced = held.announced[at].text
        own = rows[index]["claim"] == announced
        if not own and trade_of[announced] == rows[index]["trade"]:
            continue
        values.append(evidence.values)
        labels.append(LABELS.index(rows[index]["label"] if own else "unrelated"))
        strangers.append(not own)
        groups.append(order.index(rows[index]["claim"]))
        places.append(index)
    far = np.asarray(strangers)
    weights = np.where(far, STRANGERS / max(1, far.sum()), 1.0)
    return np.stack(values), np.asarray(labels), weights, np.asarray(groups), np.asarray(places), ~far


def fit(x: np.ndarray, y: np.ndarray, w: np.ndarray, penalty: float) -> np.ndarray:
    """Multinomial logistic regression, (features + 1, labels), by Newton's method."""
    x = np.column_stack([x, np.ones(len(x))]).astype(float)
    size, labels = x.shape[1], len(LABELS)
    target = np.eye(labels)[y]
    table = np.zeros((size, labels))
    shrink = np.full((size, 1), penalty)
    shrink[-1] = 1e-3
    for _step in range(STEPS):
        shares = chances(x, table)
        slope = x.T @ ((shares - target) * w[:, None]) + shrink * table
        curve = np.zeros((size * labels, size * labels))
        for a in range(labels):
            for b in range(labels):
                part = w * shares[:, a] * ((a == b) - shares[:, b])
                block = (x * part[:, None]).T @ x + (np.diag(shrink[:, 0]) if a == b else 0)
                curve[a * size : (a + 1) * size, b * size : (b + 1) * size] = block
        table -= np.linalg.solve(curve, slope.T.ravel()).reshape(labels, size).T
    return table


def chances(x: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Chance of each label; `x` with its column of ones."""
    scores = x @ table
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def crossed(x: np.ndarray, y: np.ndarray, w: np.ndarray, groups: np.ndarray, penalty: float) -> np.ndarray:
    """Chances of each example by a model that saw nothing of its announcement."""
    found = np.zeros((len(x), len(LABELS)))
    for fold in range(FOLDS):
        out = groups % FOLDS == fold
        table = fit(x[~out], y[~out], w[~out], penalty)
        found[out] = chances(np.column_stack([x[out], np.ones(out.sum())]), table)
    return found


def threshold(scores: np.ndarray, right: np.ndarray, precision: float) -> float:
    """The lowest score from which on `precision` of what is over it is right."""
    order = np.argsort(-scores)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= precision)
    return float(scores[order[good[-1]]]) if len(good) else 1.0


def main() -> None:
    """Trains, prints what cross-validation says, writes the weights."""
    rows = written("dev")
    x, y, w, groups, places, own = examples(rows)
    best: tuple[float, float, np.ndarray] | None = None
    for penalty in PENALTIES:
        shares = crossed(x, y, w, groups, penalty)
        loss = -float((w * np.log(shares[np.arange(len(y)), y] + 1e-9)).sum() / w.sum())
        print(f"penalty {penalty:5.1f}   cross-validated loss {loss:.4f}")
        if best is None or loss < best[0]:
            best = (loss, penalty, shares)
    assert best is not None
    _loss, penalty, shares = best
    first = np.lexsort((-shares[:, 0], places))
    first = first[np.unique(places[first], return_index=True)[1]]
    sure = max(
        threshold(shares[own, 0], y[own] == 0, PRECISION),
        threshold(shares[first, 0], y[first] == 0, AMONG_ALL),
    )
    doubt = max(
        threshold(shares[own, 0], y[own] == 0, 0.6), sure * 0.4
    )  # below, people would look at too much
    support = threshold(shares[own, 1], y[own] == 1, 0.75)
    over = shares[own, 0] >= sure
    all_bad = sum(row["label"] == "contradicts" for row in rows)
    hit = int((over & (y[own] == 0)).sum())
    print(
        f"dev, crossed: {len(rows)} pairs, {int(own.sum())} weighed; sure from {sure:.2f}, doubt from {doubt:.2f}"
    )
    print(f"  contradictions: precision {hit / over.sum():.3f}, recall {hit / all_bad:.3f} of {all_bad}")
    far = shares[~own, 0]
    print(f"  other trades: {int((far >= sure).sum())} of {len(far)} weighed pairs taken for a contradiction")
    table = fit(x, y, w, penalty)
    names = [*NAMES, "bias"]
    weights = {name: [round(float(one), 4) for one in row] for name, row in zip(names, table, strict=True)}
    found = {
        "version": "claims-1",
        "labels": list(LABELS),
        "sure": round(sure, 3),
        "doubt": round(min(doubt, sure), 3),
        "support": round(support, 3),
        "weights": weights,
    }
    OUT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
