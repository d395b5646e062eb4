"""How well, and how fast, messages are matched to the announcements that they contradict.

    python bench/bench_claims.py

On `training/written/claims/test.jsonl`, which nothing was learned from: (1) each labelled pair alone; (2) each message
against the announcements of all other trades too, as in a register. Then the speed: messages held against 200
announcements, CPU time of one thread.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from entendu import reading
from entendu.reading.claims import CONTRADICTS, SUPPORTS, UNSURE, Announced, Mood, Register, Verdict, weights

WRITTEN = Path(__file__).parents[1] / "training" / "written" / "claims"
Row = dict[str, Any]


def rows_of(part: str) -> list[Row]:
    """The pairs of a part."""
    return [json.loads(line) for line in (WRITTEN / f"{part}.jsonl").read_text("utf-8").splitlines()]


def moods_of(texts: Sequence[str]) -> list[Mood]:
    """How the product's default reader reads them."""
    return [Mood(one.sentiment.label, one.intent.label) for one in reading.read(texts)]


def table(title: str, groups: dict[str, list[Row]], said: Callable[[Row], str], label: str) -> None:
    """Precision and recall of one verdict, by group, with counts."""
    print(f"\n{title:24} {'precision':>10} {'recall':>8}   right/said  of")
    for name, rows in groups.items():
        given = [row for row in rows if said(row) == label]
        there = [row for row in rows if row["label"] == label]
        right = sum(row["label"] == label for row in given)
        precision = f"{right / len(given):.3f}" if given else "–"
        recall = f"{right / len(there):.3f}" if there else "–"
        print(f"{name:24} {precision:>10} {recall:>8}   {right:4}/{len(given):<4} {len(there):4}")


def grouped(rows: list[Row]) -> dict[str, list[Row]]:
    """All, by language, across languages, by kind."""
    found = {"all": rows}
    for lang in ("fr", "en"):
        found[lang] = [row for row in rows if row["lang"] == row["claim_lang"] == lang]
    found["across languages"] = [row for row in rows if row["lang"] != row["claim_lang"]]
    for kind in sorted({row["kind"] for row in rows}):
        found[f"kind: {kind}"] = [row for row in rows if row["kind"] == kind]
    return found


def pairs(rows: list[Row]) -> None:
    """Each pair alone."""
    given: dict[int, str] = {}
    for row, mood in zip(rows, moods_of([row["text"] for row in rows]), strict=True):
        [*found] = Register([Announced(0, row["claim"], row["kind"])]).judge([row["text"]], [mood])
        given[id(row)] = found[0].verdict if found else ""
    unsure = [row for row in rows if given[id(row)] == UNSURE]
    print(f"test: {len(rows)} pairs, model {weights().version}, sure from {weights().sure}")
    table("contradicts", grouped(rows), lambda row: given[id(row)], CONTRADICTS)
    print(f"unsure: {len(unsure)}, of which {sum(row['label'] == CONTRADICTS for row in unsure)} contradict")
    table("supports", {"all": rows}, lambda row: given[id(row)], SUPPORTS)
    wrong = [row for row in rows if given[id(row)] == CONTRADICTS and row["label"] != CONTRADICTS]
    why = {row["why"] or row["label"] for row in wrong}
    print(
        "taken for contradictions:",
        {one: sum((row["why"] or row["label"]) == one for row in wrong) for one in why},
    )


def register(rows: list[Row]) -> None:
    """Each message against its own announcement and those of all other trades; the surest one counts."""
    told = list({(row["claim"], row["kind"], row["trade"]): None for row in rows})
    texts = [row["text"] for row in rows]
    moods = moods_of(texts)
    first: dict[int, Verdict] = {}
    held = Register([Announced(key, text, kind) for key, (text, kind, _trade) in enumerate(told)])
    for one in held.judge(texts, moods):
        text, _kind, trade = told[one.claim]
        row = rows[one.said]
        if one.verdict == CONTRADICTS and (row["claim"] == text or row["trade"] != trade):
            first.setdefault(one.said, one)
    right = sum(
        told[one.claim][0] == rows[at]["claim"] and rows[at]["label"] == CONTRADICTS
        for at, one in first.items()
    )
    there = sum(row["label"] == CONTRADICTS for row in rows)
    print(
        f"\nregister of {len(told)} announcements of ten trades, the surest for each of {len(rows)} messages:"
    )
    print(
        f"  precision {right / max(1, len(first)):.3f} ({right}/{len(first)}), recall {right / there:.3f} of {there}"
    )


def speed(rows: list[Row]) -> None:
    """Messages against 200 announcements."""
    told = list({(row["claim"], row["kind"]): None for row in [*rows_of("dev"), *rows]})
    announced = [Announced(key, *told[key % len(told)]) for key in range(200)]
    texts = [row["text"] for row in rows_of("dev")] * 3
    held = Register(announced)
    held.judge(texts[:100])
    start = time.process_time()
    held.judge(texts)
    took = time.process_time() - start
    print(
        f"\nspeed: {len(texts)} messages × {len(announced)} announcements in {took:.2f} CPU-s:"
        f" {len(texts) / took:,.0f} messages, {len(texts) * len(announced) / took:,.0f} pairs per CPU-second"
    )


if __name__ == "__main__":
    test = rows_of("test")
    pairs(test)
    register(test)
    speed(test)
