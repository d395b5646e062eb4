"""One row to one item: the row as the file has it, the plan of its columns, what the settings say of us."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, cast

from entendu.connectors.files.cells import (
    attachments_of,
    id_of,
    is_private,
    kind_of,
    number_of,
    text_of,
    truth_of,
    web_address,
)
from entendu.connectors.files.columns import Plan, guessed_plan
from entendu.connectors.files.dates import DateReader, UnreadableDate
from entendu.kit.fold import fold
from entendu.wire import AuthorRef, Broken, Item
from entendu.wire.item import ItemKind

Row = dict[str, Any]
MOST_PLANS = 256  # shapes of JSON objects remembered


@dataclass(frozen=True, slots=True)
class Voice:
    """Who is "we" on this channel, and what counts as said to us."""

    network: str
    own: frozenset[str] = frozenset()  # folded keys and handles
    named: re.Pattern[str] | None = None  # "@one of ours"
    addressed: bool | None = None  # for all rows; None: as each row says
    zone: tzinfo = UTC

    def is_ours(self, author: AuthorRef) -> bool:
        """Whether this account is the organisation's."""
        return bool(self.own) and (_bare(author.key) in self.own or _bare(author.handle) in self.own)

    def is_named_in(self, text: str) -> bool:
        """Whether the text calls one of our accounts by "@"."""
        return self.named is not None and self.named.search(text) is not None

    def owns(self, key: str) -> bool:
        """Whether a key or a handle is one of ours."""
        return _bare(key) in self.own


def voice_of(network: str, own: str, addressed: bool | None, zone: tzinfo) -> Voice:
    """A Voice from the settings' text: `own` is a list of keys and handles with commas."""
    names = frozenset(name for part in own.split(",") if (name := _bare(part)))
    handles = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    named = re.compile(rf"(?<![\w@])@(?:{handles})(?![\w])", re.IGNORECASE) if names else None
    return Voice(network, names, named, addressed, zone)


@dataclass(slots=True)
class RowReader:
    """Reads rows of one channel. Pure but for what it remembers to be fast: date shapes, plans of columns."""

    voice: Voice
    plan: Plan | None
    _plans: dict[tuple[str, ...], Plan] = field(default_factory=dict)
    _dates: dict[str, DateReader] = field(default_factory=dict)

    def key_of(self, row: Row) -> str:
        """The row's own key, or nothing. An edition or a deletion is another unit than the message."""
        plan = self.plan or self._guessed(row)
        key = id_of(cell(row, plan.id))
        if not key or not plan.kind:
            return key
        kind = text_of(cell(row, plan.kind)).strip().casefold()
        return key if kind in {"", "created"} else f"{key}:{kind}:{text_of(cell(row, plan.at))}"

    def item(self, row: Row, place: str, raw_key: str, dates: str) -> Item:
        """The item that a row says. Broken names the row and the cell."""
        plan = self.plan or self._guessed(row)
        text = text_of(cell(row, plan.text))
        title = text_of(cell(row, plan.title)) if plan.title else ""
        key = id_of(cell(row, plan.id)) or raw_key
        author = author_of(row, plan, key)
        ours = self._ours(row, plan, author, place)
        if "&" in text or "&" in title:
            text, title = html.unescape(text), html.unescape(title)
        return Item(
            key=key,
            network=self.voice.network,
            author=author,
            at=self._date(row, plan, place, dates),
            text=text,
            title=title,
            kind=_kind(row, plan, place),
            visibility="private" if plan.visibility and is_private(cell(row, plan.visibility)) else "public",
            ours=ours,
            addressed=self._addressed(row, plan, text, ours),
            thread_key=id_of(cell(row, plan.thread)) if plan.thread else "",
            parent_key=id_of(cell(row, plan.parent)) if plan.parent else "",
            url=web_address(cell(row, plan.url)) if plan.url else "",
            language=text_of(cell(row, plan.language)).strip() if plan.language else "",
            audience=author.audience,
            attachments=attachments_of(cell(row, plan.attachments)) if plan.attachments else (),
            place=text_of(cell(row, plan.place)).strip() if plan.place else "",
        )

    def date_reader(self, dates: str) -> DateReader:
        """The reader of dates of this order ("dmy", "mdy", or nothing said)."""
        reader = self._dates.get(dates)
        if reader is None:
            reader = self._dates[dates] = DateReader(self.voice.zone, day_first=dates != "mdy")
        return reader

    def _date(self, row: Row, plan: Plan, place: str, dates: str) -> datetime:
        value = cell(row, plan.at)
        try:
            return self.date_reader(dates).read(value)
        except UnreadableDate:
            raise Broken("bad_date", f"{place}: {plan.at or 'at'} = {text_of(value)[:60]!r}") from None

    def _ours(self, row: Row, plan: Plan, author: AuthorRef, place: str) -> bool:
        if self.voice.is_ours(author):
            return True
        if plan.inbound is None:
            return False
        value = cell(row, plan.inbound)
        try:
            return not truth_of(value)
        except ValueError:
            raise Broken("bad_boolean", f"{place}: {plan.inbound} = {text_of(value)[:60]!r}") from None

    def _addressed(self, row: Row, plan: Plan, text: str, ours: bool) -> bool:
        if ours:
            return False
        if self.voice.addressed is not None:
            return self.voice.addressed
        if plan.inbound is not None:
            return True
        return self.voice.is_named_in(text) or (
            plan.parent_author is not None and self.voice.owns(id_of(cell(row, plan.parent_author)))
        )

    def _guessed(self, row: Row) -> Plan:
        names = tuple(row)
        plan = self._plans.get(names)
        if plan is None:
            plan = guessed_plan(names)
            if len(self._plans) < MOST_PLANS:
                self._plans[names] = plan
        return plan


def cell(row: Mapping[str, Any], column: str | None) -> Any:
    """The value of a column; "user.name" reaches into nested objects when no column has that very name."""
    if column is None:
        return None
    value = row.get(column)
    if value is not None or "." not in column:
        return value
    found: Any = row
    for step in column.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found


def author_of(row: Row, plan: Plan, item_key: str) -> AuthorRef:
    """The account that speaks. Rows that name nobody have each their own nobody: they are not one person."""
    key = id_of(cell(row, plan.author))
    handle = text_of(cell(row, plan.handle)).strip().lstrip("@") if plan.handle else ""
    name = text_of(cell(row, plan.name)).strip() if plan.name else ""
    if not handle and key and not key.isdigit():
        handle = key.lstrip("@")
    return AuthorRef(
        key=key or handle or name or f"nobody:{item_key}",
        handle=handle,
        name=name,
        audience=number_of(cell(row, plan.audience)) if plan.audience else None,
    )


def _kind(row: Row, plan: Plan, place: str) -> ItemKind:
    if plan.kind is None:
        return "created"
    value = cell(row, plan.kind)
    try:
        return cast(ItemKind, kind_of(value))
    except ValueError:
        raise Broken("bad_kind", f"{place}: {plan.kind} = {text_of(value)[:60]!r}") from None


def _bare(name: str) -> str:
    return fold(name.strip().lstrip("@"))
