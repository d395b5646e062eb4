"""Whose turn it is: a host is asked by one worker at a time, rests after each request, and longer when it asks to."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, OuterRef, Q, Subquery

from entendu.channels.follow import live
from entendu.channels.models import Host, Source
from entendu.channels.models.channel import State
from entendu.kit import clock
from entendu.wire import TryLater, WireError

LEASE = timedelta(minutes=3)
SPACING = timedelta(seconds=1)  # between two requests to one host
_LONGEST_REST = timedelta(hours=1)  # of a host that does not answer; what it asks for itself may be longer
_LOOKED_AT = 200  # sources among which those of different hosts are sought
_ABSENT = frozenset({"dns_failed", "connect_failed", "tls_failed", "timeout"})


@transaction.atomic
def take_turns(most: int) -> list[Source]:
    """For up to `most` hosts, those that have waited longest first: the source of each that has waited longest, the
    host leased to the caller. `source.host.lease` is the key of the lease."""
    now, key = clock.now(), uuid.uuid4()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    rested = Q(rest_until__isnull=True) | Q(rest_until__lte=now)
    due = Host.objects.filter(free, rested, next_at__lte=now).order_by("next_at").values_list("pk", flat=True)
    chosen = list(due[:most])
    if not chosen or not Host.objects.filter(free, pk__in=chosen).update(lease=key, leased_until=now + LEASE):
        return []
    first = Source.objects.filter(live(now), host=OuterRef("pk")).order_by("next_check_at").values("pk")[:1]
    mine = {host.pk: host for host in Host.objects.filter(lease=key).annotate(first=Subquery(first))}
    rows = Source.objects.filter(pk__in=[host.first for host in mine.values() if host.first])
    sources = list(
        rows.select_related("channel__organisation", "endpoint__subscription").order_by("next_check_at")
    )
    for source in sources:
        source.host = mine[source.host_id]
    idle = set(mine) - {source.host_id for source in sources}
    if idle:
        _plan(idle)
        Host.objects.filter(pk__in=idle).update(lease=None, leased_until=None)
    return sources


def take_questions(kinds: Collection[str], most: int, every: timedelta) -> list[Source]:
    """Up to `most` sources that work and are to be asked what they hold, those first that have waited longest for it,
    each of another host, which is leased to the caller as by `take_turns`. They are due again after `every`."""
    now, key = clock.now(), uuid.uuid4()
    free = Q(host__leased_until__isnull=True) | Q(host__leased_until__lt=now)
    rested = Q(host__rest_until__isnull=True) | Q(host__rest_until__lte=now)
    works = Q(state=State.OK, failures=0, checked_at__isnull=False, channel__kind__in=kinds)
    due = Source.objects.filter(live(), works, free, rested, reconcile_at__lte=now)
    if not due.exists():  # most of the time: nobody else's writing waits for this
        return []
    taken: dict[int, Source] = {}
    with transaction.atomic():
        rows = due.select_related("host", "channel__organisation").order_by("reconcile_at")[:_LOOKED_AT]
        for source in rows:
            if len(taken) < most and source.host_id not in taken and _take(source, key, now, every):
                source.host.lease = key
                taken[source.host_id] = source
    return list(taken.values())


def _take(source: Source, key: uuid.UUID, now: datetime, every: timedelta) -> bool:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    if not Host.objects.filter(free, pk=source.host_id).update(lease=key, leased_until=now + LEASE):
        return False
    mine = Source.objects.filter(pk=source.pk, reconcile_at=source.reconcile_at)
    if mine.update(reconcile_at=now + every):
        return True
    Host.objects.filter(pk=source.host_id, lease=key).update(lease=None, leased_until=None)
    return False


def still_held(hosts: Collection[Host]) -> set[int]:
    """Prolongs the leases of `hosts`, in the transaction that writes; the ids of those that are still the caller's."""
    mine = Host.objects.filter(pk__in=[host.pk for host in hosts], lease__in={host.lease for host in hosts})
    mine.update(leased_until=clock.now() + LEASE)
    return set(mine.values_list("pk", flat=True))


def end_turns(turns: Sequence[tuple[Host, WireError | None]]) -> None:
    """Ends the leases that the caller holds; the hosts rest, each as long as its answer asks for."""
    now = clock.now()
    rests: dict[tuple[timedelta, int], list[int]] = {}
    for host, error in turns:
        failures = host.failures + 1 if error and error.code in _ABSENT else 0
        rests.setdefault((rest_after(error, failures), failures), []).append(host.pk)
    for (rest, failures), hosts in rests.items():
        Host.objects.filter(pk__in=hosts).update(
            lease=None, leased_until=None, failures=failures, rest_until=now + rest
        )
    _plan({host.pk for host, _ in turns})


def rest_after(error: WireError | None, failures: int) -> timedelta:
    """How long a host is left alone: a second; what it asked for; or, when it does not answer, half a minute that
    doubles up to an hour."""
    if isinstance(error, TryLater) and error.retry_after:
        return max(SPACING, timedelta(seconds=error.retry_after))
    if failures:
        return min(timedelta(seconds=30 * 2.0 ** min(failures - 1, 12)), _LONGEST_REST)
    return SPACING


def _plan(hosts: set[int]) -> None:
    """Notes when the next source of these hosts is due."""
    if not hosts:
        return
    due = Source.objects.filter(live(), host=OuterRef("pk")).order_by().values("host")
    first = due.annotate(first=Min("next_check_at")).values("first")
    Host.objects.filter(pk__in=hosts).update(next_at=Subquery(first))
