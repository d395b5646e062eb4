"""What a measure says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from entendu.measures.percentile import percentile


@dataclass(frozen=True, slots=True)
class Point:
    """A day of a curve: the measure's value that day (None: nothing to measure), over `n`."""

    day: date
    value: float | None
    n: int
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the whole: its code (a sentiment, an outcome, an age band …) and how many."""

    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A measure over one perimeter. `value` is the headline: a count, a share in percent, or for
    durations the median in seconds; None when `n`, the number of things measured, is 0."""

    value: float | None
    n: int
    median: float | None = None
    p90: float | None = None
    parts: Sequence[Part] = ()
    points: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A measure over a period, beside the period of the same length before."""

    slug: str
    unit: str
    since: date
    until: date
    now: Answer
    before: Answer

    @property
    def change(self) -> float | None:
        """How far the value moved since the period before, in the measure's unit; None when either is
        unknown."""
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON: numbers, text, lists. Days as YYYY-MM-DD."""
        return {
            "measure": self.slug,
            "unit": self.unit,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "value": self.now.value,
            "n": self.now.n,
            "median": self.now.median,
            "p90": self.now.p90,
            "parts": {part.code: part.n for part in self.now.parts},
            "previous": {
                "value": self.before.value,
                "n": self.before.n,
                "median": self.before.median,
                "p90": self.before.p90,
            },
            "series": [
                {"day": point.day.isoformat(), "value": point.value, "n": point.n, "parts": point.parts}
                for point in self.now.points
            ],
        }


def spread(rows: Iterable[tuple[date, float]], parts: Sequence[Part] = ()) -> Answer:
    """The answer of a measure of durations: its median, with p90, n and the median of each day."""
    by_day: dict[date, list[float]] = {}
    for day, value in rows:
        by_day.setdefault(day, []).append(value)
    values = sorted(value for day_values in by_day.values() for value in day_values)
    points = [Point(day, percentile(sorted(by_day[day]), 0.5), len(by_day[day])) for day in sorted(by_day)]
    median = percentile(values, 0.5)
    return Answer(median, len(values), median, percentile(values, 0.9), parts, points)


def share(rows: Iterable[tuple[date, str, float]], met: Iterable[str], due: Iterable[str]) -> Answer:
    """The answer of a measure that divides: 100 × met ÷ due, with the counts by label as parts.

    `rows`: (day, label, count); `met` and `due`: labels. What is in neither is shown among the parts only.
    """
    met, due = set(met), set(due)
    parts: dict[str, float] = {}
    days: dict[date, list[float]] = {}
    for day, label, count in rows:
        parts[label] = parts.get(label, 0) + count
        tally = days.setdefault(day, [0, 0])
        tally[0] += count if label in met else 0
        tally[1] += count if label in due else 0
    good = sum(parts.get(label, 0) for label in met)
    whole = sum(parts.get(label, 0) for label in due)
    return Answer(
        percent(good, whole),
        int(whole),
        parts=[Part(label, int(parts[label])) for label in sorted(parts)],
        points=[Point(day, percent(days[day][0], days[day][1]), int(days[day][1])) for day in sorted(days)],
    )


def percent(part: float, whole: float) -> float | None:
    """100 × part ÷ whole; None when there is no whole."""
    return 100 * part / whole if whole else None
