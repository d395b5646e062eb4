"""JSON lines in, JSON lines out: what the command `entendu read` does, without the command."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from entendu.reading import pii
from entendu.reading.read import read
from entendu.reading.result import Reading, Value

BATCH = 2_000  # the more, the better texts of one length are found to be computed together
LONGEST_LINE = 1_000_000  # bytes; a longer line is answered with an error and not parsed


@dataclass(frozen=True, slots=True)
class StreamCount:
    """How many lines were read well, and how many could not be."""

    read: int
    refused: int


class _BadLineError(ValueError):
    pass


def read_stream(
    source: IO[bytes],
    sink: IO[bytes],
    *,
    model: str | None = None,
    batch: int = BATCH,
    refused: Callable[[int, str], None] | None = None,
) -> StreamCount:
    """Read JSON lines `{"text": …, "lang"?: …}` from `source`; write each to `sink` with its reading, in
    the same order.

    Whatever else a line holds is kept. A line that is no such object becomes `{"error": {"code", "detail",
    "line"}}` in its place, and the stream goes on; empty lines are skipped. Codes: `not_utf8`, `not_json`,
    `not_an_object`, `no_text`, `bad_lang`, `too_long`. `refused` is told of each such line: its number and the
    code. Memory holds one batch. Raises UnknownModelError before the first line.
    """
    read([], model=model)
    good = bad = 0
    for lines in _batches(source, batch):
        records = [_parse(number, raw) for number, raw in lines]
        sound = [record for record in records if "text" in record]
        texts = [record["text"] for record in sound]
        readings = read(texts, languages=[record.get("lang") for record in sound], model=model)
        answers = iter(readings)
        for record in records:
            if "text" not in record:
                bad += 1
                if refused is not None:
                    refused(record["error"]["line"], record["error"]["code"])
            else:
                record |= as_json(next(answers), record["text"])
                good += 1
            sink.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        sink.flush()
    return StreamCount(good, bad)


def as_json(reading: Reading, text: str) -> dict[str, Any]:
    """The reading as the command writes it."""
    return {
        "language": _value(reading.language),
        "sentiment": {**_value(reading.sentiment), "scores": dict(reading.scores)},
        "intent": {**_value(reading.intent), "also": list(reading.also)},
        "urgency": _value(reading.urgency),
        "disappointed": _value(reading.disappointed),
        "topics": list(reading.topics),
        "offensive": _value(reading.offensive),
        "pii": [{"kind": found.kind, "start": found.start, "end": found.end} for found in pii.find(text)],
        "unsure": sorted(reading.unsure),
        "model": reading.model,
    }


def _value(value: Value) -> dict[str, Any]:
    return {"label": value.label, "score": value.score}


def _batches(source: IO[bytes], size: int) -> Iterator[list[tuple[int, bytes | None]]]:
    held: list[tuple[int, bytes | None]] = []
    for number, raw in _lines(source):
        if raw is None or raw.strip():
            held.append((number, raw))
        if len(held) >= size:
            yield held
            held = []
    if held:
        yield held


def _lines(source: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; None in place of one that is too long, whose rest is passed over without being held."""
    number = 0
    while raw := source.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) <= LONGEST_LINE:
            yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = source.readline(LONGEST_LINE + 1)
        yield number, None


def _parse(number: int, raw: bytes | None) -> dict[str, Any]:
    try:
        return _record(raw)
    except _BadLineError as refusal:
        code, detail = refusal.args
        return {"error": {"code": code, "detail": detail, "line": number}}


def _record(raw: bytes | None) -> dict[str, Any]:
    if raw is None:
        raise _BadLineError("too_long", f"a line may have at most {LONGEST_LINE} bytes")
    try:
        line = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise _BadLineError("not_utf8", f"byte {problem.start} is not UTF-8") from None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise _BadLineError("not_json", str(problem)) from None
    if not isinstance(record, dict):
        raise _BadLineError("not_an_object", "a line must be a JSON object")
    if not isinstance(record.get("text"), str):
        raise _BadLineError("no_text", 'the object has no "text" that is a string')
    if not isinstance(record.get("lang"), str | None):
        raise _BadLineError("bad_lang", '"lang" must be a string')
    return record
