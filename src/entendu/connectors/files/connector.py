"""The files connector: pull by place in the file, parse by the plan of its columns."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import orjson

from entendu.connectors.files.canonical import canonical_item, canonical_key, is_canonical
from entendu.connectors.files.columns import Plan, given_plan
from entendu.connectors.files.items import Row, RowReader, voice_of
from entendu.connectors.files.letters import letter
from entendu.connectors.files.outbox import Outbox
from entendu.connectors.files.rows import FAULT, JSON, MAIL, Rows, rows_for
from entendu.connectors.files.settings import FIELDS
from entendu.connectors.files.shape import Shape, shape_of
from entendu.connectors.files.source import UNREADABLE, Lines, mark_of, open_source, refusal
from entendu.wire import (
    Broken,
    Caps,
    Draft,
    Health,
    Holdings,
    Item,
    Page,
    Raw,
    Refused,
    Sent,
    SettingField,
    WireError,
)

ROWS_A_LOOK = 5_000
ADDRESSED = {"": None, "auto": None, "yes": True, "no": False}


class FilesConnector:
    """Reads one file. A reply to what it holds is refused, unless the settings name a file for replies."""

    kind: ClassVar[str] = "files"
    label_en: ClassVar[str] = "File (CSV, JSON lines, mbox)"
    label_fr: ClassVar[str] = "Fichier (CSV, JSON lines, mbox)"
    caps: ClassVar[Caps] = Caps(read=True, holdings=True)
    fields: ClassVar[tuple[SettingField, ...]] = FIELDS

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._path = Path(settings.get("path", ""))
        self._open: _Place | None = None
        if settings.get("outbox"):
            # The class says what a file can do; this one file can do more.
            self.__dict__["caps"] = caps_with_outbox(settings.get("replies", ""))

    def pull(self, cursor: bytes, limit: int) -> Page:
        """The next rows. A file that was replaced is read from its start: rows with their own key are known.
        Refused when the file, its format or the mapping cannot serve."""
        if cursor and self._read_whole(cursor):
            return Page((), cursor)
        place = self._place_at(cursor)
        raws: list[Raw] = []
        append, take = raws.append, place.rows.take
        try:
            while len(raws) < limit and (raw := take()) is not None:
                append(raw)
        except UNREADABLE as error:
            self._forget()
            if not raws:
                raise refusal(error) from None
            # What was read before the damage is handed over first; the next pull meets the damage alone.
            return Page(tuple(raws), place.cursor(place.rows.start), more=True)
        if len(raws) >= limit:
            return Page(tuple(raws), place.cursor(), more=True)
        self._forget()
        return Page(tuple(raws), place.cursor(whole=True))

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """Every row of the file: a file has no days."""
        page = self.pull(cursor, limit)
        return Holdings(tuple(raw.key for raw in page.raws), page.cursor, page.more)

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """The rows with these keys, wherever they stand in the file."""
        wanted, found = set(keys), list[Raw]()
        page = Page(more=True)
        while page.more and len(found) < len(wanted):
            page = self.pull(page.cursor, ROWS_A_LOOK)
            found += [raw for raw in page.raws if raw.key in wanted]
        return tuple(found)

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """Files do not call."""
        return iter(())

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Raw, ...]:
        """Files do not call."""
        raise Refused("channel_has_no_webhook")

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """One row, one item. Broken says "row N: what is wrong"."""
        media_type, _, parameters = raw.media_type.partition("; ")
        if media_type == JSON:
            return (self._item_of(raw, parameters.removeprefix("dates=")),)
        if media_type == MAIL:
            # One network for all mail, so that a box and its archive do not say things twice.
            return (letter(raw, self._reader.voice, self._settings.get("network", "") or "mail"),)
        if raw.media_type.startswith(FAULT):
            code, *counts = raw.media_type.removeprefix(FAULT).split("; ")
            raise Broken(code, f"{raw.note}: {_said(counts)}" if counts else raw.note)
        raise Broken("media_type_unknown", f"{raw.note}: {raw.media_type[:60]}")

    def send(self, draft: Draft) -> Sent:
        """Appends the reply to the file for replies, once; without such a file, refuses."""
        outbox = self._outbox
        return outbox.send(draft) if outbox else Sent("refused", code="channel_cannot_reply")

    def find_sent(self, draft: Draft) -> Sent | None:
        """Looks for the reply in the file for replies."""
        return self._outbox.find(draft) if self._outbox else None

    def health(self) -> Health:
        """Whether the file can be read and its columns serve."""
        try:
            self._shape()
            _ = self._reader
        except WireError as error:
            return Health("blocked", error.code, error.detail)
        return Health("ok")

    @cached_property
    def _plan(self) -> Plan | None:
        return given_plan(self._settings.get("map", ""))

    @cached_property
    def _reader(self) -> RowReader:
        wanted = self._settings.get("addressed", "").strip().lower()
        if wanted not in ADDRESSED:
            raise Refused("setting_unknown_value", f"addressed = {wanted[:40]}")
        zone = self._settings.get("timezone", "") or "UTC"
        try:
            known = ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise Refused("timezone_unknown", zone[:60]) from None
        network = self._settings.get("network", "") or network_of(self._path)
        return RowReader(
            voice_of(network, self._settings.get("own", ""), ADDRESSED[wanted], known), self._plan
        )

    @cached_property
    def _outbox(self) -> Outbox | None:
        path, own = self._settings.get("outbox", ""), self._settings.get("own", "")
        return Outbox(Path(path), self._reader.voice.network, own.split(",")[0].strip("@ ")) if path else None

    def _item_of(self, raw: Raw, dates: str) -> Item:
        try:
            row: Row = orjson.loads(raw.content)
        except orjson.JSONDecodeError:
            raise Broken("not_json", raw.note) from None
        if self._plan is None and is_canonical(row):
            return canonical_item(self._reader, row, raw.note, dates)
        return self._reader.item(row, raw.note, raw.key, dates)

    def _key_of(self, row: Row) -> str:
        if self._plan is None and is_canonical(row):
            return canonical_key(row)
        return self._reader.key_of(row)

    def _shape(self) -> Shape:
        try:
            stat = self._path.stat()
        except OSError as error:
            raise refusal(error) from None
        get = self._settings.get
        stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        return _known_shape(
            self._path, stamp, get("format", ""), get("delimiter", ""), get("encoding", ""), self._plan
        )

    def _read_whole(self, cursor: bytes) -> bool:
        """Whether the file is the one that was read to its end: a zipped one is not read again to know."""
        length, mark, _, _, size = _read_cursor(cursor)
        try:
            return (
                size > 0
                and self._path.stat().st_size == size
                and mark_of(self._path, length) == (length, mark)
            )
        except OSError as error:
            raise refusal(error) from None

    def _place_at(self, cursor: bytes) -> "_Place":
        """The open file when it stands where the cursor says, else a new one brought there."""
        if self._open is not None and cursor and self._open.cursor() == cursor and self._open.is_current():
            return self._open
        self._forget()
        shape = self._shape()
        start, number = shape.start, int(shape.format == "csv")  # a spreadsheet's first row is the header
        length, mark = mark_of(self._path)
        if cursor:
            seen_length, seen_mark, at, count, _ = _read_cursor(cursor)
            if mark_of(self._path, seen_length) == (seen_length, seen_mark):
                start, number, length, mark = at, count, seen_length, seen_mark
        lines = Lines(open_source(self._path), start)
        self._open = _Place(self._path, lines, rows_for(shape, lines, number, self._key_of), length, mark)
        return self._open

    def _forget(self) -> None:
        if self._open is not None:
            self._open.lines.close()
        self._open = None


class _Place:
    """An open file and the place in it."""

    def __init__(self, path: Path, lines: Lines, rows: Rows, length: int, mark: str) -> None:
        self.lines = lines
        self.rows = rows
        self._path = path
        self._length = length
        self._mark = mark
        self._stamp = self._now()

    def cursor(self, at: int | None = None, whole: bool = False) -> bytes:
        """Which file, and where in it: bytes of text before the next row, number of the last row; and the
        file's size when all of it was read."""
        position = self.lines.position if at is None else at
        size = self._stamp[1] if whole else 0
        return orjson.dumps([self._length, self._mark, position, self.rows.number, size])

    def is_current(self) -> bool:
        """Whether the file is the one that was opened."""
        return self._stamp == self._now()

    def _now(self) -> tuple[int, int, int]:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def caps_with_outbox(replies: str) -> Caps:
    """What a file with a file for replies can do. `replies`: public, private, or both when empty."""
    return Caps(
        holdings=True,
        reply_public=replies != "private",
        reply_private=replies != "public",
        settle="idempotent",
    )


def network_of(path: Path) -> str:
    """A network's name out of a file's: "Care 2017.csv.gz" is "care-2017"."""
    stem = path.name.split(".", 1)[0]
    return re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-") or "file"


@lru_cache(maxsize=64)
def _known_shape(
    path: Path, stamp: tuple[int, int, int], format: str, delimiter: str, encoding: str, plan: Plan | None
) -> Shape:
    return shape_of(path, format, delimiter, encoding, plan)


def _read_cursor(cursor: bytes) -> tuple[int, str, int, int, int]:
    try:
        length, mark, at, number, size = orjson.loads(cursor)
        return int(length), str(mark), int(at), int(number), int(size)
    except (orjson.JSONDecodeError, TypeError, ValueError):
        raise Refused("cursor_unreadable") from None


def _said(counts: list[str]) -> str:
    found, expected = (count.partition("=")[2] for count in counts)
    return f"{found} columns, {expected} expected"
