"""Stores what a firehose brought and somebody wants: raw bytes, keys, the count of what was forgotten and the
position, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from entendu.channels.lease import LeaseLost, hold
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import Author, Mention, Receipt
from entendu.mentions.pulse import beat
from entendu.wire import Broken, Glimpse, Raw

RANGES = 100  # keys asked for in one statement
_COLUMNS = (
    "organisation_id", "channel_id", "key", "content", "media_type", "note", "received_at",
    "day", "tries", "parsed_at", "end", "reason", "detail",
)  # fmt: skip


@dataclass(slots=True)
class Heard:
    """What one channel has to say of a batch: what it wants, what could not be read, how many it forgets, and the
    position after them."""

    channel: Channel
    position: int
    raws: Sequence[Raw] = ()
    broken: Sequence[tuple[Raw, Broken]] = ()
    forgotten: int = 0
    lost: bool = field(
        default=False, init=False
    )  # another process holds the channel now: nothing was written
    new: int = field(default=0, init=False)  # receipts that were not there


@transaction.atomic
def store_heard(batch: Sequence[Heard]) -> None:
    """All of `batch` for good, or nothing. A channel whose lease is another's is left out and marked `lost`."""
    now = clock.now()
    for one in batch:
        try:
            hold(one.channel, cursor=str(one.position).encode())
        except LeaseLost:
            one.lost = True
            continue
        one.new = _insert(one, now)
        if one.new or one.forgotten:
            beat(one.channel, one.new + one.forgotten, now)
        if one.forgotten:
            _forget(one, now)


def _insert(one: Heard, now: datetime) -> int:
    """Receipts for what is wanted and for what is broken; a unique index leaves out what is known."""
    when = _moment(now), _day(one.channel, now)
    rows = [_row(one.channel, raw, when, None) for raw in one.raws]
    rows += [_row(one.channel, raw, when, error) for raw, error in one.broken]
    if not rows:
        return 0
    names, marks = ", ".join(f'"{name}"' for name in _COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
    sql = f"INSERT INTO mentions_receipt ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 -- ours
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
        return int(max(0, cursor.rowcount))


def _row(channel: Channel, raw: Raw, when: tuple[Any, Any], error: Broken | None) -> tuple[Any, ...]:
    """A receipt, in the order of the columns. Rows of the hot path are not made into objects first. What cannot be
    read waits for a person."""
    at, day = when
    state = (
        (1, at, "", "unreadable", f"{error.code}: {error.detail}"[:2000]) if error else (0, None, "", "", "")
    )
    return (
        channel.organisation_id, channel.pk, _plain(raw.key)[:255], raw.content, raw.media_type[:80],
        _plain(raw.note)[:120], at, day, *state,
    )  # fmt: skip


def _plain(text: str) -> str:
    """The text without what a store refuses: NUL, and halves of characters."""
    return text if text.isascii() and "\x00" not in text else _mended(text)


def _mended(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _forget(one: Heard, now: datetime) -> None:
    """Counts what was forgotten, on the day on which it was heard."""
    sql = (
        "INSERT INTO mentions_forgotten (organisation_id, channel_id, day, count) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (channel_id, day) DO UPDATE SET count = mentions_forgotten.count + excluded.count"
    )
    with connection.cursor() as cursor:
        day = _day(one.channel, now)
        cursor.execute(sql, [one.channel.organisation_id, one.channel.pk, day, one.forgotten])


def _day(channel: Channel, now: datetime) -> date:
    """The day, where the organisation is: as the ledger counts."""
    return now.astimezone(channel.organisation.zone).date()


def _moment(at: datetime) -> Any:
    """A moment as the store's driver wants it."""
    return Receipt._meta.get_field("received_at").get_db_prep_save(at, connection)


def held_by(organisation: int, channels: Iterable[int], network: str, changes: Sequence[Glimpse]) -> set[str]:
    """Of what `changes` change or delete, that which is stored here, read or not yet: `about` of items, `author` where
    all of an account goes. Asked of the store: what was kept yesterday counts, too."""
    abouts = sorted({one.about for one in changes if one.about})
    held: set[str] = set()
    mentions = Mention.objects.filter(organisation=organisation, network=network, deleted_at__isnull=True)
    for start in range(0, len(abouts), RANGES):
        some = abouts[start : start + RANGES]
        held.update(mentions.filter(key__in=some).values_list("key", flat=True))
        held.update(_unread(list(channels), [about for about in some if about not in held]))
    accounts = {one.author for one in changes if not one.about}
    if accounts:
        authors = Author.objects.filter(organisation=organisation, network=network, key__in=accounts)
        held.update(authors.values_list("key", flat=True))
    return held


def _unread(channels: Sequence[int], abouts: Sequence[str]) -> set[str]:
    """Those of `abouts` of which a receipt waits to be read: its key begins with what it is about, and a sign."""
    if not abouts or not channels:
        return set()
    marks = ", ".join(["%s"] * len(channels))
    if connection.vendor == "sqlite":  # the unique index on the keys answers
        wanted = " OR ".join(["(key >= %s AND key < %s)"] * len(abouts))
        values = [value for about in abouts for value in (f"{about}#", f"{about}$")]
    else:  # keys are not in the order of their bytes there; the index of what waits answers
        wanted = f"split_part(key, '#', 1) IN ({', '.join(['%s'] * len(abouts))})"
        values = list(abouts)
    sql = (
        "SELECT key FROM mentions_receipt WHERE parsed_at IS NULL"  # noqa: S608 -- marks and names of ours
        f" AND channel_id IN ({marks}) AND ({wanted})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*channels, *values])
        return {str(key).partition("#")[0] for (key,) in cursor.fetchall()}
