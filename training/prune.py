"""Chooses the pieces that French, English and their neighbours need: `python -m training.prune DATA`.

A piece stays when a frequent word of these languages (word lists of `wordfreq`) or a training text is cut with it, or
when it is a single sign. Writes build/pieces.json: the numbers that stay, in their old order.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import wordfreq

from entendu.reading.subwords import SPECIAL, Subwords
from training import data, e5
from training.data import HERE

FREQUENT = {"fr": 90_000, "en": 70_000, "es": 15_000, "it": 12_000, "pt": 12_000, "de": 12_000, "nl": 6_000}
BUILD = HERE / "build"


def texts(root: Path) -> list[str]:
    """Everything that may be trained on, with or without labels."""
    held = data.forbidden(root)
    found = [text for language in data.UMSAB_TRAINED for text, _ in data.umsab(root, language, "train")]
    found += [text for text, _ in data.semeval(root)]
    found += [text for text, _ in data.goemotions(root)]
    found += [text for text, _ in data.banking(root)] + [text for text, _ in data.clinc(root)]
    found += [row["text"] for row in data.public_services(root)]
    found += [
        text for task in ("offensive", "irony", "emotion") for text, _ in data.tweeteval(root, task, "train")
    ]
    found += [row["text"] for row in data.written("train")]
    return [text for text in found if data.key(text) not in held]


def main(root: Path) -> None:
    source = e5.load()
    whole = Subwords(source.pieces, source.normal)
    seen: Counter[int] = Counter()
    for language, count in FREQUENT.items():
        for word in wordfreq.top_n_list(language, count):
            for form in (word, word.capitalize()):
                seen.update(whole.encode(form, 64))
        for word in wordfreq.top_n_list(language, 3_000):
            seen.update(whole.encode(word.upper(), 64))
    frequent = set(seen)
    seen.clear()
    for text in texts(root):
        seen.update(whole.encode(text, 512))
    kept = set(range(SPECIAL)) | frequent | {number for number, count in seen.items() if count >= 3}
    for number, (piece, _) in enumerate(source.pieces):
        letters = piece.lstrip("\u2581")
        if len(letters) <= 1 and (not letters or not letters.isalpha() or ord(letters) < 0x250):
            kept.add(number)
    numbers = sorted(kept)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "pieces.json").write_text(json.dumps(numbers))
    total = sum(seen.values())
    uses = sum(count for number, count in seen.items() if number in kept) / total
    print(f"{len(numbers)} pieces of {len(source.pieces)}, {uses:.4%} of uses")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
