"""Fine-tunes the teacher on every head at once: `python -m training.teacher DATA --seed 0 --name teacher-0`."""

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import data, e5, examples, network
from training.data import Example
from training.network import HEADS, SLICES

# How often one pass shows a text: French and the project's own texts are few.
REPEATED = {"umsab-french": 3, "umsab-english": 2, "written": 1, "ours": 3, "services": 2}
# Of the many, what share is shown: SemEval is half neutral, the tests of sentiment are balanced.
SHOWN = {
    ("semeval", 0): 1.0,
    ("semeval", 1): 0.6,
    ("semeval", 2): 0.65,
    ("offence", None): 0.35,
    ("goemotions", None): 0.5,
}
# A negative text of SemEval counts so much more, for the same reason.
NEGATIVE = 1.3
LONGEST = 72


def macro(truth: list[int], answers: np.ndarray, recall: bool = False) -> float:
    """Macro-F1, or macro-recall, in percent."""
    found = []
    for label in sorted(set(truth)):
        is_label = np.array(truth) == label
        hits = (is_label & (answers == label)).sum()
        rate = hits / is_label.sum()
        share = hits / max(1, (answers == label).sum())
        found.append(rate if recall else 2 * rate * share / max(1e-9, rate + share))
    return 100 * float(np.mean(found))


def loss_of(said: Tensor, chosen: list[Example], smoothing: float = 0.05) -> Tensor:
    """Sum over heads of the weighted mean loss on the examples that have a label for it."""
    total = said.new_zeros(())
    for head, labels in HEADS.items():
        rows = [row for row, example in enumerate(chosen) if head in example.labels]
        if not rows:
            continue
        truth = torch.tensor([chosen[row].labels[head] for row in rows])
        weights = torch.tensor([_weight(chosen[row], head) for row in rows])
        part = said[rows, SLICES[head]]
        if len(labels) == 1:
            each = functional.binary_cross_entropy_with_logits(part[:, 0], truth.float(), reduction="none")
        else:
            each = functional.cross_entropy(part, truth, reduction="none", label_smoothing=smoothing)
        # Divided by the whole batch: a head that few examples have must not shout.
        total = total + (each * weights).sum() / len(chosen)
    return total


def _weight(example: Example, head: str) -> float:
    weight = min(example.weight, 1.0)
    negative = head == "sentiment" and example.source == "semeval" and example.labels[head] == 0
    return weight * NEGATIVE if negative else weight


def shown(train: list[Example], chooser: random.Random, share: float) -> list[int]:
    """Which examples one pass shows, the rare ones several times; of the many, `share` of what SHOWN says."""
    found = []
    for index, example in enumerate(train):
        label = example.labels["sentiment"] if example.source == "semeval" else None
        part = SHOWN.get((example.source, label))
        if part is None or chooser.random() < share * part:
            found += [index] * REPEATED.get(example.source, 1)
    return found


