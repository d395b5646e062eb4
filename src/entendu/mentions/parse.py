"""Understands receipts: each becomes mentions, or changes one, or is set aside where people see it.

A poison unit holds nobody up. That a reading begins is written before it begins, so that whoever was ended by it (hung,
out of memory) leaves a trace: what was begun and not finished is read after all the rest, one by one, in a killable
child. What fails for such a reason is set aside at the third try; what its connector understands to be broken, at once,
since reading the same bytes again says the same.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet

from entendu.channels.doors import kind_of, open_door, settings_of
from entendu.channels.models import Channel
from entendu.channels.probe import probe
from entendu.channels.seal import SealBroken
from entendu.kit import clock
from entendu.mentions.models import End, Receipt
from entendu.mentions.record import record
from entendu.mentions.split import split
from entendu.wire import Broken, Connector, Item, Raw, WireError

MOST_TRIES = 3
SUSPECTS = 50  # read in children, in one round


@dataclass(slots=True)
class Parsed:
    """A receipt and what it says, or why it cannot be understood."""

    receipt: Receipt
    items: tuple[Item, ...] = ()
    error: WireError | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the same bytes may be read another time: the reading failed, not the text."""
        error = self.error
        if error is None or self.receipt.tries + 1 >= MOST_TRIES:
            return False
        return not isinstance(error, Broken) or error.code.startswith(("child_", "connector_"))


def parse_waiting(limit: int) -> int:
    """Treats up to `limit` receipts that nobody has read yet; returns how many."""
    batch = next_batch(limit)
    if not batch:
        return 0
    Receipt.objects.filter(pk__in=[one.pk for one in batch], parsed_at__isnull=True).update(
        tries=F("tries") + 1
    )
    channels = Channel.objects.in_bulk({receipt.channel_id for receipt in batch})
    for receipt in batch:
        receipt.channel = channels[receipt.channel_id]
    doors: dict[int, Connector] = {}
    parsed = [parse(receipt, doors) for receipt in batch]
    with transaction.atomic():
        mine = set(
            Receipt.objects.filter(pk__in=[receipt.pk for receipt in batch], parsed_at__isnull=True)
            .select_for_update()
            .values_list("pk", flat=True)
        )
        parsed = [one for one in parsed if one.receipt.pk in mine]
        later = {one.receipt.pk for one in parsed if one.may_pass}
        record([pair for one in parsed if one.items for pair in split(one.receipt, one.items)])
        set_aside([one for one in parsed if one.error and one.receipt.pk not in later])
        end_empty([one for one in parsed if not one.error and not one.items])
        Receipt.objects.filter(pk__in=mine - later).update(parsed_at=clock.now())
    return len(batch)


def next_batch(limit: int) -> list[Receipt]:
    """What nobody has begun to read; when there is none, some of what was begun and not finished."""
    waiting = Receipt.objects.filter(parsed_at__isnull=True).order_by("tries", "id")
    return list(waiting.filter(tries=0)[:limit]) or list(waiting[: min(limit, SUSPECTS)])


def parse(receipt: Receipt, doors: dict[int, Connector]) -> Parsed:
    """What one receipt says. Whatever goes wrong in a connector is that receipt's trouble, never the next one's."""
    raw = Raw(receipt.key, bytes(receipt.content), receipt.media_type, receipt.note)
    try:
        if receipt.tries:
            return Parsed(receipt, probe(kind_of(receipt.channel), settings_of(receipt.channel), raw))
        door = doors.get(receipt.channel_id)
        if door is None:
            door = doors[receipt.channel_id] = open_door(receipt.channel)
        return Parsed(receipt, door.parse(raw))
    except WireError as error:
        return Parsed(receipt, error=error)
    except SealBroken as error:
        return Parsed(receipt, error=Broken("seal_broken", str(error)))
    except Exception as error:  # a connector's fault must not stop the others' receipts
        return Parsed(receipt, error=Broken("connector_fault", f"{type(error).__name__}: {error}"))


def set_aside(broken: list[Parsed]) -> None:
    """Keeps what cannot be read, with the reason. It has no end: it is listed and counted until a person tries it
    again or drops it."""
    for one in broken:
        error = one.error
        if error is None:
            continue
        Receipt.objects.filter(pk=one.receipt.pk).update(
            reason="unreadable", detail=f"{error.code}: {error.detail}"[:2000]
        )


def end_empty(empty: list[Parsed]) -> None:
    """A receipt that says nothing (a heartbeat, an empty delivery) ends as such."""
    Receipt.objects.filter(pk__in=[one.receipt.pk for one in empty]).update(end=End.DROPPED, reason="empty")


def unread() -> QuerySet[Receipt]:
    """What was set aside and waits for a person."""
    return Receipt.objects.filter(reason="unreadable", end="")


def try_again(channel: Channel, *, only: int | None = None) -> int:
    """Puts what could not be read at `channel` back in line (after a fix), or the receipt `only`; returns how many.
    It is read in a child: what ended a worker once does not end another."""
    rows = unread().filter(channel=channel)
    if only is not None:
        rows = rows.filter(pk=only)
    return rows.update(reason="", detail="", parsed_at=None, tries=1)
