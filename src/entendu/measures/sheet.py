"""Reads the figures of one perimeter. Definitions compute from this, and from nothing else where they can."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from entendu.analysis.models import Topic
from entendu.measures.days import heard
from entendu.measures.models import Family, Figure
from entendu.measures.perimeter import Perimeter
from entendu.mentions.models import Mention

TOPICS_OVERLAP = frozenset({Family.MENTION})  # a mention may be about several topics; a conversation has one


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures of `perimeter`."""

    perimeter: Perimeter

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

    def totals(self, family: Family, labels: Collection[str] = ()) -> list[tuple[date, str, float]]:
        """(day, label, sum of values), one query."""
        rows = self.figures(family, labels).order_by().values_list("day", "label")
        return sorted(rows.annotate(total=Sum("value")))

    def counts(self, family: Family, labels: Collection[str] = ()) -> list[tuple[date, str, int]]:
        """(day, label, how many figures), one query."""
        rows = self.figures(family, labels).order_by().values_list("day", "label")
        return sorted(rows.annotate(total=Count("pk")))

    def rows(self, family: Family, labels: Collection[str] = ()) -> list[tuple[date, str, float]]:
        """(day, label, value) of each figure, one query."""
        return list(self.figures(family, labels).order_by().values_list("day", "label", "value"))

    def by(self, field: str) -> dict[Any, Counter[str]]:
        """Mentions by `field` ("channel", "language", "topic" or "day"), then by sentiment."""
        found: dict[Any, Counter[str]] = {}
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
