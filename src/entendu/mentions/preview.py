"""What a query that is being written would have found in what is stored: how much, when, which clause how much. In
bounded time: what is not known then is left unsaid."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.bounded import Budget
from entendu.mentions.effect import COUNTED, SAMPLES, count, taken
from entendu.mentions.models import Mention, Receipt, Takes
from entendu.mentions.search import search
from entendu.reading.query import Query, Selectivity, selectivity
from entendu.reading.query.clauses import Clause, clauses

SECONDS = 1.2
DAYS = 30
MOST_CLAUSES = 24  # that are counted, of all levels


@dataclass(frozen=True, slots=True)
class Counted:
    """A clause with what it finds by itself, and among its neighbours (`reading.query.clauses`). None: there was no
    time to count."""

    clause: Clause
    alone: int | None
    within: int | None = None
    parts: tuple["Counted", ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """`total`: found in all that is stored, COUNTED + 1 for more than COUNTED. `days`: of the last 30, oldest first.
    `looked_at`: messages a day that would have to be looked at, by the share of the rarest clause. `cut`: there was no
    time for all."""

    volume: Selectivity
    heard: float
    total: int | None = None
    days: tuple[tuple[date, int], ...] = ()
    samples: tuple[Mention, ...] = ()
    clauses: tuple[Counted, ...] = ()
    left_out: int = 0
    cut: bool = False
    more: bool = False

    @property
    def month(self) -> int:
        """Found in the last 30 days."""
        return sum(n for _day, n in self.days)

    @property
    def per_day(self) -> float:
        """Found a day, over the last 30 days."""
        return self.month / DAYS

    @property
    def looked_at(self) -> float:
        """Messages a day that the matcher would have to look at."""
        return self.volume.share * self.heard


def preview(actor: Membership, query: Query, *, takes: str = Takes.BOTH) -> Preview:
    """What `query` would have found for `actor`, in about SECONDS at most."""
    budget = Budget(SECONDS)
    found = of_others(search(actor, query), takes)
    none: tuple[Mention, ...] = ()
    no_days: tuple[tuple[date, int], ...] = ()
    samples = budget.ask(lambda: newest(found), none)
    days = budget.ask(lambda: by_day(found), no_days)
    total = budget.ask(lambda: count(found), None)
    heard = budget.ask(lambda: heard_a_day(actor), 0.0)
    parts = clauses(query)
    counted = count_clauses(actor, parts, takes, budget)
    return Preview(
        volume=selectivity(query),
        heard=heard,
        total=total,
        days=days,
        samples=samples,
        clauses=counted,
        left_out=max(0, sum(1 + len(one.parts) for one in parts) - MOST_CLAUSES),
        cut=budget.cut,
        more=total is not None and total > COUNTED,
    )


def count_clauses(actor: Membership, parts: list[Clause], takes: str, budget: Budget) -> tuple[Counted, ...]:
    """The clauses with their counts, MOST_CLAUSES at most. One clause that is the whole query is not counted again."""
    room = MOST_CLAUSES
    counted = []

    def ask(query: Query) -> int | None:
        return budget.ask(lambda: count(of_others(search(actor, query), takes)), None)

    for one in parts:
        if room <= 0:
            break
        inside = one.parts[: max(0, room - 1)]
        room -= 1 + len(inside)
        counted.append(
            Counted(
                one,
                ask(one.alone),
                ask(one.within) if one.role == "not" else None,
                tuple(Counted(part, ask(part.alone), ask(part.within)) for part in inside),
            )
        )
    return tuple(counted)


def of_others(mentions: QuerySet[Mention], takes: str) -> QuerySet[Mention]:
    """Those that others said, are still there, and may be taken."""
    return taken(mentions.filter(ours=False, deleted_at__isnull=True), takes)


def newest(mentions: QuerySet[Mention]) -> tuple[Mention, ...]:
    """The newest few."""
    return tuple(mentions.select_related("author", "channel").order_by("-said_at", "-id")[:SAMPLES])


def by_day(mentions: QuerySet[Mention]) -> tuple[tuple[date, int], ...]:
    """How many were said on each of the last 30 days, oldest first, in the reader's time zone."""
    today = clock.now().date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    rows = mentions.filter(said_at__gte=clock.now() - timedelta(days=DAYS)).order_by()
    counts = dict(rows.annotate(day=TruncDate("said_at")).values_list("day").annotate(n=Count("pk")))
    return tuple((day, counts.get(day, 0)) for day in days)


def heard_a_day(actor: Membership) -> float:
    """What channels hand over a day, over the last week, whatever became of it."""
    channels = list(Channel.objects.visible_to(actor).values_list("pk", flat=True))
    since = clock.now() - timedelta(days=7)
    return Receipt.objects.filter(channel__in=channels, received_at__gte=since).count() / 7
