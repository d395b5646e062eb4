"""Asks a source what it holds, compares with what we hold, and fetches what is missing.

The source is listed first, then everything new is pulled as usual: what was listed was there before the pull, hence
the pull must have brought it. What is still missing after it had been lost on the way, and is fetched by its key
through the normal path (the same receipts, the same unique index), or named as missing.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Q

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.channels.doors import follows_many, kind_of, open_door
from entendu.channels.lease import LEASE, LeaseLost, give_back, hold
from entendu.channels.models import Channel
from entendu.channels.models.channel import State
from entendu.channels.seal import SealBroken
from entendu.kit import clock
from entendu.mentions.guard import HEARD
from entendu.mentions.models import Receipt, Reconciliation, Verdict
from entendu.mentions.pull import pull, store_raws
from entendu.mentions.reconcile_addresses import ask_again
from entendu.mentions.reconciled import DAYS, EVERY, KEPT, NAMED, Also, chunks, known_keys, tell_gap
from entendu.wire import NeedsAuth, TryLater, WireError, WithHoldings

AGAIN = timedelta(hours=1)  # after a source that did not answer
PAGE = 5_000
MOST = 500_000  # keys that one comparison looks at
MOST_PULLED = 20_000  # new units that one comparison waits for
MOST_FETCHED = 1_000
OVERDUE = timedelta(minutes=10)  # a mail may be dated some minutes before it can be seen


class CannotReconcile(ValueError):
    """The comparison cannot be made now. `code`: busy · off · no_holdings · connector_absent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def can_reconcile(channel: Channel) -> bool:
    """Whether the source of `channel`, as it is set up, can tell what it holds."""
    try:
        return kind_of(channel).caps.holdings and open_door(channel).caps.holdings
    except WireError:
        return False
    except SealBroken:
        return True  # the comparison says what is wrong


def reconcile_due(limit: int) -> int:
    """Reconciles the channel that has waited longest for it, if its day has come; returns how many. One a call: the
    loop listens again between two."""
    now = clock.now()
    due = Q(reconcile_at__isnull=True) | Q(reconcile_at__lte=now)
    open_doors = Channel.objects.filter(due, retired_at__isnull=True, next_check_at__isnull=False)
    for channel in open_doors.exclude(state=State.OFF).order_by("reconcile_at")[:8]:
        if not Channel.objects.filter(due, pk=channel.pk).update(reconcile_at=now + EVERY):
            continue
        if not can_reconcile(channel) or follows_many(channel):
            continue
        try:
            found = reconcile(channel)
        except CannotReconcile:
            Channel.objects.filter(pk=channel.pk).update(reconcile_at=now + LEASE)
            continue
        if found.verdict == Verdict.FAILED:
            Channel.objects.filter(pk=channel.pk).update(reconcile_at=now + wait_after(found))
        return 1
    return 0


def wait_after(failed: Reconciliation) -> timedelta:
    """How long a source is left alone that did not answer: an hour, twice as long at each time of the last day."""
    rows = Reconciliation.objects.filter(channel=failed.channel, at__gt=failed.at - EVERY, at__lt=failed.at)
    return min(AGAIN * (1 << min(rows.filter(verdict=Verdict.FAILED).count(), 5)), EVERY)


def reconcile(channel: Channel, *, by: Membership | None = None, days: int = DAYS) -> Reconciliation:
    """Compares what the source of `channel` holds of the last `days` days with what we hold, fetches what is missing,
    and keeps the result. Where there are many addresses, it is only begun: see `ask_again`. Raises CannotReconcile."""
    if channel.state == State.OFF:
        raise CannotReconcile("off")
    if not can_reconcile(channel):
        raise CannotReconcile("no_holdings")
    if follows_many(channel):
        return ask_again(channel, by=by)
    if not channel.firehose:
        lease(channel)
    since = clock.now() - timedelta(days=days)
    row = Reconciliation(channel=channel, by=by.user if by else None, since=since, at=clock.now())
    try:
        compare(row, cast(WithHoldings, open_door(channel)))
    except (WireError, SealBroken) as error:
        known = error if isinstance(error, WireError) else NeedsAuth("seal_broken", str(error))
        row.verdict, row.code, row.detail = Verdict.FAILED, known.code[:60], known.detail[:2000]
    except LeaseLost:
        raise CannotReconcile("busy") from None
    finally:
        if not channel.firehose:  # the listener holds it
            give_back(channel)
    keep(row, by)
    return row


