"""Mentions of each name by day, as a Vega-Lite specification and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from entendu.measures.names import Names
from entendu.mentions.models import Query
from entendu.web.dashboard.asked import AskedFor
from entendu.web.dashboard.chart import every_day
from entendu.web.voice.tables import address


@dataclass(frozen=True)
class Day:
    """A line of the table: for each name, how many and where they are."""

    day: date
    cells: list[tuple[int, str]]
    total: int


def days_of(asked: AskedFor, names: Sequence[Query], counts: Mapping[Any, Names], *, once: bool) -> list[Day]:
    """Every day of the period, also those on which nothing was said."""
    found = []
    for day in every_day(asked.perimeter):
        said = counts.get(day, {})
        cells = [
            (
                said[one.pk].total() if one.pk in said else 0,
                address(asked, one, once=once, since=day, until=day),
            )
            for one in names
        ]
        found.append(Day(day, cells, sum(n for n, _url in cells)))
    return found


def specification(names: Sequence[Query], days: Sequence[Day]) -> dict[str, Any]:
    """A line for each name; a point opens the mentions of its day."""
    values = [
        {"day": day.day.isoformat(), "name": one.name, "n": n, "href": url}
        for day in days
        for one, (n, url) in zip(names, day.cells, strict=True)
    ]
    day = {
        "field": "day",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%e %b", "labelOverlap": True},
    }
    count = {"field": "n", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1, "tickCount": 5}}
    tip = [
        {**day, "title": _("Day"), "format": "%e %B"},
        {"field": "name", "title": _("Name")},
        {**count, "title": _("Mentions")},
    ]
    colour = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "legend": {"symbolOpacity": 1},
        "scale": {"domain": [one.name for one in names]},
    }
    return {
        "data": {"values": values, "format": {"parse": {"day": "date:'%Y-%m-%d'"}}},
        "height": 240,
        "description": _("Mentions of each name by day. The table below says the same."),
        "encoding": {"x": day, "y": count, "color": colour},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2, "interpolate": "monotone"}},
            {
                "mark": {"type": "point", "filled": True, "size": 40, "cursor": "pointer"},
                "encoding": {"href": {"field": "href"}, "tooltip": tip},
            },
        ],
    }
