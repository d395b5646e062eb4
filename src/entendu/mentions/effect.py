"""What a query finds in what is stored, and what a change of its text does to that."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet

from entendu.mentions.bounded import Budget
from entendu.mentions.models import Mention, Takes
from entendu.mentions.search import ids_in, search_in
from entendu.reading.query import Query

COUNTED = 10_000  # beyond, a count says "more than"
SAMPLES = 5
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of text did to what a query finds in what was stored then. Counts are None when there was no time
    to count, COUNTED + 1 for "more than COUNTED"; samples are ids of mentions, newest first."""

    before: int | None
    after: int | None
    gained: int | None
    lost: int | None
    gained_samples: tuple[int, ...] = ()
    lost_samples: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As a version keeps it."""
        return asdict(self)


def effect_of(
    organisation: int,
    before: Query | None,
    after: Query,
    *,
    takes: str = Takes.BOTH,
    seconds: float = SECONDS,
) -> Effect:
    """Holds both texts against what is stored, in `seconds` at most. `before` None: a new query."""
    budget = Budget(seconds)
    old = Mention.objects.none() if before is None else found_by(organisation, before, takes)
    new = found_by(organisation, after, takes)
    gained = new if before is None else new.exclude(pk__in=ids_in(organisation, before))
    lost = old.exclude(pk__in=ids_in(organisation, after))
    return Effect(
        before=budget.ask(lambda: count(old), None),
        after=budget.ask(lambda: count(new), None),
        gained=budget.ask(lambda: count(gained), None),
        lost=budget.ask(lambda: count(lost), None),
        gained_samples=budget.ask(lambda: newest(gained), ()),
        lost_samples=budget.ask(lambda: newest(lost), ()),
    )


def found_by(
    organisation: int, query: Query, takes: str = Takes.BOTH, *, between: tuple[int, int] | None = None
) -> QuerySet[Mention]:
    """What `query` finds among what others said, as far as it may take it."""
    found = search_in(organisation, query, between=between).filter(ours=False, deleted_at__isnull=True)
    return taken(found, takes)


def taken(mentions: QuerySet[Mention], takes: str) -> QuerySet[Mention]:
    """Those of `mentions` that a query may take which `takes` so: the condition of `governance.may_take`, in the
    store."""
    public, addressed = Q(visibility="public"), Q(addressed=True)
    if takes == Takes.PUBLIC:
        return mentions.filter(public)
    return mentions.filter(addressed if takes == Takes.ADDRESSED else public | addressed)


def count(mentions: QuerySet[Mention]) -> int:
    """How many, up to COUNTED + 1."""
    return mentions.order_by()[: COUNTED + 1].count()


def newest(mentions: QuerySet[Mention]) -> tuple[int, ...]:
    """The ids of the newest few."""
    return tuple(mentions.order_by("-said_at", "-id").values_list("pk", flat=True)[:SAMPLES])
