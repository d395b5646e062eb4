"""What the list of queries shows: how each stands, its volume, who changed what."""

from dataclasses import dataclass
from datetime import date, timedelta

from entendu.accounts.models import Audit, Membership
from entendu.kit import clock
from entendu.mentions.governance import FLAGGED, Standing, standing, with_reviewer_here
from entendu.mentions.models import Query
from entendu.mentions.volume import by_day, with_last
from entendu.web.queries.words import STANDING

DAYS = 30
VERBS = ("add_query", "change_query", "switch_query", "review_query", "remove_query")


@dataclass(frozen=True)
class Line:
    """A query of the list. `week`, `month`: how many messages of the last 7 and 30 days it found; `days`: those of
    each of the 30 days, oldest first; `last`: the day of the newest."""

    it: Query
    standing: Standing
    icon: str
    tint: str
    week: int
    month: int
    days: list[int]
    last: date | None


def listed(actor: Membership) -> list[Line]:
    """The queries with their standing and volume, those that need somebody first. Two statements."""
    today = clock.now().date()
    since = today - timedelta(days=DAYS - 1)
    found = with_last(with_reviewer_here(Query.objects.visible_to(actor)))
    queries = list(found.select_related("by", "reviewer").order_by("name"))
    counts = by_day(queries, since)
    lines = []
    for one in queries:
        stands = standing(one, reviewer_here=one.reviewer_here, today=today)  # type: ignore[attr-defined]
        days = [counts[one.pk].get(since + timedelta(days=n), 0) for n in range(DAYS)]
        last: date | None = one.last  # type: ignore[attr-defined]
        lines.append(Line(one, stands, *STANDING[stands], sum(days[-7:]), sum(days), days, last))
    return sorted(lines, key=lambda line: (line.standing not in FLAGGED, not line.it.active, line.it.name))


def history(actor: Membership) -> list[Audit]:
    """Who changed what in the queries, newest first, 30 at most."""
    trail = Audit.objects.visible_to(actor).filter(verb__in=VERBS)
    return list(trail.select_related("by").order_by("-at", "-id")[:30])