def lease(channel: Channel) -> None:
    """Takes the door as a pull does. Raises CannotReconcile."""
    now, key = clock.now(), uuid.uuid4()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    if not Channel.objects.filter(free, pk=channel.pk).update(lease=key, leased_until=now + LEASE):
        raise CannotReconcile("busy")
    channel.refresh_from_db()


def compare(row: Reconciliation, door: WithHoldings) -> None:
    """Fills `row`. Raises WireError, LeaseLost."""
    channel = row.channel
    listed, taken, row.whole = list_all(channel, door, row.since)
    before, worked = known_keys(channel, listed, listed), channel.worked_at
    catch_up(channel)
    known = known_keys(channel, listed, listed)
    late = overdue(known - before, taken, worked)
    absent = {key: also for key, also in listed.items() if key[:255] not in known}
    row.there, row.here = len(listed), len(known) - late
    row.extra = extra(channel, row.since, listed) if row.whole else 0
    row.fetched = fetch(channel, door, list(absent)) + late
    found = known_keys(channel, absent, absent) if absent else set()
    still = [key for key in absent if key[:255] not in found]
    row.missing, row.keys = len(still), [key[:255] for key in still[:NAMED]]
    row.verdict = Verdict.GAP if still else Verdict.MENDED if row.fetched else Verdict.AGREES


def overdue(came: set[str], taken: Mapping[str, datetime], worked: datetime | None) -> int:
    """How many of the keys that a pull has just brought the source had taken in long before a look that did not bring
    them: the pull read all anew."""
    return sum(1 for key in came if worked and key in taken and taken[key] < worked - OVERDUE)


Listed = tuple[dict[str, tuple[str, ...]], dict[str, datetime], bool]


def list_all(channel: Channel, door: WithHoldings, since: datetime) -> Listed:
    """The keys that the source lists, with the others under which each may be known; when it took them in, as far as
    it tells; whether these are all."""
    if channel.firehose:
        since = max(since, channel.created_at)  # what was said before is not heard there
    listed: dict[str, tuple[str, ...]] = {}
    taken: dict[str, datetime] = {}
    cursor, more = b"", True
    while more and len(listed) < MOST:
        page = door.holdings(since, cursor, PAGE)
        listed.update({key: tuple(page.also.get(key, ())) for key in page.keys})
        taken.update({key[:255]: at for key, at in page.taken.items()})
        cursor, more = page.cursor, page.more
        if not channel.firehose:
            hold(channel)
    return listed, taken, not more


def catch_up(channel: Channel) -> None:
    """Pulls what is new. Raises TryLater when there is too much of it, or when a firehose is not heard just now: then
    nothing can be compared yet."""
    if channel.firehose:
        channel.refresh_from_db(fields=["state", "worked_at"])
        if channel.state != State.OK or (channel.worked_at or channel.created_at) < clock.now() - HEARD:
            raise TryLater("not_listening")
        return
    pull(channel, MOST_PULLED, comparing=True)
    if channel.next_check_at is not None and channel.next_check_at <= clock.now():
        raise TryLater("still_pulling")


def extra(channel: Channel, since: datetime, listed: Also) -> int:
    """How many of the units that say something said since then the source does not list: deleted or moved there. Of a
    firehose, which brings more than its source lists, none."""
    if channel.firehose:
        return 0
    heard = Receipt.objects.filter(channel=channel, mentions__said_at__gte=since, part_of__isnull=True)
    keys = set(heard.values_list("key", flat=True).distinct())
    return len(keys - {name[:255] for key, also in listed.items() for name in (key, *also)})


def fetch(channel: Channel, door: WithHoldings, absent: Sequence[str]) -> int:
    """Fetches units by their keys and stores them as any other; returns how many were new."""
    new = 0
    for some in chunks(absent[:MOST_FETCHED], 50):
        raws = door.fetch(some)
        with transaction.atomic():
            if not channel.firehose:  # the unique index alone decides between the listener and us
                hold(channel)
            new += store_raws(channel, raws)
    return new


@transaction.atomic
def keep(row: Reconciliation, by: Membership | None) -> None:
    """Writes the result, its alarm and, when somebody asked for it, the trail. Results older than 400 days go."""
    row.save(force_insert=True)
    channel = row.channel
    Reconciliation.objects.filter(channel=channel, at__lt=row.at - KEPT).delete()
    if by is not None:
        audit(channel.organisation, by, "reconcile", channel.name, verdict=row.verdict, missing=row.missing)
    if row.verdict != Verdict.FAILED:
        tell_gap(row)
