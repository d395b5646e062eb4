"""How many distinct people contradict an announcement: all in all, by week."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce, TruncWeek

from entendu.analysis.models import ClaimMatch
from entendu.analysis.models.claim import CONTRADICTED

LINKS = "mention__author__identities"


def contradictions() -> QuerySet[Any]:
    """The matches that count, with `voice`: the same for all accounts of one confirmed person."""
    in_force = Q(**{f"{LINKS}__confirmed_at__isnull": False, f"{LINKS}__ended_at__isnull": True})
    found = ClaimMatch.objects.filter(CONTRADICTED, mention__deleted_at__isnull=True).order_by()
    linked = found.annotate(link=FilteredRelation(LINKS, condition=in_force))
    return linked.annotate(voice=Coalesce("link__person_id", -F("mention__author_id")))


def people_of(claims: Sequence[int]) -> dict[int, int]:
    """People by claim. One statement."""
    found = contradictions().filter(claim__in=claims)
    return dict(found.values_list("claim").annotate(n=Count("voice", distinct=True)))


def unsure_of(claims: Sequence[int]) -> dict[int, int]:
    """Messages by claim that a person is to judge. One statement."""
    found = ClaimMatch.objects.filter(
        claim__in=claims, verdict="unsure", decision="", mention__deleted_at__isnull=True
    )
    return dict(found.order_by().values_list("claim").annotate(n=Count("pk")))


def weeks_of(claims: Sequence[int], now: datetime, weeks: int) -> dict[int, list[int]]:
    """People by claim and week, oldest first, the last week being that of `now`. One statement."""
    first = now - timedelta(weeks=weeks)
    found = contradictions().filter(claim__in=claims, mention__said_at__gte=first)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = found.annotate(week=TruncWeek("mention__said_at")).values_list("claim", "week")
    for claim, week, n in rows.annotate(n=Count("voice", distinct=True)):
        counts[claim][f"{week:%G-%V}"] = n
    keys = [f"{first + timedelta(weeks=n + 1):%G-%V}" for n in range(weeks)]
    return {claim: [counts[claim].get(key, 0) for key in keys] for claim in claims}
