"""What the teachers say of many texts, labelled or not: `python -m training.pool DATA --teachers teacher-0`.

Writes build/pool.npz: the mean of the teachers' scores, and the last teacher's pooled vectors. The heads of few labels
(FEW) count twice for the last teacher. The texts are made anew from DATA by `texts`, in a fixed order.
"""

import argparse
import random
import re
import time
from pathlib import Path

import numpy as np
import torch

from training import data, e5, examples, network
from training.data import Example
from training.network import SLICES

LONGEST = 64
FEW = (
    "intent",
    "urgency",
    "safety",
    "disappointed",
)  # heads of few labels, most of them in the written texts
# What share of each source goes into the pool; all of what is not named.
SHARE = {
    "semeval": 0.55,
    "offence": 0.3,
    "goemotions": 0.4,
    "banking": 0.3,
    "chat": 0.0,
    "umsab-spanish": 0.5,
    "umsab-italian": 0.5,
    "umsab-portuguese": 0.5,
    "umsab-german": 0.5,
}
_FRENCH_SIGNS = re.compile(r"\b(je|le|la|les|vous|est|pas|une|pour|merci|on|ça)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def texts(root: Path, seed: int = 0) -> list[Example]:
    """Examples that may be trained on and more texts without labels; French ones are also mixed and cut anew.

    Real French posts are few (about ten thousand lines), so each is also joined with a part of another and cut
    somewhere: the teachers then say what the new text expresses.
    """
    chooser = random.Random(seed)
    train, _ = examples.split(examples.training(root))
    found = [example for example in train if chooser.random() < SHARE.get(example.source, 1.0)]
    film = _film(root, "fr-projections.tsv.gz")
    chooser.shuffle(film)
    found += [Example(text, {}, 1.0, "film") for text in film]
    more = {
        "film-en": (_film(root, "en-annotated.tsv.gz"), 2_000),
        "forum": ([text for text, _ in data.goemotions(root)], 3_000),
        "asked": ([text for text, _ in data.clinc(root)], 800),
    }
    for task, count in (("irony", 1_000), ("emotion", 1_000), ("hate", 500)):
        more[task] = ([text for text, _ in data.tweeteval(root, task, "train")], count)
    for source, (some, count) in more.items():
        found += [Example(text, {}, 1.0, source) for text in chooser.sample(some, count)]
    experiences = [e.text.partition(" — ")[2] for e in train if e.source == "services"]
    sentences = [part for text in experiences for part in _SENTENCE.split(text) if len(part) > 20]
    found += [Example(text, {}, 1.0, "sentence") for text in sentences]
    french = [e.text for e in train if e.source in ("umsab-french", "services") or _is_french(e)]
    for text in [*french, *french, *sentences, *film[::2]]:
        found.append(Example(_mixed(text, chooser.choice(french), chooser), {}, 1.0, "mixed"))
    held = data.forbidden(root)
    return [example for example in found if data.key(example.text) not in held]


def is_french(example: Example) -> bool:
    """Whether the text is surely French, by its source or its small words."""
    french = ("umsab-french", "services", "film", "sentence", "mixed")
    return example.source in french or _is_french(example)


def _is_french(example: Example) -> bool:
    return example.source == "written" and _FRENCH_SIGNS.search(example.text) is not None


def _film(root: Path, name: str) -> list[str]:
    texts = [line.split("\t")[0] for line in data.lines(root / "xed" / name)]
    # The bench measures languages on the short ones; some lines hold the path of a source.
    return [text for text in texts if len(text) > 30 and ".xml" not in text]


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
    parser.add_argument("--teachers", nargs="+", default=["teacher-0"])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=4, help="layers that no teacher trained")
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(range(args.layers), numbers, source)
    found = texts(args.data)
    rows = [cut.encode(example.text, LONGEST) for example in found]
    print(len(rows), "texts", sum(map(len, rows)) / len(rows), "pieces each", flush=True)
    # The lowest layers are the same in all: no teacher trains them.
    states = network.remembered(model, rows, args.frozen)
    said = []
    for name in args.teachers:
        network.restore(model, network.BUILD / f"{name}.pt")
        said.append(network.outputs_above(model, states, args.frozen))
        print(f"{name} asked, cpu {time.process_time():.0f} s", flush=True)
    scores = np.mean([scores for scores, _ in said], axis=0)
    last, vectors = said[-1]
    for head in FEW:
        scores[:, SLICES[head]] = (scores[:, SLICES[head]] + last[:, SLICES[head]]) / 2
    np.savez(network.BUILD / "pool.npz", scores=scores, pooled=vectors)


if __name__ == "__main__":
    main()