class Average:
    """A running mean of the weights that are trained: it reads better than the last step's."""

    def __init__(self, parameters: list[torch.nn.Parameter], keep: float) -> None:
        self.parameters, self.keep, self.steps = parameters, keep, 0
        self.means = [parameter.detach().clone() for parameter in parameters]

    @torch.no_grad()
    def add(self) -> None:
        self.steps += 1
        keep = min(self.keep, self.steps / (self.steps + 10))
        torch._foreach_lerp_(self.means, [p.detach() for p in self.parameters], 1 - keep)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the means and the weights."""
        for mean, parameter in zip(self.means, self.parameters, strict=True):
            held = parameter.detach().clone()
            parameter.copy_(mean)
            mean.copy_(held)


def judge(
    model: network.Encoder,
    encode: Callable[[str, int], network.Row],
    root: Path,
    kept: list[Example],
) -> dict[str, float]:
    """Validation figures only; the tests belong to the bench."""
    figures = {}
    french = data.umsab(root, "french", "val")
    english = [example for example in kept if example.source == "semeval"][:2_000]
    for name, texts, truth in (
        ("fr", [t for t, _ in french], [y for _, y in french]),
        ("en", [e.text for e in english], [e.labels["sentiment"] for e in english]),
    ):
        said, _ = network.outputs(model, [encode(text, 96) for text in texts])
        figures[f"sentiment {name} F1"] = round(macro(truth, said[:, SLICES["sentiment"]].argmax(1)), 2)
    ours = [example for example in kept if example.source in ("written", "ours")]
    if ours:
        said, _ = network.outputs(model, [encode(example.text, 96) for example in ours])
        truth = [example.labels["intent"] for example in ours]
        figures["intent F1"] = round(macro(truth, said[:, SLICES["intent"]].argmax(1)), 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", default="teacher-0")
    parser.add_argument("--goes-on", help="a teacher that learns on, instead of the encoder as it came")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=4)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the English many, what share of SHOWN")
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--size", type=int, default=64)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    chooser = random.Random(args.seed)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(range(args.layers), numbers, source)
    if args.goes_on:
        network.restore(model, network.BUILD / f"{args.goes_on}.pt")
    train, kept = examples.split(examples.training(args.data))
    passes = [shown(train, chooser, args.share) for _ in range(args.passes)]
    used = sorted(set().union(*passes))
    place = {index: at for at, index in enumerate(used)}
    train = [train[index] for index in used]
    rows = [cut.encode(example.text, LONGEST) for example in train]
    print(len(train), "examples", sum(map(len, rows)) / len(rows), "pieces each", flush=True)
    fit(model, cut, train, rows, [[place[index] for index in one] for one in passes], kept, chooser, args)


def fit(
    model: network.Encoder,
    cut: network.Subwords,
    train: list[Example],
    rows: list[list[int]],
    passes: list[list[int]],
    kept: list[Example],
    chooser: random.Random,
    args: argparse.Namespace,
) -> None:
    """Train what lies above the frozen layers; write the mean of the weights and the validation figures."""
    states = network.remembered(model, rows, args.frozen)
    print(f"lower layers computed, cpu {time.process_time():.0f} s", flush=True)
    body = [p for layer in model.layers[args.frozen :] for p in layer.parameters()]
    head = list(model.heads.parameters())
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": args.rate}, {"params": head, "lr": 1e-3}], weight_decay=0.01, fused=True
    )
    steps = sum(len(one) // args.size + 1 for one in passes)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.08 * steps), max(0.02, (steps - step) / (0.92 * steps)))
    )
    average = Average(body + head, 1 - 10 / steps)
    step, total, began = 0, 0.0, time.process_time()
    for one in passes:
        for batch in network.batches([rows[index] for index in one], args.size, chooser):
            chosen = [one[at] for at in batch]
            with torch.autocast("cpu", torch.bfloat16):
                x, lengths = network.stack([states[index] for index in chosen])
                said, _ = model.above(x, lengths, args.frozen, dropout=0.1)
            loss = loss_of(said.float(), [train[index] for index in chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimizer.step()
            schedule.step()
            average.add()
            step, total = step + 1, total + loss.item()
            if step % 50 == 0:
                spent = time.process_time() - began
                print(f"{step}/{steps} loss {total / 50:.3f} cpu {spent:.0f} s", flush=True)
                total = 0.0
            if step % (steps // 4) == 0:
                print("last step", judge(model, cut.encode, args.data, kept), flush=True)
                average.swap()
                print("mean", judge(model, cut.encode, args.data, kept), flush=True)
                network.save(model, network.BUILD / f"{args.name}.pt")
                average.swap()
    average.swap()
    print("mean", judge(model, cut.encode, args.data, kept), flush=True)
    network.save(model, network.BUILD / f"{args.name}.pt")


if __name__ == "__main__":
    main()
