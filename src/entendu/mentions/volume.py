"""How much queries find, counted by day in one index."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, DateField, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from entendu.kit import clock
from entendu.mentions.models import Match, Query

DAYS = 30


def with_found(queries: QuerySet[Query], days: int = DAYS) -> QuerySet[Query]:
    """`queries` with `found`: how many messages of the last `days` days each found."""
    since = clock.now().date() - timedelta(days=days - 1)
    mine = Match.objects.filter(query=OuterRef("pk"), day__gte=since).order_by()
    counted = mine.values("query").annotate(n=Count("*")).values("n")
    return queries.annotate(found=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


def with_last(queries: QuerySet[Query]) -> QuerySet[Query]:
    """`queries` with `last`: the day of the newest message that each found, or None."""
    newest = Match.objects.filter(query=OuterRef("pk")).order_by("-day").values("day")[:1]
    return queries.annotate(last=Subquery(newest, output_field=DateField()))


def by_day(queries: Sequence[Query], since: date) -> dict[int, dict[date, int]]:
    """How many messages of each day since then each of `queries` found. The caller has chosen queries that may be
    seen."""
    counts: dict[int, dict[date, int]] = defaultdict(dict)
    rows = Match.objects.filter(query__in=[one.pk for one in queries], day__gte=since).order_by()
    for pk, day, n in rows.values_list("query", "day").annotate(n=Count("*")):
        counts[pk][day] = n
    return counts
