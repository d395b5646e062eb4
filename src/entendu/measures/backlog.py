"""What waits: conversations open at a moment, by age."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from entendu.conversations.models import Closure, Conversation
from entendu.kit import clock
from entendu.kit.clock import seconds_between
from entendu.measures.perimeter import Perimeter

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Band:
    """Ages in [least, most[ seconds."""

    code: str
    least: float
    most: float


BANDS = (
    Band("0_days", 0, DAY),
    Band("1_day", DAY, 3 * DAY),
    Band("3_days", 3 * DAY, 10 * DAY),
    Band("10_days", 10 * DAY, 30 * DAY),
    Band("30_days", 30 * DAY, float("inf")),
)


def moment_of(perimeter: Perimeter) -> datetime:
    """When the backlog of a period is looked at: its end, or now when it has not ended."""
    return min(perimeter.bounds()[1], clock.now())


def open_at(perimeter: Perimeter) -> QuerySet[Conversation]:
    """The conversations that were open, or paused, at the end of `perimeter`."""
    moment = moment_of(perimeter)
    closed = Closure.objects.filter(
        Q(reopened_at__isnull=True) | Q(reopened_at__gt=moment), conversation=OuterRef("pk"), at__lte=moment
    )
    found = Conversation.objects.filter(organisation=perimeter.organisation, opened_at__lte=moment)
    if perimeter.channel is not None:
        found = found.filter(channel=perimeter.channel)
    if perimeter.language:
        found = found.filter(language=perimeter.language)
    if perimeter.topic is not None:
        found = found.filter(topic=perimeter.topic)
    return found.filter(~Exists(closed))


def open_since(perimeter: Perimeter) -> list[float]:
    """The ages, in seconds, of the conversations open at the end of `perimeter`."""
    moment = moment_of(perimeter)
    opened = open_at(perimeter).order_by().values_list("opened_at", flat=True)
    return [seconds_between(at, moment) for at in opened]
