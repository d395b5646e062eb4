"""Near-duplicates: precision and recall by kind of edit, texts a CPU-second, and the cost of the stage.

    python bench/bench_spread.py [--texts FILE.csv.gz]

Texts are made up (`bench/corpus.py`, seeded): each of 2,000 is edited in every way below, among 20,000 others.
Recall: the share of edits that join their text; precision: the share of joined pairs that come from one text.
`--texts` takes a CSV with a column `text` of real ones and tells how much of it repeats, with examples to be judged by
eye. The stage is timed on a fresh embedded store, in CPU time.
"""

import argparse
import csv
import gzip
import random
import time
from collections import Counter

from corpus import made_up
from home import fresh_home

EDITED, OTHERS, STORED = 2_000, 20_000, 20_000


def edits(text: str, dice: random.Random) -> dict[str, str]:
    words = text.split()
    middle = dice.randrange(len(words))
    comment = " ".join(
        dice.sample(["vu", "aussi", "incroyable", "lisez", "ça", "grave", "faites", "tourner"], 3)
    )
    return {
        "repost (RT @who:)": f"RT @{dice.choice('abc')}{middle}: {text}",
        "address added": f"{text} https://x.example/{middle}",
        "handle changed": f"@someone{middle} {text}",
        "comment of 3 words in front": f"{comment} : {text}",
        "quoted, comment of 3 words behind": f"« {text} » {comment}",
        "last tenth cut off": " ".join(words[: max(1, len(words) * 9 // 10)]),
        "last quarter cut off": " ".join(words[: max(1, len(words) * 3 // 4)]),
        "one word changed": " ".join([*words[:middle], "autrement", *words[middle + 1 :]]),
        "capitals, no accents": text.upper(),
    }


def quality() -> None:
    from entendu.analysis.near_duplicates import nearest
    from entendu.reading.near_duplicates import SHORT, prints_of, words_of

    dice = random.Random(3)
    texts = [
        one for one in (doc.text for doc in made_up(OTHERS + 2 * EDITED, 16)) if len(words_of(one)) >= SHORT
    ][: OTHERS + EDITED]
    start = time.process_time()
    prints = prints_of(texts)
    spent = time.process_time() - start
    known, leads, false, pairs = {}, [], 0, 0

    class Lead:
        def __init__(self, at: int, signature: bytes) -> None:
            self.at, self.signature = at, signature

    for at, one in enumerate(prints):
        found, _alike = nearest(one, known)
        if found is not None:
            pairs += 1
            false += (
                set(words_of(texts[at])) != set(words_of(texts[found.at]))
                and overlap(texts[at], texts[found.at]) < 0.4
            )
            continue
        lead = Lead(at, one.signature)
        leads.append(at)
        for key in one.keys:
            known.setdefault(key, lead)
    hits, asked, wrong, joined = Counter(), Counter(), 0, 0
    for at in dice.sample(leads, EDITED):
        made = edits(texts[at], dice)
        for kind, print_ in zip(made, prints_of(list(made.values())), strict=True):
            found = nearest(print_, known)[0] if print_ else None
            asked[kind] += 1
            hits[kind] += found is not None and found.at == at
            joined += found is not None
            wrong += found is not None and found.at != at and overlap(texts[at], texts[found.at]) < 0.4
    print(
        f"{len(texts):,} made-up texts, {len(texts) / spent:,.0f} prints a CPU-second\n\n| edit | recall |\n|---|---:|"
    )
    for kind in asked:
        print(f"| {kind} | {hits[kind] / asked[kind]:.3f} |")
    print(f"\nprecision of {joined:,} joined edits: {1 - wrong / joined:.4f}")
    print(
        f"pairs among the others: {pairs}, of which with less than 0.4 of their 3-shingles in common: {false}"
    )


def overlap(one: str, other: str) -> float:
    """The true Jaccard similarity of word 3-shingles."""
    from entendu.reading.near_duplicates import words_of

    def bag(text: str) -> set[tuple[str, ...]]:
        words = words_of(text)
        return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}

    a, b = bag(one), bag(other)
    return len(a & b) / len(a | b)


def real(path: str) -> None:
    from entendu.analysis.near_duplicates import nearest
    from entendu.reading.near_duplicates import prints_of

    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    known, groups = {}, {}

    class Lead:
        def __init__(self, at: int, signature: bytes) -> None:
            self.at, self.signature = at, signature

    start = time.process_time()
    for at, one in enumerate(prints_of(texts)):
        if one is None:
            continue
        found, alike = nearest(one, known)
        if found is None:
            for key in one.keys:
                known.setdefault(key, Lead(at, one.signature))
        else:
            groups.setdefault(found.at, []).append((at, alike))
    spent = time.process_time() - start
    copies = sum(map(len, groups.values()))
    print(
        f"\n{path}: {len(texts):,} texts, {copies:,} repeat one of {len(groups):,};"
        f" {len(texts) / spent:,.0f} a CPU-second"
    )
    true = [overlap(texts[lead], texts[at]) for lead, members in groups.items() for at, _alike in members]
    print(
        f"true similarity of these pairs: {sum(one >= 0.5 for one in true)} ≥ 0.5, "
        f"{sum(0.4 <= one < 0.5 for one in true)} in 0.4–0.5, {sum(one < 0.4 for one in true)} below"
    )
    for lead, members in random.Random(4).sample(sorted(groups.items()), min(6, len(groups))):
        print(f"\n  {len(members) + 1} × {texts[lead][:110]!r}")
        for at, alike in members[:2]:
            print(f"    {alike:.2f} {texts[at][:110]!r}")


def stage() -> None:
    from entendu.analysis.models import Bucket, Copy
    from entendu.analysis.near_duplicates import cluster_waiting
    from stream_rows import fill

    print("\n| stored before | mentions a CPU-second in the stage |\n|---:|---:|")
    for before in (0, STORED, 2 * STORED):
        fill(STORED, first=before)
        start = time.process_time()
        count = 0
        while done := cluster_waiting(1000):
            count += done
        print(f"| {before:,} | {count / (time.process_time() - start):,.0f} |")
    print(f"\n{Bucket.objects.count():,} buckets, {Copy.objects.count():,} copies")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts")
    asked = parser.parse_args()
    with fresh_home():
        quality()
        if asked.texts:
            real(asked.texts)
        stage()


if __name__ == "__main__":
    main()
