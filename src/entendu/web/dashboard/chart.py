"""The curve of the dashboard, as a Vega-Lite specification, and the same as a table."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from entendu.measures.perimeter import Perimeter
from entendu.web.dashboard.asked import AskedFor

COLOURS = {"positive": "var(--chart-2)", "neutral": "var(--chart-6)", "negative": "var(--chart-3)"}


@dataclass(frozen=True)
class Day:
    """A line of the table beside the curve."""

    day: date
    url: str
    counts: dict[str, int]
    total: int


def names() -> dict[str, str]:
    """The sentiments in the reader's language, in the order of the legend."""
    return {"positive": _("Positive"), "neutral": _("Neutral"), "negative": _("Negative")}


def days_of(asked: AskedFor, by_day: dict[Any, Counter[str]]) -> list[Day]:
    """Every day of the period, also those on which nothing was said."""
    found = []
    for day in every_day(asked.perimeter):
        counts = by_day.get(day, Counter())
        url = f"{reverse('listen')}?{asked.heard(since=day, until=day)}"
        found.append(Day(day, url, {name: counts[name] for name in COLOURS}, counts.total()))
    return found


def every_day(perimeter: Perimeter) -> list[date]:
    """The days of a period, in order."""
    return [perimeter.since + timedelta(days=number) for number in range(perimeter.days)]


def specification(asked: AskedFor, days: list[Day]) -> dict[str, Any]:
    """Mentions by day and sentiment: a line for each; a point opens the mentions of its day."""
    labels = names()
    values = [
        {
            "day": day.day.isoformat(),
            "sentiment": labels[name],
            "n": day.counts[name],
            "href": f"{reverse('listen')}?{asked.heard(since=day.day, until=day.day, sentiment=name)}",
        }
        for day in days
        for name in labels
    ]
    colour = {
        "field": "sentiment",
        "type": "nominal",
        "title": None,
        "legend": {"symbolOpacity": 1},
        "scale": {"domain": list(labels.values()), "range": [COLOURS[name] for name in labels]},
    }
    day = {
        "field": "day",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%e %b", "labelOverlap": True},
    }
    count = {"field": "n", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1, "tickCount": 5}}
    tip = [
        {**day, "title": _("Day"), "format": "%e %B"},
        {"field": "sentiment", "title": _("Sentiment")},
        {**count, "title": _("Mentions")},
    ]
    return {
        "data": {"values": values, "format": {"parse": {"day": "date:'%Y-%m-%d'"}}},
        "height": 260,
        "description": _("Mentions by day and sentiment. The table below says the same."),
        "encoding": {"x": day, "y": {**count, "stack": None}, "color": colour},
        "layer": [
            {"mark": {"type": "area", "opacity": 0.1, "interpolate": "monotone"}},
            {"mark": {"type": "line", "strokeWidth": 2, "interpolate": "monotone"}},
            {
                "mark": {"type": "point", "filled": True, "size": 40, "cursor": "pointer"},
                "encoding": {"href": {"field": "href"}, "tooltip": tip},
            },
        ],
    }
