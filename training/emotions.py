"""Whether emotions could be read honestly: `python -m training.emotions DATA --teacher teacher-0`.

A logistic regression on the teacher's vectors of film lines (XED) with one label of four: anger, fear, joy, sadness;
macro-F1 over five folds, by language. No head is made of it.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import scipy.sparse
import torch

from training import data, e5, network
from training.linear import fit, one_hot
from training.teacher import macro

EMOTIONS = {"1": 0, "4": 1, "5": 2, "6": 3}
MOST = 2_500


def lines(root: Path, name: str) -> list[tuple[str, int]]:
    rows = [line.split("\t")[:2] for line in data.lines(root / "xed" / name)]
    return [
        (row[0], EMOTIONS[row[1].strip()]) for row in rows if len(row) == 2 and row[1].strip() in EMOTIONS
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teacher", default="teacher-0")
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.restore(network.Encoder(range(12), numbers, source), network.BUILD / f"{args.teacher}.pt")
    for name in ("fr-projections.tsv.gz", "en-annotated.tsv.gz"):
        found = lines(args.data, name)
        random.Random(0).shuffle(found)
        found = found[:MOST]
        truth = [label for _, label in found]
        _, pooled = network.outputs(model, [cut.encode(text, 64) for text, _ in found])
        vectors = pooled.astype(np.float32)
        vectors = (vectors - vectors.mean(0)) / vectors.std(0)
        said = np.zeros(len(found), int)
        for fold in range(5):
            inside = np.arange(len(found)) % 5 != fold
            targets = one_hot([label for label, there in zip(truth, inside, strict=True) if there], 4)
            table = fit(scipy.sparse.csr_matrix(vectors[inside]), targets, np.ones(inside.sum()), 30.0)
            said[~inside] = (vectors[~inside] @ table[:-1] + table[-1]).argmax(1)
        print(f"{name}: {len(found)} lines, four emotions, macro-F1 {macro(truth, said):.1f}", flush=True)


if __name__ == "__main__":
    main()
