"""One teacher out of several: `python -m training.soup DATA --teachers teacher-0 teacher-2 --name soup`.

The mean of their weights (Wortsman et al. 2022, "Model soups") costs one reading where their mean opinion would cost
several. Prints the validation figures of each and of the mean.
"""

import argparse
from pathlib import Path

import torch

from training import e5, examples, network
from training.teacher import judge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teachers", nargs="+", required=True)
    parser.add_argument("--name", default="teacher")
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(range(12), numbers, source)
    _, kept = examples.split(examples.training(args.data))
    sets = [torch.load(network.BUILD / f"{name}.pt", weights_only=True) for name in args.teachers]
    mean = {key: torch.stack([one[key].float() for one in sets]).mean(0) for key in sets[0]}
    for name, weights in zip([*args.teachers, args.name], [*sets, mean], strict=True):
        model.load_state_dict(weights, strict=False)
        print(name, judge(model, cut.encode, args.data, kept), flush=True)
    network.save(model, network.BUILD / f"{args.name}.pt")


if __name__ == "__main__":
    main()
