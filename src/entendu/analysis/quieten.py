"""Signals that nobody adds to are quiet again, after a while of their kind."""

from datetime import timedelta

from django.db import transaction

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
    done = 0
    for kind, wait in QUIET.items():
        quiet = Signal.objects.filter(kind=kind, ended_at__isnull=True, last_at__lt=now - wait)
        for pk in list(quiet.order_by("last_at").values_list("pk", flat=True)[: limit - done]):
            done += _end(pk)
    return done


@transaction.atomic
def _end(pk: int) -> int:
    ended = Signal.objects.filter(pk=pk, ended_at__isnull=True).update(ended_at=clock.now())
    if ended:
        note(Signal.objects.get(pk=pk), StepKind.ENDED)
    return ended
