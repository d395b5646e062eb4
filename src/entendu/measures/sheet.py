"""Reads the figures of one perimeter. Definitions compute from this, and from nothing else where they can."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from entendu.analysis.models import Topic
from entendu.analysis.voices import heard, with_voices
from entendu.measures.models import Family, Figure
from entendu.measures.perimeter import Perimeter
from entendu.mentions.models import Mention

TOPICS_OVERLAP = frozenset({Family.MENTION})  # a mention may be about several topics; a conversation has one


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures of `perimeter`. What was read once is kept, so that measures which share a sheet share
    its queries; a sheet is of one moment, for one page or one report."""

    perimeter: Perimeter
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def figures(self, family: Family, labels: Collection[str] = ()) -> QuerySet[Figure]:
        """The rows of a family, with one of `labels` when some are given."""
        about = self.perimeter
        found = Figure.objects.filter(
            organisation=about.organisation, measure=family, day__gte=about.since, day__lte=about.until
        )
        if about.channel is not None:
            found = found.filter(channel=about.channel)
        if about.language:
            found = found.filter(language=about.language)
        if about.topic is not None:
            found = found.filter(topic=about.topic)
        elif family in TOPICS_OVERLAP:
            found = found.filter(topic__isnull=True)
        return found.filter(label__in=labels) if labels else found

    def totals(self, family: Family) -> list[tuple[date, str, float]]:
        """(day, label, sum of values) in order, one query."""
        rows = self.figures(family).order_by().values_list("day", "label").annotate(total=Sum("value"))
        return self._once(("totals", family), lambda: sorted(rows))

    def counts(self, family: Family, labels: Collection[str] = ()) -> list[tuple[date, str, int]]:
        """(day, label, how many figures) in order, one query at most."""
        tally = self._once(("counts", family), lambda: self._tally(family))
        return [row for row in tally if not labels or row[1] in labels]

    def rows(self, family: Family, labels: Collection[str] = ()) -> list[tuple[date, str, float]]:
        """(day, label, value) of each figure, one query."""
        found = self.figures(family).order_by().values_list("day", "label", "value")
        rows = self._once(("rows", family), lambda: list(found))
        return [row for row in rows if not labels or row[1] in labels]

    def by(self, field: str) -> dict[Any, Counter[str]]:
        """Mentions by `field` ("channel", "language", "topic" or "day"), then by sentiment."""
        found: dict[Any, Counter[str]] = {}
        if field == "day":
            for day, label, total in self.totals(Family.MENTION):
                found.setdefault(day, Counter())[label.partition("/")[0]] += int(total)
            return found
        rows = self.figures(Family.MENTION)
        if field == "topic" and self.perimeter.topic is None:
            rows = self._of_all_topics()
        for key, label, total in rows.order_by().values_list(field, "label").annotate(total=Sum("value")):
            found.setdefault(key, Counter())[label.partition("/")[0]] += int(total)
        return found

    def mentions(self) -> QuerySet[Mention]:
        """The mentions that the counts of this perimeter count."""
        about = self.perimeter
        start, end = about.bounds()
        found = heard().filter(organisation=about.organisation, said_at__gte=start, said_at__lt=end)
        if about.channel is not None:
            found = found.filter(channel=about.channel)
        if about.language:
            found = found.filter(analysis__language=about.language)
        if about.topic is not None:
            found = found.filter(tags__topic=about.topic)
        return found

    def people(self) -> int:
        """How many distinct people said the mentions of this perimeter. One query at most."""
        if "people" not in self.kept:
            said = with_voices(self.mentions().order_by())
            self.kept["people"] = said.aggregate(n=Count("voice", distinct=True))["n"]
        return int(self.kept["people"])

    def _tally(self, family: Family) -> list[tuple[date, str, int]]:
        if ("rows", family) in self.kept:
            counted = Counter((day, label) for day, label, _value in self.kept["rows", family])
            return sorted((day, label, count) for (day, label), count in counted.items())
        rows = self.figures(family).order_by().values_list("day", "label").annotate(total=Count("pk"))
        return sorted(rows)

    def _once(self, key: tuple[str, Family], read: Callable[[], list[Any]]) -> list[Any]:
        if key not in self.kept:
            self.kept[key] = read()
        return self.kept[key]  # type: ignore[no-any-return]  # the key says what it is

    def _of_all_topics(self) -> QuerySet[Figure]:
        about = self.perimeter
        topics = Topic.objects.filter(organisation=about.organisation).values("pk")
        rows = Figure.objects.filter(
            organisation=about.organisation,
            measure=Family.MENTION,
            day__gte=about.since,
            day__lte=about.until,
            topic__in=topics,
        )
        if about.channel is not None:
            rows = rows.filter(channel=about.channel)
        return rows.filter(language=about.language) if about.language else rows
