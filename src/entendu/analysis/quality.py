"""How well the machine reads: how often people who looked say the same, on messages drawn by lot."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import NormalDist
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, QuerySet

from entendu.accounts.models import Membership
from entendu.analysis.models import Correction, Facet
from entendu.mentions.models import Mention

CHECKED = (Facet.SENTIMENT, Facet.INTENT, Facet.URGENCY)
LOTS = 200
_Z = NormalDist().inv_cdf(0.975)


@dataclass(slots=True)
class Agreement:
    """`same` of `n` checked readings were confirmed."""

    same: int = 0
    n: int = 0

    @property
    def share(self) -> float | None:
        """In [0, 1]; None when nothing was checked."""
        return self.same / self.n if self.n else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Where the true share lies, nineteen times of twenty: Wilson's interval (1927)."""
        if not self.n:
            return None
        share, n, z = self.same / self.n, self.n, _Z
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * ((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
        return max(0.0, middle - half), min(1.0, middle + half)

    def add(self, same: bool) -> None:
        self.n += 1
        self.same += same


@dataclass(slots=True)
class Report:
    """Agreement whole and by what it may depend on."""

    facets: dict[str, Agreement] = field(default_factory=lambda: defaultdict(Agreement))
    languages: dict[str, Agreement] = field(default_factory=lambda: defaultdict(Agreement))
    channels: dict[str, Agreement] = field(default_factory=lambda: defaultdict(Agreement))
    models: dict[str, Agreement] = field(default_factory=lambda: defaultdict(Agreement))
    months: dict[date, Agreement] = field(default_factory=lambda: defaultdict(Agreement))
    confused: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def checked(self) -> int:
        """Readings that people looked at."""
        return sum(one.n for one in self.facets.values())


def report(actor: Membership, *, since: datetime, until: datetime) -> Report:
    """Counts the checks of the actor's organisation. One query; checks are few: people make them by hand."""
    found = Report()
    zone = ZoneInfo(actor.organisation.timezone)
    rows = (
        Correction.objects.visible_to(actor)
        .filter(sampled=True, at__gte=since, at__lt=until)
        .order_by("id")
        .values_list(
            "analysis", "facet", "machine", "value", "model", "at", "analysis__language",
            "analysis__mention__channel__name",
        )
    )  # fmt: skip
    newest = {(row[0], row[1]): row for row in rows}
    for _, facet, machine, value, model, at, language, channel in newest.values():
        same = machine == value
        month = at.astimezone(zone).date().replace(day=1)
        for table, key in (
            (found.facets, facet),
            (found.languages, language),
            (found.channels, channel),
            (found.models, model),
        ):
            table[key].add(same)
        found.months[month].add(same)
        if not same:
            found.confused[facet, machine, value] += 1
    return found


def unchecked(actor: Membership, *, since: datetime) -> QuerySet[Mention]:
    """What customers said since `since` that nobody checked yet."""
    checked = Correction.objects.visible_to(actor).filter(sampled=True).values("analysis__mention")
    return (
        Mention.objects.visible_to(actor)
        .filter(said_at__gte=since, ours=False, deleted_at__isnull=True, analysis__isnull=False)
        .exclude(pk__in=checked)
    )


def drawn(actor: Membership, *, since: datetime, chooser: random.Random | None = None) -> Mention | None:
    """One message by lot, each with the same chance; None when all are checked. Numbers between the first and the last
    are drawn, and those that are no such message passed over: no list of all is made, while there are many."""
    found = unchecked(actor, since=since)
    ends = found.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return None
    lot = chooser or random.SystemRandom()
    numbers = [lot.randint(ends["first"], ends["last"]) for _ in range(LOTS)]
    there = found.in_bulk(set(numbers))
    hit = next((there[number] for number in numbers if number in there), None)
    if hit is not None:
        return hit
    ids = list(found.order_by("id").values_list("pk", flat=True))  # so few that no lot met one
    return found.filter(pk=lot.choice(ids)).first() if ids else None
