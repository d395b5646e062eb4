"""Fine-tunes the teacher on every head at once: `python -m training.teacher DATA --seed 0 --name teacher-0`."""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import data, e5, examples, network
from training.data import Example
from training.network import HEADS, SLICES

REPEATED = {"written": 2, "ours": 2}
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
        weights = torch.tensor([min(chosen[row].weight, 1.0) for row in rows])
        part = said[rows, SLICES[head]]
        if len(labels) == 1:
            each = functional.binary_cross_entropy_with_logits(part[:, 0], truth.float(), reduction="none")
        else:
            each = functional.cross_entropy(part, truth, reduction="none", label_smoothing=smoothing)
        # Divided by the whole batch: a head that few examples have must not shout.
        total = total + (each * weights).sum() / len(chosen)
    return total


def judge(model: network.Encoder, cut: network.Subwords, root: Path, kept: list[Example]) -> dict[str, float]:
    """Validation figures only; the tests belong to the bench."""
    figures = {}
    french = data.umsab(root, "french", "val")
    english = [example for example in kept if example.source == "semeval"][:2_000]
    for name, texts, truth in (
        ("fr", [t for t, _ in french], [y for _, y in french]),
        ("en", [e.text for e in english], [e.labels["sentiment"] for e in english]),
    ):
        said, _ = network.outputs(model, [cut.encode(text, 96) for text in texts])
        figures[f"sentiment {name} F1"] = round(macro(truth, said[:, SLICES["sentiment"]].argmax(1)), 2)
    ours = [example for example in kept if example.source in ("written", "ours")]
    if ours:
        said, _ = network.outputs(model, [cut.encode(example.text, 96) for example in ours])
        truth = [example.labels["intent"] for example in ours]
        figures["intent F1"] = round(macro(truth, said[:, SLICES["intent"]].argmax(1)), 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", default="teacher-0")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument(
        "--share", type=float, default=1.0, help="of SemEval, offence and GoEmotions, what share"
    )
    parser.add_argument("--start", type=Path, help="go on from these weights")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    chooser = random.Random(args.seed)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(range(args.layers), numbers, source)
    if args.start:
        network.restore(model, args.start)
    train, kept = examples.split(examples.training(args.data))
    many = ("semeval", "offence", "goemotions", "banking")
    train = [e for e in train if e.source not in many or chooser.random() < args.share]
    train = [example for example in train for _ in range(REPEATED.get(example.source, 1))]
    rows = [cut.encode(example.text, LONGEST) for example in train]
    print(len(train), "examples", sum(map(len, rows)) / len(rows), "pieces each", flush=True)
    fit(model, cut, train, rows, kept, chooser, args)


def fit(
    model: network.Encoder,
    cut: network.Subwords,
    train: list[Example],
    rows: list[list[int]],
    kept: list[Example],
    chooser: random.Random,
    args: argparse.Namespace,
) -> None:
    states = network.remembered(model, rows, args.frozen)
    print(f"lower layers computed, cpu {time.process_time():.0f} s", flush=True)
    body = [p for layer in model.layers[args.frozen :] for p in layer.parameters()]
    groups = [{"params": body, "lr": args.rate}, {"params": model.heads.parameters(), "lr": 1e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = args.epochs * (len(rows) // args.size + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.08 * steps), max(0.0, (steps - step) / (0.92 * steps)))
    )
    step, total, began = 0, 0.0, time.process_time()
    for epoch in range(args.epochs):
        for chosen in network.batches(rows, args.size, chooser):
            with torch.autocast("cpu", torch.bfloat16):
                x, lengths = network.stack([states[index] for index in chosen])
                said, _ = model.above(x, lengths, args.frozen, dropout=0.1)
            loss = loss_of(said.float(), [train[index] for index in chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimizer.step()
            schedule.step()
            step, total = step + 1, total + loss.item()
            if step % 50 == 0:
                print(
                    f"{step}/{steps} loss {total / 50:.3f} cpu {time.process_time() - began:.0f} s",
                    flush=True,
                )
                total = 0.0
        print("epoch", epoch, judge(model, cut, args.data, kept), flush=True)
        network.save(model, network.BUILD / f"{args.name}.pt")


if __name__ == "__main__":
    main()
