"""What waits: conversations open at a moment, by age."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from entendu.conversations.models import Closure, Conversation
from entendu.kit import clock
from entendu.kit.clock import seconds_between
from entendu.measures.percentile import interpolated, ranks
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


SHARES = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many conversations, the median and p90 of their ages in seconds, and how many of each band."""

    n: int
    median: float | None
    p90: float | None
    bands: dict[str, int]


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


def waiting(perimeter: Perimeter) -> Waiting:
    """What was open at the end of `perimeter`, two queries. The database sorts by age, and of the rows only
    the few moments that percentiles need are read: reading every one takes ten times as long."""
    moment = moment_of(perimeter)
    bands = [
        When(opened_at__gt=moment - timedelta(seconds=band.most), then=Value(place))
        for place, band in enumerate(BANDS)
        if band.most != float("inf")
    ]
    placed = Case(*bands, default=Value(len(BANDS) - 1), output_field=IntegerField())
    rows = list(open_at(perimeter).order_by("-opened_at").values_list("pk", placed))
    counts = Counter(place for _pk, place in rows)
    wanted = {rows[rank][0] for share in SHARES for rank in ranks(len(rows), share)}
    opened = dict(Conversation.objects.filter(pk__in=wanted).values_list("pk", "opened_at"))

    def age(rank: int) -> float:
        return seconds_between(opened[rows[rank][0]], moment)

    median, p90 = (interpolated(age, len(rows), share) for share in SHARES)
    return Waiting(len(rows), median, p90, {band.code: counts[place] for place, band in enumerate(BANDS)})
