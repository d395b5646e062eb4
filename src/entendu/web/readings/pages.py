"""How well do we read? Agreement with people over time, by language, channel and version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entendu.analysis.models import Facet
from entendu.analysis.quality import Agreement, Report, report, unchecked
from entendu.analysis.versions import versions_between
from entendu.kit import clock
from entendu.web.access import Asked, page
from entendu.web.readings.rereading import shown as rereadings_shown
from entendu.web.readings.words import language_in_words, value_in_words

PERIODS = (30, 90, 365)
FEW = 30  # checks under which a share says little


@dataclass(frozen=True)
class Line:
    """One row of a table of agreement. Percents; `few`: too few checks to say much."""

    name: str
    share: int | None
    low: int
    high: int
    n: int
    few: bool


@require_GET
@page
def readings(request: Asked) -> HttpResponse:
    """The page. Its queries do not grow with what is stored."""
    days = next((one for one in PERIODS if request.GET.get("days") == str(one)), 90)
    now = clock.now()
    since = now - timedelta(days=days)
    found = report(request.actor, since=since, until=now)
    today = timezone.localtime(now).date()
    context = {
        "days": days,
        "periods": [(one, _("%(days)s days") % {"days": one}) for one in PERIODS],
        "report": found,
        "tables": tables(found),
        "confused": confused(found),
        "months": months(found.months),
        "chart": chart(found.months),
        "left": unchecked(request.actor, since=now - timedelta(days=30)).exists(),
        "versions": versions_between(request.actor.organisation, today - timedelta(days=days), today),
        "can_correct": request.actor.may("correct"),
        **rereadings_shown(request),
    }
    return render(request, "readings/readings.html", context)


def tables(found: Report) -> list[tuple[str, str, list[Line]]]:
    """(title, heading of the first column, rows)."""
    facets = {str(Facet(code).label): one for code, one in found.facets.items()}
    languages = {language_in_words(code): one for code, one in found.languages.items()}
    return [
        (_("By what is read"), _("Reading"), lines(facets)),
        (_("By language"), _("Language"), lines(languages)),
        (_("By channel"), _("Channel"), lines(found.channels)),
        (_("By version of the reader"), _("Version"), lines(found.models)),
    ]


def lines(table: Mapping[str, Agreement]) -> list[Line]:
    """The most checked first."""
    return [line(name, one) for name, one in sorted(table.items(), key=lambda item: (-item[1].n, item[0]))]


def line(name: str, one: Agreement) -> Line:
    low, high = one.bounds or (0.0, 1.0)
    share = None if one.share is None else round(100 * one.share)
    return Line(name, share, round(100 * low), round(100 * high), one.n, one.n < FEW)


def confused(found: Report) -> list[tuple[str, str, str, int]]:
    """What is taken for what most often: reading, what the machine said, what people say, how often."""
    worst = sorted(found.confused.items(), key=lambda item: (-item[1], item[0]))[:8]
    return [
        (str(Facet(facet).label), value_in_words(facet, machine), value_in_words(facet, value), n)
        for (facet, machine, value), n in worst
    ]


def months(by_month: Mapping[date, Agreement]) -> list[Line]:
    return [line(date_format(month, "F Y"), by_month[month]) for month in sorted(by_month)]


def chart(by_month: Mapping[date, Agreement]) -> dict[str, Any]:
    """Agreement by month with its interval."""
    values = []
    for month, one in sorted(by_month.items()):
        low, high = one.bounds or (0.0, 1.0)
        values.append({"month": month.isoformat(), "share": one.share, "low": low, "high": high, "n": one.n})
    x = {
        "field": "month",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%b %Y", "tickCount": "month"},
    }
    scale = {"domain": [0, 1]}
    y = {"type": "quantitative", "title": None, "scale": scale, "axis": {"format": ".0%", "tickCount": 5}}
    return {
        "data": {"values": values, "format": {"parse": {"month": "date:'%Y-%m-%d'"}}},
        "height": 180,
        "description": _("Agreement with people by month. The table below says the same."),
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 8, "opacity": 0.25, "color": "var(--chart-1)"},
                "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "point": {"size": 50}, "color": "var(--chart-1)"},
                "encoding": {"y": {**y, "field": "share"}},
            },
        ],
    }
