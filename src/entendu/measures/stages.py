"""The stage that keeps the figures true: what was heard, corrected or done since the last look is counted
anew."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from entendu.accounts.models import Organisation
from entendu.analysis.models import Correction, Tag
from entendu.conversations.models import Event
from entendu.measures.days import refresh_day
from entendu.measures.models import Due
from entendu.measures.perimeter import zone
from entendu.measures.stories import refresh, with_homes
from entendu.measures.watermark import Source
from entendu.mentions.models import Match, Mention

EVENTS = Source("event", Event.objects.all())

# What may change the counts of a day, and the way from there to the mention. A mention is gathered last
# when it is new, and gathered again when its author changed it or took it back.
MENTIONS = (
    (Source("gathered", Mention.objects.all(), column="gathered_at", timed=True), ""),
    (Source("tag", Tag.objects.all()), "mention__"),
    (Source("match", Match.objects.all()), "mention__"),
    (Source("correction", Correction.objects.all()), "analysis__mention__"),
)


def roll_up(limit: int) -> int:
    """Brings the figures up to date with at most `limit` days and `limit` events; returns how many were
    treated.

    Its cost follows what changed: a touched day is counted anew (three GROUP BY), a touched conversation
    is read anew (six queries for 400 of them). Call it when the earlier stages have nothing left, or
    every few seconds.
    """
    for source, path in MENTIONS:
        if source.has_news():
            mark_days(source, path)
    return refresh_due(limit) + refresh_told(limit)


@transaction.atomic
def mark_days(source: Source, path: str) -> None:
    """Notes the days of the mentions that the news of `source` lead to."""
    news = source.advance()
    if news is not None:
        days = list(days_of(news.order_by(), path))
        Due.objects.bulk_create(days, ignore_conflicts=True, batch_size=400)


def days_of(rows: QuerySet, path: str) -> Iterator[Due]:  # type: ignore[type-arg]  # of any table
    """The days, in each organisation's time zone, of the mentions at the end of `path`."""
    zones = rows.values_list(f"{path}organisation_id", f"{path}organisation__timezone").distinct()
    for organisation, timezone in list(zones):
        mine = rows.filter(**{f"{path}organisation_id": organisation})
        local = mine.annotate(said_on=TruncDate(f"{path}said_at", tzinfo=zone(timezone)))
        for day in local.values_list("said_on", flat=True).distinct():
            yield Due(organisation_id=organisation, day=day)


def mark_days_of(mentions: QuerySet[Mention]) -> None:
    """Notes that the days of `mentions` are to be counted anew: they were read again."""
    Due.objects.bulk_create(list(days_of(mentions.order_by(), "")), ignore_conflicts=True, batch_size=400)


def refresh_due(limit: int) -> int:
    """Counts at most `limit` due days anew, each in its own transaction; returns how many."""
    done = 0
    for pk in list(Due.objects.order_by("pk").values_list("pk", flat=True)[:limit]):
        done += _refresh_one(pk)
    return done


@transaction.atomic
def _refresh_one(pk: int) -> int:
    # The row is held while its day is counted: who wants the day counted again waits, then finds no row
    # and adds one.
    due = Due.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if due is None:
        return 0
    refresh_day(Organisation.objects.get(pk=due.organisation_id), due.day)
    due.delete()
    return 1


def refresh_told(limit: int) -> int:
    """Reads anew the conversations of at most `limit` new events; returns how many conversations."""
    if not EVENTS.has_news():
        return 0
    with transaction.atomic():
        news = EVENTS.advance(limit)
        if news is None:
            return 0
        told = list(news.order_by().values_list("conversation_id", flat=True).distinct())
        touched = with_homes(told)
        refresh(touched)
        return len(touched)
