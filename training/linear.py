"""Trains the fast reader: `python -m training.linear DATA`. Writes src/entendu/reading/weights/linear.npz."""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.optimize
import scipy.sparse

from entendu.reading import words
from training import examples
from training.data import HERE, INTENTS, SENTIMENTS, URGENCIES, Example

HEADS = {
    "sentiment": SENTIMENTS,
    "intent": INTENTS,
    "urgency": URGENCIES,
    "safety": ("yes",),
    "disappointed": ("yes",),
    "offensive": ("yes",),
}
L2 = {"sentiment": 1.5, "intent": 0.4, "urgency": 0.4, "safety": 0.3, "disappointed": 0.5, "offensive": 1.0}
TARGET = HERE.parent / "src/entendu/reading/weights/linear.npz"
LEAST_SEEN = 4
ROWS = 120_000


def features(text: str) -> list[str]:
    found, before = [], ""
    for token in words.tokens(words.tidy(text)):
        found.extend(words.pieces(token))
        form = words.word(token)
        if before:
            found.append(words.pair(before, form))
        before = form
    return found


def vocabulary(counted: list[Counter[str]]) -> tuple[list[str], np.ndarray]:
    """Features seen in at least LEAST_SEEN texts, the most frequent first, and their idf."""
    seen: Counter[str] = Counter()
    for counts in counted:
        seen.update(counts.keys())
    kept = [
        feature for feature, texts in seen.most_common(ROWS) if texts >= LEAST_SEEN and "\n" not in feature
    ]
    idf = np.array([1.0 + np.log(len(counted) / (1 + seen[feature])) for feature in kept], np.float32)
    return kept, idf


def matrix(counted: list[Counter[str]], rows: dict[str, int], idf: np.ndarray) -> scipy.sparse.csr_matrix:
    """Texts as unit vectors, the way `LinearReader.score` sees them: length from sum(count * idf^2)."""
    values, columns, ends = [], [], [0]
    for counts in counted:
        pairs = [(rows[feature], count) for feature, count in counts.items() if feature in rows]
        length = np.sqrt(max(sum(count * float(idf[row]) ** 2 for row, count in pairs), 1e-6))
        columns += [row for row, _ in pairs]
        values += [count * float(idf[row]) / length for row, count in pairs]
        ends.append(len(columns))
    shape = (len(counted), len(rows))
    return scipy.sparse.csr_matrix((np.array(values, np.float32), columns, ends), shape=shape)


def fit(inputs: scipy.sparse.csr_matrix, targets: np.ndarray, weights: np.ndarray, l2: float) -> np.ndarray:
    """Multinomial (or, with one column, binary) logistic regression by L-BFGS; targets may be soft.

    Returns (features + 1, outputs): the last row is the bias, which is not shrunk.
    """
    size, outputs = inputs.shape[1], targets.shape[1]
    transposed = inputs.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        solution = flat.reshape(size + 1, outputs)
        scores = inputs @ solution[:-1] + solution[-1]
        if outputs == 1:
            value = np.logaddexp(0, scores) - targets * scores
            wrong = 1 / (1 + np.exp(-scores)) - targets
        else:
            scores -= scores.max(axis=1, keepdims=True)
            norm = np.log(np.exp(scores).sum(axis=1, keepdims=True))
            value = -(targets * (scores - norm)).sum(axis=1, keepdims=True)
            wrong = np.exp(scores - norm) - targets
        wrong = wrong * weights[:, None]
        gradient = np.vstack([transposed @ wrong + l2 * solution[:-1], wrong.sum(axis=0, keepdims=True)])
        total = float((value[:, 0] * weights).sum()) + 0.5 * l2 * float((solution[:-1] ** 2).sum())
        return total, gradient.ravel()

    start = np.zeros((size + 1) * outputs)
    answer = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return answer.x.reshape(size + 1, outputs)


def one_hot(labels: list[int], outputs: int) -> np.ndarray:
    if outputs == 1:
        return np.array(labels, np.float64)[:, None]
    return np.eye(outputs)[labels]


def balance(labels: list[int], weights: np.ndarray, power: float = 0.5) -> np.ndarray:
    """Weights raised for rare classes (by the inverse of their share to `power`), the mean kept."""
    shares = Counter()
    for label, weight in zip(labels, weights, strict=True):
        shares[label] += weight
    raised = weights * np.array([(1.0 / shares[label]) ** power for label in labels])
    return raised * (weights.sum() / raised.sum())


def temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """The divisor of scores under which validation labels are likeliest."""

    def cost(log_divisor: float) -> float:
        divided = scores / np.exp(log_divisor)
        if scores.shape[1] == 1:
            return float((np.logaddexp(0, divided[:, 0]) - labels * divided[:, 0]).mean())
        divided = divided - divided.max(axis=1, keepdims=True)
        return float((np.log(np.exp(divided).sum(axis=1)) - divided[np.arange(len(labels)), labels]).mean())

    return float(np.exp(scipy.optimize.minimize_scalar(cost, bounds=(-2, 2), method="bounded").x))


def unsure_below(chances: np.ndarray, labels: np.ndarray, wanted: float) -> float:
    """The least confidence above which at least `wanted` of the answers are right (at most 0.9)."""
    binary = chances.shape[1] == 1
    confidence = np.maximum(chances[:, 0], 1 - chances[:, 0]) if binary else chances.max(axis=1)
    answers = (chances[:, 0] >= 0.5).astype(int) if binary else chances.argmax(axis=1)
    right = answers == labels
    for edge in np.arange(0.3, 0.9, 0.01):
        above = confidence >= edge
        if above.any() and right[above].mean() >= wanted:
            return round(float(edge), 2)
    return 0.9


def chance(scores: np.ndarray) -> np.ndarray:
    if scores.shape[1] == 1:
        return 1 / (1 + np.exp(-scores))
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def labelled(found: list[Example], head: str) -> list[int]:
    return [index for index, example in enumerate(found) if head in example.labels]


def main(root: Path) -> None:
    found = examples.training(root)
    train, kept = examples.split(found)
    for more in examples.validation(root).values():
        kept += more
    counted = [Counter(features(example.text)) for example in train]
    names, idf = vocabulary(counted)
    rows = {name: row for row, name in enumerate(names)}
    inputs = matrix(counted, rows, idf)
    checks = matrix([Counter(features(example.text)) for example in kept], rows, idf)
    print(f"{len(train)} texts, {len(names)} features", flush=True)
    tables, biases, meta = [], [], []
    for head, labels in HEADS.items():
        chosen = labelled(train, head)
        truth = [train[index].labels[head] for index in chosen]
        weights = balance(truth, np.array([train[index].weight for index in chosen]))
        outputs = len(labels)
        solution = fit(inputs[chosen], one_hot(truth, outputs), weights, L2[head])
        judged = labelled(kept, head)
        answers = np.array([kept[index].labels[head] for index in judged])
        scores = checks[judged] @ solution[:-1] + solution[-1]
        divisor = temperature(scores, answers)
        chances = chance(scores / divisor)
        edge = unsure_below(chances, answers, 0.8 if outputs > 1 else 0.9)
        predicted = (chances[:, 0] >= 0.5).astype(int) if outputs == 1 else chances.argmax(axis=1)
        print(
            f"{head}: {len(chosen)} train, {len(judged)} kept, right {np.mean(predicted == answers):.3f}, "
            f"temperature {divisor:.2f}, unsure below {edge}",
            flush=True,
        )
        tables.append(solution[:-1])
        biases.append(solution[-1])
        meta.append({"name": head, "labels": labels, "temperature": divisor, "unsure_below": edge})
    write(names, idf, np.hstack(tables), np.concatenate(biases), meta)


def write(
    names: list[str], idf: np.ndarray, table: np.ndarray, bias: np.ndarray, heads: list[dict[str, object]]
) -> None:
    """Weights in eight bits with one scale a column; rows that say nothing in any column are left out."""
    scales = np.abs(table).max(axis=0) / 127.0
    small = np.rint(table / scales).astype(np.int8)
    useful = np.abs(small).max(axis=1) > 1
    # Words that only occur in pairs must stay, or their pairs could not be found.
    needed = {
        part
        for name, keep in zip(names, useful, strict=True)
        if keep and " " in name
        for part in name.split(" ")
    }
    kept = [row for row, name in enumerate(names) if useful[row] or name in needed]
    version = "linear-1"
    meta = {"version": version, "heads": heads, "high_from": 0.3, "safety_from": 0.6, "also_from": 0.25}
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        TARGET,
        vocabulary=np.frombuffer("\n".join(names[row] for row in kept).encode(), np.uint8),
        idf=idf[kept].astype(np.float16),
        weights=small[kept],
        scales=scales.astype(np.float32),
        bias=bias.astype(np.float32),
        meta=np.frombuffer(json.dumps(meta).encode(), np.uint8),
    )
    print(f"{len(kept)} features kept, {TARGET.stat().st_size / 1e6:.2f} MB, {version}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
