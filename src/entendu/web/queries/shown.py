"""What the pages of queries show: figures, a preview on what is stored, who changed what."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from entendu.accounts.models import Audit, Membership
from entendu.kit import clock
from entendu.mentions.models import Query
from entendu.mentions.search import search
from entendu.reading.query import selectivity
from entendu.web.queries.syntax import read

COUNTED = 10_000
SAMPLES = 5
VERBS = ("add_query", "change_query", "remove_query")


def queries_of(actor: Membership) -> QuerySet[Query]:
    """The queries with `week` and `month`: how many mentions of the last 7 and 30 days each found. One query."""
    now = clock.now()

    def since(days: int) -> Count:
        return Count("matches", filter=Q(matches__mention__said_at__gte=now - timedelta(days=days)))

    found = Query.objects.visible_to(actor).annotate(week=since(7), month=since(30))
    return found.select_related("by").order_by("-active", "name")


def preview(actor: Membership, text: str) -> dict[str, Any]:
    """What `text` would have found in what is stored: how many, the newest ones, and its estimated volume."""
    typed = read(text)
    context: dict[str, Any] = {"trouble": typed.trouble, "notices": typed.notices, "asked_text": text}
    if typed.query is None:
        return context
    found = search(actor, typed.query).filter(ours=False, deleted_at__isnull=True)
    month = found.filter(said_at__gte=clock.now() - timedelta(days=30))
    volume = selectivity(typed.query)
    return context | {
        "tried": True,
        "count": found[: COUNTED + 1].count(),
        "month": month[: COUNTED + 1].count(),
        "counted": COUNTED,
        "volume": volume,
        "samples": list(found.select_related("author", "channel").order_by("-said_at", "-id")[:SAMPLES]),
    }


def history(actor: Membership, name: str = "") -> list[Audit]:
    """Who changed what in the queries (in the one called `name`), newest first, 30 at most."""
    trail = Audit.objects.visible_to(actor).filter(verb__in=VERBS)
    if name:
        trail = trail.filter(Q(target=name[:120]) | Q(data__before__name=name))
    return list(trail.select_related("by").order_by("-at", "-id")[:30])
