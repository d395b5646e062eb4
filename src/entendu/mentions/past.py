"""Asks the source of a channel for its past; of a channel that follows many addresses, each in its turn."""

import base64
import binascii
from datetime import datetime
from typing import cast

import orjson

from entendu.channels.doors import follows_many, open_door
from entendu.channels.models import Channel, Source
from entendu.mentions.visit import own_raws
from entendu.wire import Page, Refused, WireError, WithPast


def past_of(
    channel: Channel, query: str, since: datetime, until: datetime, cursor: bytes, limit: int
) -> Page:
    """A page of the past of `channel`: see `WithPast.past`. An address that cannot be asked is left out, and the next
    one is asked: one site that is away must not end the search of all. WireError, SealBroken."""
    if not follows_many(channel):
        return cast(WithPast, open_door(channel)).past(query, since, until, cursor, limit)
    after, inner = _read(cursor)
    rows = channel.sources.filter(pk__gt=after) if not inner else channel.sources.filter(pk__gte=after)
    source = rows.order_by("pk").first()
    if source is None:
        return Page()
    inner = inner if source.pk == after else b""
    page = _ask(channel, source, query, since, until, inner, limit)
    cursor = _write(source.pk, page.cursor if page.more else b"")
    more = page.more or channel.sources.filter(pk__gt=source.pk).exists()
    return Page(tuple(own_raws(source, page.raws)), cursor if more else b"", more=more, wait=page.wait)


def _ask(
    channel: Channel, source: Source, query: str, since: datetime, until: datetime, cursor: bytes, limit: int
) -> Page:
    try:
        return cast(WithPast, open_door(channel, source)).past(query, since, until, cursor, limit)
    except WireError:
        return Page()


def _read(cursor: bytes) -> tuple[int, bytes]:
    """The address that was asked last, and where in its past that ended; empty: it is done. Refused."""
    if not cursor:
        return 0, b""
    try:
        after, inner = orjson.loads(cursor)
        return int(after), base64.b64decode(inner)
    except (orjson.JSONDecodeError, ValueError, TypeError, binascii.Error):
        raise Refused("cursor_unreadable") from None


def _write(source: int, inner: bytes) -> bytes:
    return orjson.dumps([source, base64.b64encode(inner).decode()])
