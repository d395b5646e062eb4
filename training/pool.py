"""What a teacher says of many texts, labelled or not: `python -m training.pool DATA --teacher teacher-0`.

Writes build/pool-<teacher>.npz. The texts are made anew from DATA by `texts`, in a fixed order.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch

from training import data, e5, examples, network
from training.data import Example

LONGEST = 64
_FRENCH_SIGNS = (" je ", " le ", " la ", " vous ", " est ")


def texts(root: Path, share: float, seed: int = 0) -> list[Example]:
    """Examples that may be trained on and more texts without labels; French ones are also mixed and cut anew.

    Real French posts are few (about ten thousand lines), so each is also joined with a part of another and cut
    somewhere: the teacher then says what the new text expresses.
    """
    chooser = random.Random(seed)
    train, _ = examples.split(examples.training(root))
    thin = {"semeval": share, "offence": share, "goemotions": share, "banking": share, "chat": 0.0}
    thin |= {f"umsab-{language}": 0.5 for language in ("spanish", "italian", "portuguese", "german")}
    found = [example for example in train if chooser.random() < thin.get(example.source, 1.0)]
    film = [
        line.split("\t")[0]
        for line in data.lines(root / "xed" / "fr-projections.tsv.gz")
        if ".xml" not in line
    ]
    film = chooser.sample([line for line in film if len(line) > 12], 5_000)
    found += [Example(text, {}, 1.0, "film") for text in film]
    found += [
        Example(text, {}, 1.0, "forum") for text, _ in data.goemotions(root) if chooser.random() < share / 3
    ]
    found += [Example(text, {}, 1.0, "asked") for text, _ in data.clinc(root) if chooser.random() < share / 4]
    french = [e.text for e in train if e.source in ("umsab-french", "services") or _is_french(e)]
    for text in [*french, *french, *film[::2]]:
        found.append(Example(_mixed(text, chooser.choice(french), chooser), {}, 1.0, "mixed"))
    held = data.forbidden(root)
    return [example for example in found if data.key(example.text) not in held]


def _is_french(example: Example) -> bool:
    return example.source == "written" and any(sign in example.text.lower() for sign in _FRENCH_SIGNS)


def _mixed(text: str, other: str, chooser: random.Random) -> str:
    words, more = text.split(), other.split()
    start = chooser.randrange(max(1, len(words) - 4))
    words = words[start : start + chooser.randint(6, 30)]
    if chooser.random() < 0.5:
        words += more[: chooser.randint(3, 12)]
    return " ".join(word for word in words if chooser.random() > 0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teacher", default="teacher-0")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--share", type=float, default=0.15)
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.restore(
        network.Encoder(range(args.layers), numbers, source), network.BUILD / f"{args.teacher}.pt"
    )
    found = texts(args.data, args.share)
    rows = [cut.encode(example.text, LONGEST) for example in found]
    print(len(rows), "texts", flush=True)
    scores, pooled = network.outputs(model, rows)
    np.savez(network.BUILD / f"pool-{args.teacher}.npz", scores=scores, pooled=pooled, share=args.share)
    print("done", flush=True)


if __name__ == "__main__":
    main()
