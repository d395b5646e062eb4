"""The mean of several runs' weights: `python -m training.soup DATA --names teacher-0 teacher-2 --name soup`.

Networks that were tuned from the same weights lie in one valley: the mean of them reads better than most of them, at
the price of one (Wortsman et al. 2022). Prints the validation figures of each and of the mean.
"""

import argparse
from pathlib import Path

import torch

from training import e5, examples, network, words
from training.teacher import judge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--names", nargs="+", required=True)
    parser.add_argument("--name", required=True, help="of the mean")
    parser.add_argument(
        "--keep", type=int, nargs="+", default=list(range(12)), help="the layers they were made of"
    )
    parser.add_argument("--inner", type=int)
    parser.add_argument("--reads", choices=["pieces", "words"], default="pieces")
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(args.keep, numbers, source, args.inner)
    _, kept = examples.split(examples.training(args.data))
    sets = [torch.load(network.BUILD / f"{name}.pt", weights_only=True) for name in args.names]
    mean = {key: torch.stack([one[key].float() for one in sets]).mean(0) for key in sets[0]}
    if "word.weight" in mean:
        mean["word.weight"] = words.rounded(mean["word.weight"])
    torch.save(mean, network.BUILD / f"{args.name}.pt")
    encode = cut.groups if args.reads == "words" else cut.encode
    for name in (*args.names, args.name):
        network.restore(model, network.BUILD / f"{name}.pt")
        print(name, judge(model, encode, args.data, kept), flush=True)


if __name__ == "__main__":
    main()
