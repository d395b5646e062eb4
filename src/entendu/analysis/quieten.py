"""Signals that nobody adds to are quiet again, after a while of their kind."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from entendu.analysis.models import Signal, SignalKind, StepKind
from entendu.analysis.raising import note
from entendu.kit import clock

QUIET = {
    SignalKind.SPIKE: timedelta(hours=12),
    SignalKind.DISAPPOINTMENT: timedelta(hours=36),
    SignalKind.SAFETY: timedelta(days=3),
    SignalKind.WEAK: timedelta(days=7),
}


def quieten(limit: int) -> int:
    """Ends up to `limit` signals that are quiet; returns how many. What was not decided stays to be seen."""
    now = clock.now()
    over = Q()
    for kind, wait in QUIET.items():
        over |= Q(kind=kind, last_at__lt=now - wait)
    quiet = Signal.objects.filter(over, ended_at__isnull=True).order_by("last_at")
    return sum(_end(pk) for pk in list(quiet.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _end(pk: int) -> int:
    ended = Signal.objects.filter(pk=pk, ended_at__isnull=True).update(ended_at=clock.now())
    if ended:
        note(Signal.objects.get(pk=pk), StepKind.ENDED)
    return ended
