"""Rows of a file as raw units, one at a time, each with the place in the file after it.

A bad row is a unit like another: its bytes as they stand, and its fault in the media type.
"""

import csv
import hashlib
from collections.abc import Callable
from typing import Any, Protocol

import orjson

from entendu.connectors.files.shape import Shape
from entendu.connectors.files.source import LONGEST_LINE, Encoding, Lines
from entendu.wire import Raw

JSON = "application/json"
MAIL = "message/rfc822"
FAULT = "application/octet-stream; fault="
LONGEST_KEY = 250  # characters
LONGEST_MESSAGE = 2 * LONGEST_LINE

KeyOf = Callable[[dict[str, Any]], str]


class Rows(Protocol):
    """Hands out rows until None. `number` is that of the last one, as a spreadsheet counts; `start` is
    where in the file the row being read begins."""

    number: int
    start: int

    def take(self) -> Raw | None: ...


def rows_for(shape: Shape, lines: Lines, number: int, key_of: KeyOf) -> Rows:
    """The reader of rows for this shape of file."""
    if shape.format == "jsonl":
        return JsonRows(shape, lines, number, key_of)
    if shape.format == "mbox":
        return MailRows(lines, number)
    return TableRows(shape, lines, number, key_of)


def unit(key: str, number: int, content: bytes, media_type: str) -> Raw:
    """One raw unit. A row without a key of its own is known by its place and its content."""
    if not key or len(key) > LONGEST_KEY:
        key = f"row:{number}:{hashlib.blake2b(content, digest_size=8).hexdigest()}"
    return Raw(key, content, media_type, f"row {number}")


def faulty(code: str, number: int, content: bytes, found: int = 0, expected: int = 0) -> Raw:
    """A row that cannot be read, kept as it stands. `found` and `expected` count columns."""
    counts = f"; found={found}; expected={expected}" if expected else ""
    return unit("", number, content, f"{FAULT}{code}{counts}")


class TableRows:
    """CSV and TSV. Strict first, so that a quote left open costs one line and not the rest of the file."""

    def __init__(self, shape: Shape, lines: Lines, number: int, key_of: KeyOf) -> None:
        self.number = number
        self.start = lines.position
        self._columns = shape.columns
        self._width = len(shape.columns)
        self._feed = _Feed(lines, shape.encoding)
        self._lines = lines
        self._delimiter = shape.delimiter
        self._reader = csv.reader(self._feed, delimiter=shape.delimiter, strict=True)
        self._key_of = key_of
        self._media_type = f"{JSON}; dates={shape.dates}" if shape.dates else JSON

    def take(self) -> Raw | None:
        """The next row that is not blank."""
        while True:
            self._feed.taken.clear()
            self.start = self._lines.position
            try:
                row = next(self._reader)
            except StopIteration:
                return None
            except csv.Error:
                return self._repaired()
            self.number += 1
            if any(row):
                return self._made(row)

    def _made(self, row: list[str]) -> Raw:
        if len(row) > self._width and not any(row[self._width :]):
            row = row[: self._width]
        if len(row) != self._width:
            return self._first_line("wrong_columns", len(row))
        cells = dict(zip(self._columns, row, strict=True))
        try:
            content = orjson.dumps(cells)
        except orjson.JSONEncodeError:
            return faulty("undecodable", self.number, b"".join(self._feed.taken))
        return unit(self._key_of(cells), self.number, content, self._media_type)

    def _repaired(self) -> Raw:
        """A line with a stray quote is read as people meant it; a quote left open is a fault of its line."""
        self.number += 1
        if len(self._feed.taken) > 1:
            return self._first_line("quote_left_open")
        line = self._feed.decoded(self._feed.taken[0]).rstrip("\r\n") + "\n"
        try:
            row = next(csv.reader([line], delimiter=self._delimiter))
        except csv.Error:
            return self._first_line("row_unreadable")
        if any(cell.endswith("\n") for cell in row):
            return self._first_line("quote_left_open")
        return self._made(row)

    def _first_line(self, code: str, found: int = 0) -> Raw:
        taken = self._feed.taken
        self._lines.give_back(taken[1:])
        return faulty(code, self.number, taken[0], found, self._width if found else 0)


class JsonRows:
    """One JSON object a line, kept as it was written."""

    def __init__(self, shape: Shape, lines: Lines, number: int, key_of: KeyOf) -> None:
        self.number = number
        self.start = lines.position
        self._lines = lines
        self._key_of = key_of
        self._media_type = f"{JSON}; dates={shape.dates}" if shape.dates else JSON

    def take(self) -> Raw | None:
        """The next line that is not blank."""
        while line := self._lines.take():
            self.number += 1
            self.start = self._lines.position
            content = line.strip()
            if content:
                return self._made(content, len(line))
        return None

    def _made(self, content: bytes, length: int) -> Raw:
        if length >= LONGEST_LINE:
            return faulty("line_too_long", self.number, content)
        try:
            row = orjson.loads(content)
        except orjson.JSONDecodeError:
            return faulty("not_json", self.number, content)
        if not isinstance(row, dict):
            return faulty("not_an_object", self.number, content)
        return unit(self._key_of(row), self.number, content, self._media_type)


class MailRows:
    """An mbox: messages parted by lines that start with "From " after a blank line."""

    def __init__(self, lines: Lines, number: int) -> None:
        self.number = number
        self.start = lines.position
        self._lines = lines

    def take(self) -> Raw | None:
        """The next message, without its "From " line and without the ">" that protected such lines inside."""
        self.start = self._lines.position
        taken: list[bytes] = []
        blank, size = True, 0
        while line := self._lines.take():
            if blank and line.startswith(b"From "):
                if any(kept.strip() for kept in taken):
                    self._lines.give_back([line])
                    break
                taken.clear()
                continue
            blank = not line.strip()
            size += len(line)
            if size <= LONGEST_MESSAGE:
                taken.append(_unprotected(line))
        if not any(kept.strip() for kept in taken):
            return None
        self.number += 1
        content = b"".join(taken)
        if size > LONGEST_MESSAGE:
            return faulty("message_too_long", self.number, content)
        return unit(_message_id(taken), self.number, content, MAIL)


class _Feed:
    """Lines for the CSV reader, and which of them the present row took. It can go on after its end."""

    def __init__(self, lines: Lines, encoding: Encoding) -> None:
        self.taken: list[bytes] = []
        self.decoded = encoding.decode
        self._lines = lines

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._lines.take()
        if not line:
            raise StopIteration
        self.taken.append(line)
        return self.decoded(line)


def _unprotected(line: bytes) -> bytes:
    return line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line


def _message_id(lines: list[bytes]) -> str:
    for place, line in enumerate(lines):
        if not line.strip():
            break
        if line[:11].lower() == b"message-id:":
            folded = line[11:] if line[11:].strip() else lines[place + 1]
            return folded.strip().strip(b"<>").decode("ascii", "replace")
    return ""
