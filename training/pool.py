"""What the teachers say of many texts, labelled or not: `python -m training.pool DATA --teachers teacher-0`.

Writes build/pool/*.npz: the mean of the teachers' scores, and the last teacher's pooled vectors, by a mark of the text.
The heads of few labels (FEW) count twice for the last teacher. The texts are made anew from DATA by `texts`; what was
said of one is not asked again, so a pool grows by what is new. `--part 0 --parts 2` asks of one half, for two cores.

`--again` asks of the texts that care is about only (ASKED_AGAIN), and writes to build/again/: what is said there of the
heads of few labels goes before what was said first.
"""

import argparse
import hashlib
import random
import re
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import numpy as np
import torch

from training import data, e5, examples, network
from training.data import Example
from training.network import SLICES

FOLDER, AGAIN = network.BUILD / "pool", network.BUILD / "again"
LONGEST = 64
# Heads of few labels, most of them in the written texts.
FEW = ("intent", "urgency", "safety", "disappointed")
ASKED_AGAIN = ("written", "ours", "aside", "services", "sentence", "post", "banking", "asked")
# At most how many texts of a source are asked of; all of what is not named.
MOST = {
    "banking": 300,
    "umsab-spanish": 900,
    "umsab-italian": 900,
    "umsab-portuguese": 900,
    "umsab-german": 900,
    "film-en": 5_000,
    "forum": 10_000,
    "asked": 800,
}
_FRENCH_SIGNS = re.compile(r"\b(je|le|la|les|vous|est|pas|une|pour|merci|on|ça)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def texts(root: Path) -> list[Example]:
    """What may be asked of: examples that may be trained on, and more texts without labels. French ones are also mixed
    and cut anew.

    Real French posts are few (about ten thousand lines), so each is also joined with a part of another and cut
    somewhere: the teachers then say what the new text expresses.
    """
    train, _ = examples.split(examples.training(root))
    found = [example for example in train if example.source != "chat"]
    film = _film(root, "fr-projections.tsv.gz")
    posts = data.posts() + [text for text, language in data.hostile(root) if language == "fr"]
    for source, some in {**_unlabelled(root), "film": film, "post": posts}.items():
        found += [Example(text, {}, 1.0, source) for text in some]
    told = {f"{row['title']} — {row['text']}" for row in data.public_services(root)}
    experiences = [e.text.partition(" — ")[2] for e in train if e.text in told]
    sentences = [part for text in experiences for part in _SENTENCE.split(text) if len(part) > 20]
    found += [Example(text, {}, 1.0, "sentence") for text in sentences]
    real = [e.text for e in train if e.source == "umsab-french" or e.text in told]
    ours = [e.text for e in train if _is_french(e)]
    mixed = [*real, *sentences, *film, *ours, *posts]
    for again, some in enumerate([mixed, [*real, *posts]]):
        found += [Example(_mixed(text, real, again), {}, 1.0, "mixed") for text in some]
    held = data.forbidden(root)
    return [example for example in found if data.key(example.text) not in held]


def _unlabelled(root: Path) -> dict[str, list[str]]:
    found = {
        "film-en": _film(root, "en-annotated.tsv.gz"),
        "forum": [text for text, _ in data.goemotions(root)],
        "asked": [text for text, _ in data.clinc(root)],
        "emoji": data.emoji(root),
        "hostile-en": [text for text, language in data.hostile(root) if language == "en"],
    }
    for task in ("irony", "emotion", "hate"):
        found[task] = [text for text, _ in data.tweeteval(root, task, "train")]
    return found


def is_french(example: Example) -> bool:
    """Whether the text is surely French, by its source or its small words."""
    french = ("umsab-french", "services", "film", "sentence", "mixed", "post")
    return example.source in french or _is_french(example)


def _is_french(example: Example) -> bool:
    return example.source == "written" and _FRENCH_SIGNS.search(example.text) is not None


def _film(root: Path, name: str) -> list[str]:
    texts = [line.split("\t")[0] for line in data.lines(root / "xed" / name)]
    # The bench measures languages on the short ones; some lines hold the path of a source.
    return [text for text in texts if len(text) > 30 and ".xml" not in text]


def _mixed(text: str, others: list[str], again: int) -> str:
    """The text without its beginning or its end, often with the beginning of another: the same every time."""
    chooser = random.Random(f"{again} {text}")
    words, more = text.split(), chooser.choice(others).split()
    start = chooser.randrange(max(1, len(words) - 4))
    words = words[start : start + chooser.randint(6, 30)]
    if chooser.random() < 0.5:
        words += more[: chooser.randint(3, 12)]
    return " ".join(word for word in words if chooser.random() > 0.05)


def mark(text: str) -> str:
    """How the pool names a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def said(root: Path) -> tuple[list[Example], np.ndarray, np.ndarray]:
    """(texts that were asked of, scores, pooled vectors in 16 bits)."""
    places, scores, vectors = _known(FOLDER)
    found = [example for example in texts(root) if mark(example.text) in places]
    marks = [mark(example.text) for example in found]
    rows = [places[name] for name in marks]
    scores, vectors = scores[rows], vectors[rows]
    places, better, _ = _known(AGAIN)
    for row, name in enumerate(marks):
        if name in places:
            for head in FEW:
                scores[row, SLICES[head]] = better[places[name], SLICES[head]]
    return found, scores, vectors


def _known(folder: Path) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    parts = [np.load(path) for path in sorted(folder.glob("*.npz"))]
    marks = [str(name) for part in parts for name in part["marks"]]
    scores = [part["scores"] for part in parts] or [np.zeros((0, network.OUTPUTS), np.float32)]
    vectors = [part["pooled"] for part in parts] or [np.zeros((0, 1), np.float16)]
    return {name: row for row, name in enumerate(marks)}, np.concatenate(scores), np.concatenate(vectors)


def wanted(found: list[Example], known: Collection[str]) -> dict[str, str]:
    """Texts by their mark, of each source at most MOST: those that are known already, then in the order of marks."""
    chosen: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for name, example in sorted(
        ((mark(example.text), example) for example in found), key=lambda one: (one[0] not in known, one[0])
    ):
        if counts[example.source] < MOST.get(example.source, len(found)):
            counts[example.source] += 1
            chosen[name] = example.text
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teachers", nargs="+", default=["teacher-0"])
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=4, help="layers that no teacher trained")
    parser.add_argument("--again", action="store_true", help="of the texts of care, whatever was said before")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = e5.load()
    numbers, cut = network.pruned(source)
    model = network.Encoder(range(args.layers), numbers, source)
    folder = AGAIN if args.again else FOLDER
    known, _, _ = _known(folder)
    found = [example for example in texts(args.data) if not args.again or example.source in ASKED_AGAIN]
    asked = wanted(found, known)
    marks = sorted(asked.keys() - known)[args.part :: args.parts]
    if not marks:
        return
    rows = [cut.encode(asked[name], LONGEST) for name in marks]
    print(len(rows), "texts", sum(map(len, rows)) / len(rows), "pieces each", flush=True)
    # The lowest layers are the same in all: no teacher trains them.
    states = network.remembered(model, rows, args.frozen)
    answers = []
    for name in args.teachers:
        network.restore(model, network.BUILD / f"{name}.pt")
        answers.append(network.outputs_above(model, states, args.frozen))
        print(f"{name} asked, cpu {time.process_time():.0f} s", flush=True)
    scores = np.mean([scores for scores, _ in answers], axis=0)
    last, vectors = answers[-1]
    for head in FEW:
        scores[:, SLICES[head]] = (scores[:, SLICES[head]] + last[:, SLICES[head]]) / 2
    folder.mkdir(parents=True, exist_ok=True)
    # Named by what it holds: parts made at the same time, or later, stand beside each other.
    np.savez(folder / f"{marks[0]}.npz", marks=np.array(marks), scores=scores, pooled=vectors)


if __name__ == "__main__":
    main()
