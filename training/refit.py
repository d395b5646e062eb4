"""The small heads once more, on the encoder as it is: `python -m training.refit DATA --name student-0 --keep 0 3 6 9`.

Intent, urgency, danger and disappointment have few labelled texts beside sentiment's tens of thousands, so the joint
training serves them badly. Each gets a correction of its head, by logistic regression over the pooled vectors, classes
balanced; how strongly it is held back is chosen on validation texts. Writes build/<name>.pt again.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import e5, examples, network, thresholds
from training.data import Example
from training.linear import balance
from training.network import SLICES

REFITTED = ("intent", "urgency", "safety", "disappointed")
HELD_BACK = (10.0, 30.0, 100.0, 300.0, 1000.0)


def loss(scores: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean over the texts."""
    if scores.shape[1] == 1:
        each = functional.binary_cross_entropy_with_logits(scores[:, 0], truth.float(), reduction="none")
    else:
        each = functional.cross_entropy(scores, truth, reduction="none")
    return (each * weights).sum() / weights.sum()


def correction(vectors: Tensor, scores: Tensor, truth: Tensor, weights: Tensor, held: float) -> Tensor:
    """What to add to the head's matrix, its bias in the last row: (width + 1, labels), by L-BFGS."""
    inputs = torch.cat([vectors, torch.ones(len(vectors), 1)], 1)
    change = torch.zeros(inputs.shape[1], scores.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([change], max_iter=80, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        cost = loss(scores + inputs @ change, truth, weights)
        cost = cost + held * change.square().sum() / len(vectors)
        cost.backward()
        return cost

    optimizer.step(closure)
    return change.detach()


def labelled(found: list[Example], head: str) -> tuple[list[int], Tensor, Tensor]:
    """(places, labels, balanced weights) of the texts that have a label for this head."""
    rows = [row for row, example in enumerate(found) if head in example.labels]
    truth = [found[row].labels[head] for row in rows]
    weights = balance(truth, np.array([min(found[row].weight, 1.0) for row in rows]), 0.7)
    return rows, torch.tensor(truth), torch.from_numpy(weights).float()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--keep", type=int, nargs="+", required=True)
    parser.add_argument("--inner", type=int)
    parser.add_argument("--reads", choices=["pieces", "words"], default="pieces")
    parser.add_argument("--without", nargs="*", default=[], help="sources to leave out, to compare")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    source = e5.load()
    numbers, cut = network.pruned(source)
    encode = cut.groups if args.reads == "words" else cut.encode
    path = network.BUILD / f"{args.name}.pt"
    model = network.restore(network.Encoder(args.keep, numbers, source, args.inner), path)
    train, kept = examples.split(examples.training(args.data))
    train = [e for e in train if set(e.labels) & set(REFITTED) and e.source not in args.without]
    valid = [e for e in thresholds.validation(args.data, kept) if set(e.labels) & set(REFITTED)]
    (scores, vectors), (valid_scores, valid_vectors) = (
        tuple(
            torch.from_numpy(part).float()
            for part in network.outputs(model, [encode(example.text, 96) for example in some])
        )
        for some in (train, valid)
    )
    # In units of their spread, so that one strength holds all of a vector back alike.
    middle, spread = vectors.mean(0), vectors.std(0)
    vectors, valid_vectors = (vectors - middle) / spread, (valid_vectors - middle) / spread
    for head in REFITTED:
        rows, truth, weights = labelled(train, head)
        valid_rows, valid_truth, valid_weights = labelled(valid, head)
        part, valid_part = scores[rows][:, SLICES[head]], valid_scores[valid_rows][:, SLICES[head]]
        before = loss(valid_part, valid_truth, valid_weights).item()
        tried = []
        for held in HELD_BACK:
            change = correction(vectors[rows], part, truth, weights, held)
            after = valid_part + valid_vectors[valid_rows] @ change[:-1] + change[-1]
            tried.append((loss(after, valid_truth, valid_weights).item(), held, change))
        best, held, change = min(tried, key=lambda one: one[0])
        said = f"{len(rows)} texts, validation loss {before:.3f} -> {best:.3f}, held back by {held:g}"
        print(f"{head}: {said}", flush=True)
        if best < before:
            matrix = change[:-1] / spread[:, None]
            model.heads.weight.data[SLICES[head]] += matrix.t()
            model.heads.bias.data[SLICES[head]] += change[-1] - middle @ matrix
    if not args.dry:
        network.save(model, path)


if __name__ == "__main__":
    main()
