"""How much queries find, counted by day in one index."""

from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from entendu.kit import clock
from entendu.mentions.models import Match, Query

DAYS = 30


def with_found(queries: QuerySet[Query], days: int = DAYS) -> QuerySet[Query]:
    """`queries` with `found`: how many messages of the last `days` days each found."""
    since = clock.now().date() - timedelta(days=days - 1)
    mine = Match.objects.filter(query=OuterRef("pk"), day__gte=since).order_by()
    counted = mine.values("query").annotate(n=Count("pk")).values("n")
    return queries.annotate(found=Coalesce(Subquery(counted), 0, output_field=IntegerField()))
