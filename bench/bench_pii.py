"""How well, and how fast, personal data is found in texts.

    python bench/bench_pii.py

On `training/written/pii/test.txt`, written for it (CC0): what is to be found stands as [kind:words]; prices, dates,
years, ISBN and the like are there to be left alone. A find is right when its kind and its characters are.
"""

import re
import time
from collections import Counter
from pathlib import Path

from entendu.reading import pii

TEST = Path(__file__).parents[1] / "training" / "written" / "pii" / "test.txt"
MARK = re.compile(r"\[(card|nir|iban|phone|email|order):([^\]]+)\]")


def read_marked(line: str) -> tuple[str, set[tuple[str, int, int]]]:
    """The text without its marks, and what is to be found: (kind, start, end)."""
    text, wanted, at = "", set(), 0
    for match in MARK.finditer(line):
        text += line[at : match.start()]
        wanted.add((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + line[at:], wanted


def main() -> None:
    lines = [line for line in TEST.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    marked = [read_marked(line) for line in lines]
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for text, wanted in marked:
        found = {(one.kind, one.start, one.end) for one in pii.find(text)}
        for kind, *_where in found:
            said[kind] += 1
        for kind, *_where in wanted:
            there[kind] += 1
        for kind, *_where in found & wanted:
            right[kind] += 1
    print(f"{len(marked)} texts, {sum(not wanted for _text, wanted in marked)} without personal data")
    print(f"{'kind':8} {'precision':>10} {'recall':>8}   right/said  of")
    for kind in (*sorted(there), "all"):
        r, s, t = (sum(c.values()) if kind == "all" else c[kind] for c in (right, said, there))
        print(f"{kind:8} {r / s if s else 0:10.3f} {r / t:8.3f}   {r:4}/{s:<4} {t:4}")
    texts = [text for text, _wanted in marked] * 50
    start = time.process_time()
    for text in texts:
        pii.find(text)
    took = time.process_time() - start
    size = sum(map(len, texts)) / len(texts)
    print(f"speed: {len(texts) / took:,.0f} texts per CPU-second ({size:.0f} characters each)")


if __name__ == "__main__":
    main()
