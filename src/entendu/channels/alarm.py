"""Begins and ends alarms: one open incident a channel and kind, whoever notices it, however often."""

from datetime import datetime, timedelta

from django.db import transaction

from entendu.channels.models import Alarm, Channel
from entendu.kit import clock

REOPENS = timedelta(hours=1)  # what comes back so soon is the same incident


@transaction.atomic
def begin_alarm(
    channel: Channel,
    kind: str,
    *,
    since: datetime,
    code: str = "",
    facts: dict[str, int | float | str] | None = None,
) -> bool:
    """Something is wrong at `channel` since then. False: that is known already. What ended less than an hour ago goes
    on as the same incident, of which nobody is told a second time."""
    now = clock.now()
    mine = Alarm.objects.filter(channel=channel, kind=kind)
    known = mine.filter(ended_at__isnull=True)
    if known.exists():
        known.update(code=code[:60], facts=facts or {})
        return False
    recent = mine.filter(ended_at__gt=now - REOPENS).order_by("-ended_at").first()
    if recent is not None:
        mine.filter(pk=recent.pk).update(
            ended_at=None, end_told_at=None, code=code[:60], facts=facts or {},
            **({"told_at": None} if recent.end_told_at else {}),
        )  # fmt: skip
        return True
    Alarm.objects.bulk_create(
        [Alarm(channel=channel, kind=kind, code=code[:60], facts=facts or {}, since=since, noticed_at=now)],
        ignore_conflicts=True,  # another worker noticed it in the same moment
    )
    return True


def end_alarm(channel: Channel, kind: str) -> bool:
    """It is well again. False: it was not ill."""
    known = Alarm.objects.filter(channel=channel, kind=kind, ended_at__isnull=True)
    return bool(known.update(ended_at=clock.now()))
