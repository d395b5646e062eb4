"""The tests of sentiment for weights of several seeds, before they are cut to 8 bits: mean and spread.

`python -m training.seeds DATA --names student-0 student-1 student-2`. Nothing is chosen by these figures.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from training import data, e5, network
from training.network import SLICES
from training.teacher import macro


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--names", nargs="+", required=True)
    parser.add_argument("--keep", type=int, nargs="+", default=[0, 3, 6, 9])
    parser.add_argument("--inner", type=int)
    parser.add_argument("--reads", choices=["pieces", "words"], default="words")
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    encode = cut.groups if args.reads == "words" else cut.encode
    tests = {
        "UMSAB French, macro-F1": (data.umsab(args.data, "french", "test"), False),
        "UMSAB English, macro-F1": (data.umsab(args.data, "english", "test"), False),
        "TweetEval val, macro-recall": (data.tweeteval(args.data, "sentiment", "val"), True),
    }
    model = network.Encoder(args.keep, numbers, source, args.inner)
    for title, (pairs, recall) in tests.items():
        rows = [encode(text, 96) for text, _ in pairs]
        truth = [label for _, label in pairs]
        found = []
        for name in args.names:
            network.restore(model, network.BUILD / f"{name}.pt")
            said, _ = network.outputs(model, rows)
            found.append(macro(truth, said[:, SLICES["sentiment"]].argmax(1), recall))
        each = " ".join(f"{figure:.1f}" for figure in found)
        print(f"{title:32} mean {np.mean(found):.2f}  spread {np.ptp(found):.2f}  each {each}", flush=True)


if __name__ == "__main__":
    main()
