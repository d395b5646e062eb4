"""What the written texts give: `python -m training.ablation DATA`.

Two readers of the small heads, each learned with the texts of `written/` and without, from labelled texts alone (no
teacher), and measured on the real test files: words and pieces of words (as `training.linear`), and the vectors of the
encoder as it came, which has seen no text of ours. Prints a Markdown table; writes nothing.
"""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.sparse
import torch

from training import data, e5, examples, linear, network
from training.data import INTENTS, Example

HEADS = {"intent": 6, "urgency": 3, "disappointed": 1}
LONGEST = 72
L2_VECTORS = 3.0
COMMON = 20  # a class with fewer texts is not measured

Scored = Callable[[list[Example], list[str]], dict[str, np.ndarray]]


def by_words(train: list[Example], asked: list[str]) -> dict[str, np.ndarray]:
    """The scores of `asked` by head, from words and pieces of words."""
    counted = [Counter(linear.features(example.text)) for example in train]
    names, idf = linear.vocabulary(counted)
    rows = {name: row for row, name in enumerate(names)}
    inputs = linear.matrix(counted, rows, idf)
    wanted = linear.matrix([Counter(linear.features(text)) for text in asked], rows, idf)
    return {head: _score(inputs, wanted, train, head, linear.L2[head]) for head in HEADS}


def by_vectors() -> Scored:
    """The same from the pooled vectors of the untuned encoder; each text is embedded once."""
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(range(12), numbers, source)
    known: dict[str, np.ndarray] = {}

    def vectors(texts: list[str]) -> np.ndarray:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            _, pooled = network.outputs(model, [cut.encode(text, LONGEST) for text in fresh])
            known.update(zip(fresh, pooled.astype(np.float32), strict=True))
        return np.stack([known[text] for text in texts])

    def scored(train: list[Example], asked: list[str]) -> dict[str, np.ndarray]:
        inputs, wanted = vectors([example.text for example in train]), vectors(asked)
        middle, spread = inputs.mean(0), inputs.std(0)
        inputs, wanted = (inputs - middle) / spread, (wanted - middle) / spread
        return {head: _score(inputs, wanted, train, head, L2_VECTORS) for head in HEADS}

    return scored


def _score(inputs: np.ndarray, wanted: np.ndarray, train: list[Example], head: str, l2: float) -> np.ndarray:
    chosen = linear.labelled(train, head)
    truth = [train[index].labels[head] for index in chosen]
    weights = linear.balance(truth, np.array([min(train[index].weight, 1.0) for index in chosen]))
    inputs = scipy.sparse.csr_matrix(inputs[chosen])
    solution = linear.fit(inputs, linear.one_hot(truth, HEADS[head]), weights, l2)
    return np.asarray(wanted @ solution[:-1] + solution[-1])


def figures(scores: dict[str, np.ndarray], rows: list[dict[str, object]]) -> list[str]:
    """Macro-F1 of the intents that are common enough; found and right of urgency and disappointment."""
    counts = Counter(str(row["intent"]) for row in rows)
    answers = scores["intent"].argmax(1)
    truth = [INTENTS.index(str(row["intent"])) for row in rows]
    common = [INTENTS.index(intent) for intent, count in counts.items() if count >= COMMON]
    f1 = np.mean([_f1(np.array(truth) == one, answers == one) for one in common])
    urgent = np.array([row["urgency"] in ("high", "safety") for row in rows])
    let_down = np.array([bool(row["disappointed"]) for row in rows])
    return [
        f"{100 * f1:.1f}",
        _found(urgent, scores["urgency"].argmax(1) == 2),
        _found(let_down, scores["disappointed"][:, 0] > 0),
    ]


def _f1(truth: np.ndarray, said: np.ndarray) -> float:
    return float(2 * (truth & said).sum() / max(1, truth.sum() + said.sum()))


def _found(truth: np.ndarray, said: np.ndarray) -> str:
    hits = int((truth & said).sum())
    return f"{100 * hits / max(1, truth.sum()):.0f}, {100 * hits / max(1, said.sum()):.0f}"


def main(root: Path) -> None:
    torch.set_num_threads(1)
    train, _ = examples.split(examples.training(root))
    train = [example for example in train if set(example.labels) & set(HEADS) and example.source != "offence"]
    parts = {"without": [e for e in train if e.source != "written"], "with": train}
    tests = {"French": data.intents(root, "fr"), "English": data.intents(root, "en")}
    print(
        "| learned from | written texts | texts | test | intents, macro-F1 | urgent: found, right | disappointed |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, scored in {"words": by_words, "vectors of the untuned encoder": by_vectors()}.items():
        for part, chosen in parts.items():
            asked = [str(row["text"]) for rows in tests.values() for row in rows]
            scores = scored(chosen, asked)
            start = 0
            for language, rows in tests.items():
                some = {head: found[start : start + len(rows)] for head, found in scores.items()}
                start += len(rows)
                cells = " | ".join(figures(some, rows))
                print(f"| {name} | {part} | {len(chosen):,} | {language} | {cells} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
