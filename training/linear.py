"""Trains the fast reader: `python -m training.linear DATA`. Writes src/entendu/reading/weights/linear.npz."""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.optimize
import scipy.sparse

from entendu.reading import words
from entendu.reading.heads import chances, heads
from training import examples, pool, thresholds
from training.data import HERE, Example
from training.thresholds import HEADS

L2 = {"sentiment": 1.5, "intent": 0.4, "urgency": 0.4, "safety": 0.3, "disappointed": 0.5, "offensive": 1.0}
BUILD = HERE / "build"
TARGET = HERE.parent / "src/entendu/reading/weights/linear.npz"
LEAST_SEEN = 4
TAUGHT = 0.6  # how far the teacher is believed on a text, where a person's label counts 1
ROWS = 120_000


def features(text: str) -> list[str]:
    found, before = [], ""
    for token in words.tokens(words.tidy(text)):
        found.extend(words.pieces(token))
        form = words.word(token)
        if before and form[0] != "<" and before[0] != "<":
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


def labelled(found: list[Example], head: str) -> list[int]:
    return [index for index, example in enumerate(found) if head in example.labels]


def taught(root: Path) -> tuple[list[str], dict[str, np.ndarray]]:
    """Texts of the pool and, by head, what the teacher says of them: nothing where there is no pool yet."""
    described = TARGET.parent / "teacher.json"
    if not pool.FOLDER.exists() or not described.exists():
        return [], {}
    texts, scores, _ = pool.said(root)
    meta = json.loads(described.read_text(encoding="utf-8"))
    return [example.text for example in texts], {
        name: chances(scores, head) for name, head in heads(meta).items()
    }


def main(root: Path) -> None:
    train, kept = examples.split(examples.training(root))
    texts, said = taught(root)
    counted = [Counter(features(text)) for text in [example.text for example in train] + texts]
    names, idf = vocabulary(counted)
    rows = {name: row for row, name in enumerate(names)}
    inputs = matrix(counted, rows, idf)
    print(f"{len(train)} labelled and {len(texts)} taught texts, {len(names)} features", flush=True)
    solutions = []
    for head, labels in HEADS.items():
        chosen = labelled(train, head)
        truth = [train[index].labels[head] for index in chosen]
        weights = balance(truth, np.array([train[index].weight for index in chosen]))
        targets = one_hot(truth, len(labels))
        if texts:
            chosen = chosen + list(range(len(train), len(counted)))
            targets = np.vstack([targets, said[head]])
            weights = np.concatenate([weights, np.full(len(texts), TAUGHT)])
        solutions.append(fit(inputs[chosen], targets, weights, L2[head]))
    solution = np.hstack(solutions)

    def score(texts: list[str]) -> np.ndarray:
        return matrix([Counter(features(text)) for text in texts], rows, idf) @ solution[:-1] + solution[-1]

    write(
        names, idf, solution[:-1], solution[-1], thresholds.settle(score, thresholds.validation(root, kept))
    )


def write(
    names: list[str], idf: np.ndarray, table: np.ndarray, bias: np.ndarray, described: list[dict[str, object]]
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
    version = "linear-6"
    meta = {"version": version, "heads": described, "also_from": thresholds.ALSO_FROM}
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
