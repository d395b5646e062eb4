"""What a file is: its format, its columns, how its dates are written. Settled once, from its first bytes."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from entendu.connectors.files.columns import Plan, check_plan, guessed_plan
from entendu.connectors.files.dates import guess_day_first
from entendu.connectors.files.source import Encoding, guess_encoding, read_head
from entendu.wire import Refused

FORMATS = ("csv", "tsv", "jsonl", "mbox")
DELIMITERS = ",;\t|"
SAMPLE = 200  # rows
ENDINGS = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".mbox": "mbox",
    ".mbx": "mbox",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of one file. `start`: bytes before its first row. `dates`: "dmy", "mdy" or empty."""

    format: str
    encoding: Encoding
    start: int = 0
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    dates: str = ""
    plan: Plan | None = None


def shape_of(path: Path, format: str, delimiter: str, encoding: str, plan: Plan | None) -> Shape:
    """Looks at the file's first bytes; what is given (not empty) is believed. Refused when it cannot be a
    table, or when its columns cannot serve."""
    head = read_head(path)
    found = guess_encoding(head, encoding)
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    format = format or _format_of(path, head[bom:])
    if format not in FORMATS:
        raise Refused("format_unknown", format[:40])
    if format == "mbox":
        return Shape(format, found)
    text = found.decode(head[bom:])
    if format == "jsonl":
        return Shape(format, found, start=bom, dates=_dates_of(_json_rows(text), plan), plan=plan)
    delimiter = _delimiter(format, delimiter, text)
    start = bom + _header_length(head[bom:], found, delimiter) if text.strip() else 0
    return _table(text, start, found, delimiter, plan)


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    """The first rows of a table, the header first; what cannot be read ends the sample."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > SAMPLE:
                break
    except csv.Error:
        pass
    return rows


def named_columns(header: list[str]) -> tuple[str, ...]:
    """The header's names, each once: "" becomes "column 3", a second "date" becomes "date 2"."""
    seen: dict[str, int] = {}
    names = []
    for place, cell in enumerate(header, start=1):
        name = cell.strip() or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(names)


def _table(text: str, start: int, encoding: Encoding, delimiter: str, plan: Plan | None) -> Shape:
    rows = rows_of(text, delimiter)
    if not rows or not any(rows[0]):
        raise Refused("file_without_header")
    columns = named_columns(rows[0])
    chosen = plan or guessed_plan(columns)
    check_plan(chosen, columns, given=plan is not None)
    dates = _dates_of([dict(zip(columns, row, strict=False)) for row in rows[1:]], chosen)
    return Shape("csv", encoding, start, delimiter, columns, dates, chosen)


def _header_length(head: bytes, encoding: Encoding, delimiter: str) -> int:
    length = 0

    def lines() -> Iterator[str]:
        nonlocal length
        for line in io.BytesIO(head):
            length += len(line)
            yield encoding.decode(line)

    next(csv.reader(lines(), delimiter=delimiter))
    return length


def _delimiter(format: str, given: str, text: str) -> str:
    if given:
        return {"tab": "\t", "\\t": "\t"}.get(given, given[0])
    if format == "tsv":
        return "\t"

    def score(delimiter: str) -> tuple[float, int]:
        rows = [row for row in rows_of(text[:65536], delimiter)[:40] if row]
        width = len(rows[0]) if rows else 0
        same = sum(len(row) == width for row in rows) / len(rows) if rows else 0.0
        return (same if width > 1 else 0.0, width)

    return max(DELIMITERS, key=score)


def _format_of(path: Path, head: bytes) -> str:
    for ending in reversed(path.suffixes):
        if ending.lower() in ENDINGS:
            return ENDINGS[ending.lower()]
    if head.startswith(b"From "):
        return "mbox"
    return "jsonl" if head.lstrip()[:1] == b"{" else "csv"


def _json_rows(text: str) -> list[dict[str, object]]:
    rows = []
    for line in text.splitlines()[:SAMPLE]:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def _dates_of(rows: list[dict[str, str]] | list[dict[str, object]], plan: Plan | None) -> str:
    column = plan.at if plan else (guessed_plan(rows[0]).at if rows else None)
    day_first = guess_day_first(value for row in rows if isinstance(value := row.get(column or ""), str))
    return "" if day_first is None else "dmy" if day_first else "mdy"
