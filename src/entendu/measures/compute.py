"""Answers what a number is. Pages, API and command line ask here, so that a number is the same everywhere."""

from datetime import date, timedelta
from typing import Any

from entendu.accounts.models import Organisation
from entendu.analysis.versions import versions_between
from entendu.kit import clock
from entendu.measures import definitions
from entendu.measures.perimeter import Perimeter, day_of, zone
from entendu.measures.registry import MEASURES, Measure
from entendu.measures.result import Result
from entendu.measures.sheet import Sheet

__all__ = [
    "BadPeriod",
    "UnknownMeasure",
    "compare",
    "definition",
    "definitions",
    "last_days",
    "measure",
    "report",
    "today",
]

LONGEST = 3660  # days: ten years


class UnknownMeasure(KeyError):
    """No measure has this name."""


class BadPeriod(ValueError):
    """The period ends before it begins, or is longer than LONGEST days."""


def definition(slug: str) -> Measure:
    """The measure called `slug`. Raises UnknownMeasure."""
    if slug not in MEASURES:
        raise UnknownMeasure(slug)
    return MEASURES[slug]


def measure(
    organisation: Organisation,
    slug: str,
    since: date,
    until: date,
    *,
    channel: int | None = None,
    language: str = "",
    topic: int | None = None,
) -> Result:
    """The measure `slug` from `since` to `until` (days of the organisation's time zone, both included),
    and over the period of the same length before. `channel` and `topic` are ids. Raises UnknownMeasure,
    BadPeriod.
    """
    perimeter = perimeter_of(organisation, since, until, channel=channel, language=language, topic=topic)
    return compare(slug, Sheet(perimeter), Sheet(perimeter.before()))


def compare(slug: str, now: Sheet, before: Sheet) -> Result:
    """The measure `slug` of one sheet beside that of the period before. Sheets may serve many measures.
    Raises UnknownMeasure."""
    found = definition(slug)
    return Result(
        slug=slug,
        unit=found.unit,
        since=now.perimeter.since,
        until=now.perimeter.until,
        now=found.compute(now),
        before=found.compute(before),
    )


def perimeter_of(
    organisation: Organisation,
    since: date,
    until: date,
    *,
    channel: int | None = None,
    language: str = "",
    topic: int | None = None,
) -> Perimeter:
    """A checked perimeter. Raises BadPeriod."""
    if until < since:
        raise BadPeriod("ends_before_it_begins")
    if (until - since).days >= LONGEST or since.year < 1990 or until.year > 9000:
        raise BadPeriod("too_long")
    return Perimeter(organisation, since, until, channel, language, topic)


def report(organisation: Organisation, since: date, until: date) -> dict[str, Any]:
    """All measures of a period, as plain values for JSON. Raises BadPeriod."""
    perimeter = perimeter_of(organisation, since, until)
    now, before = Sheet(perimeter), Sheet(perimeter.before())
    return {
        "organisation": organisation.slug,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "timezone": organisation.timezone,
        "percentiles": "linear interpolation at rank p × (n − 1)",
        "read_by": read_by(organisation, since, until),
        "measures": {slug: compare(slug, now, before).as_dict() for slug in MEASURES},
    }


def read_by(organisation: Organisation, since: date, until: date) -> list[str]:
    """The versions of the reader on whose readings figures of these days rest, oldest first."""
    return list(versions_between(organisation, since, until).values_list("model", flat=True))


def today(organisation: Organisation) -> date:
    """The present day where the organisation is."""
    return day_of(clock.now(), zone(organisation.timezone))


def last_days(organisation: Organisation, days: int) -> tuple[date, date]:
    """The period of `days` days that ends today."""
    end = today(organisation)
    return end - timedelta(days=days - 1), end
