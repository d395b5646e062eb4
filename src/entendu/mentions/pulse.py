"""Notes how much a channel hands over, by quarters of an hour: its rhythm is read from it."""

from datetime import datetime, timedelta

from django.db.models import F

from entendu.channels.models import Channel
from entendu.mentions.models import Pulse

QUARTER = timedelta(minutes=15)
KEPT = timedelta(weeks=10)


def quarter_of(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour of `moment`."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def beat(channel: Channel, heard: int, at: datetime) -> None:
    """Adds `heard` new units, in the transaction that stores them. Quarters older than ten weeks go."""
    quarter = quarter_of(at)
    mine = Pulse.objects.filter(channel=channel, quarter=quarter)
    if mine.update(heard=F("heard") + heard):
        return
    Pulse.objects.bulk_create([Pulse(channel=channel, quarter=quarter, heard=0)], ignore_conflicts=True)
    mine.update(heard=F("heard") + heard)
    Pulse.objects.filter(channel=channel, quarter__lt=quarter - KEPT).delete()
