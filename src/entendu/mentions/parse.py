"""Understands receipts: each becomes mentions, or changes one, or is set aside where people see it."""

from dataclasses import dataclass

from django.db import transaction

from entendu.channels.doors import open_door
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import End, Receipt
from entendu.mentions.record import record
from entendu.wire import Broken, Item, Raw, WireError

MOST_TRIES = 3


@dataclass(slots=True)
class Parsed:
    """A receipt and what it says, or why it cannot be understood."""

    receipt: Receipt
    items: tuple[Item, ...] = ()
    error: WireError | None = None


def parse_waiting(limit: int) -> int:
    """Treats up to `limit` receipts that nobody has read yet; returns how many."""
    waiting = Receipt.objects.filter(parsed_at__isnull=True).order_by("id")
    batch = list(waiting[:limit])
    if not batch:
        return 0
    channels = Channel.objects.in_bulk({receipt.channel_id for receipt in batch})
    for receipt in batch:
        receipt.channel = channels[receipt.channel_id]
    doors: dict[int, object] = {}
    parsed = [parse(receipt, doors) for receipt in batch]
    with transaction.atomic():
        mine = set(
            Receipt.objects.filter(pk__in=[receipt.pk for receipt in batch], parsed_at__isnull=True)
            .select_for_update()
            .values_list("pk", flat=True)
        )
        parsed = [one for one in parsed if one.receipt.pk in mine]
        record([(one.receipt, item) for one in parsed for item in one.items])
        set_aside([one for one in parsed if one.error])
        end_empty([one for one in parsed if not one.error and not one.items])
        Receipt.objects.filter(pk__in=mine).update(parsed_at=clock.now())
    return len(batch)


def parse(receipt: Receipt, doors: dict[int, object]) -> Parsed:
    """What one receipt says. Whatever goes wrong in a connector is that receipt's trouble, never the next one's."""
    raw = Raw(receipt.key, bytes(receipt.content), receipt.media_type, receipt.note)
    try:
        door = doors.get(receipt.channel_id) or doors.setdefault(
            receipt.channel_id, open_door(receipt.channel)
        )
        return Parsed(receipt, door.parse(raw))  # type: ignore[attr-defined]
    except WireError as error:
        return Parsed(receipt, error=error)
    except Exception as error:  # a connector's fault must not stop the others' receipts
        return Parsed(receipt, error=Broken("connector_fault", f"{type(error).__name__}: {error}"))


def set_aside(broken: list[Parsed]) -> None:
    """Keeps what cannot be read, with the reason. It is listed, counted, and can be tried again."""
    for one in broken:
        error = one.error
        if error is None:
            continue
        Receipt.objects.filter(pk=one.receipt.pk).update(
            end=End.DROPPED,
            reason="unreadable",
            detail=f"{error.code}: {error.detail}"[:2000],
            tries=one.receipt.tries + 1,
        )


def end_empty(empty: list[Parsed]) -> None:
    """A receipt that says nothing (a heartbeat, an empty delivery) ends as such."""
    Receipt.objects.filter(pk__in=[one.receipt.pk for one in empty]).update(end=End.DROPPED, reason="empty")


def try_again(channel: Channel | None = None) -> int:
    """Puts unreadable receipts back in line (after a fix); returns how many."""
    unread = Receipt.objects.filter(reason="unreadable", end=End.DROPPED)
    if channel:
        unread = unread.filter(channel=channel)
    return unread.update(end="", reason="", detail="", parsed_at=None)
