"""How far one message has gone: who said it first, how fast it went, by what tree, where, and who carried it far."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entendu.mentions.models import Mention
from entendu.people.spread import Cascade, cascade_of
from entendu.reading.spread import by_hour, spread
from entendu.web import words
from entendu.web.access import Asked, page
from entendu.web.listen.pages import rights
from entendu.web.listen.rows import loaded, rows_of

SHOWN = 20  # messages under the figures; the rest in the stream
CARRIERS = 5


@dataclass(frozen=True)
class Line:
    """A place, channel or language: how many posts, its share in percent, and the stream that shows them."""

    name: str
    n: int
    share: int
    url: str


@require_GET
@page
def show(request: Asked, mention: int) -> HttpResponse:
    """The spread of a message: of its near-duplicates, and of what answers or repeats them."""
    known = Mention.objects.visible_to(request.actor).select_related("copy")
    found = get_object_or_404(known, pk=mention, ours=False, automatic=False, deleted_at__isnull=True)
    cascade = cascade_of(found)
    result = spread(cascade.posts)
    cluster = found.copy.cluster_id if hasattr(found, "copy") else 0
    shown = [one.pk for one in cascade.mentions[:SHOWN]]
    rows = loaded(Mention.objects.visible_to(request.actor).filter(pk__in=shown), request.actor)
    hours = hours_of(cascade)
    context = {
        **rights(request),
        "can_triage": False,
        "it": found,
        "first": cascade.mentions[0],
        "spread": result,
        "half": words.duration(result.half.total_seconds(), get_language() or "en"),
        "lasted": words.duration(result.lasted.total_seconds(), get_language() or "en"),
        "copies": sum(1 for one in cascade.posts if one.parent is None) if cluster else 0,
        "cut": cascade.cut,
        "chart": specification(hours),
        "hours": hours,
        "carriers": sorted(cascade.mentions, key=lambda one: -(one.audience or 0))[:CARRIERS],
        "tables": tables(cascade.mentions, cluster),
        "rows": rows_of(list(rows.order_by("said_at", "pk")), request.actor),
        "stream": f"{reverse('listen')}?{urlencode({'cluster': cluster})}" if cluster else "",
    }
    return render(request, "listen/spread.html", context)


def hours_of(cascade: Cascade) -> list[dict[str, Any]]:
    """Each hour in which anybody spoke: posts, new people, and how many people until then."""
    people, found = 0, []
    for hour, (posts, new) in by_hour(cascade.posts).items():
        people += new
        found.append({"at": timezone.localtime(hour), "posts": posts, "new": new, "people": people})
    return found


def specification(hours: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Posts by hour as bars, the people who have spoken so far as a line."""
    values = [one | {"at": one["at"].replace(tzinfo=None).isoformat()} for one in hours]
    end = hours[-1]["at"] + timedelta(hours=1)
    hour = {"field": "at", "type": "temporal", "title": None, "axis": {"labelOverlap": True}}
    whole = {"tickMinStep": 1, "format": "d"}
    tip = [
        {"field": "at", "type": "temporal", "title": _("Hour"), "format": "%e %b, %H:%M"},
        {"field": "posts", "title": _("Messages")},
        {"field": "people", "title": _("People so far")},
    ]
    return {
        "data": {"values": values, "format": {"parse": {"at": "date:'%Y-%m-%dT%H:%M:%S'"}}},
        "height": 200,
        "description": _("Messages by hour, and how many people had spoken. The table below says the same."),
        "encoding": {
            "x": hour | {"scale": {"domainMax": end.replace(tzinfo=None).isoformat()}}
            if len(hours) == 1
            else hour
        },
        "layer": [
            {
                "mark": {"type": "bar", "color": "var(--chart-1)", "width": 6},
                "encoding": {
                    "y": {"field": "posts", "type": "quantitative", "title": _("Messages"), "axis": whole},
                    "tooltip": tip,
                },
            },
            {
                "mark": {
                    "type": "line",
                    "color": "var(--chart-3)",
                    "interpolate": "step-after",
                    "point": True,
                },
                "encoding": {
                    "y": {
                        "field": "people",
                        "type": "quantitative",
                        "title": _("People so far"),
                        "axis": whole,
                    },
                    "tooltip": tip,
                },
            },
        ],
        "resolve": {"scale": {"y": "independent"}},
    }


def tables(mentions: Sequence[Mention], cluster: int) -> list[tuple[str, list[Line]]]:
    """By site, channel and language, the most first."""
    names = words.locale_of(get_language() or "en").languages
    sites = Counter((one.network, "") for one in mentions)
    channels = Counter((str(one.channel), f"channel={one.channel_id}") for one in mentions)
    codes = Counter(one.analysis.language if hasattr(one, "analysis") else "" for one in mentions)
    languages = Counter(
        {(names.get(code, code) or _("unknown"), f"language={code}"): n for code, n in codes.items()}
    )
    return [
        (title, _lines(counts, cluster))
        for title, counts in (
            (_("By site"), sites),
            (_("By channel"), channels),
            (_("By language"), languages),
        )
    ]


def _lines(counts: Counter[tuple[str, str]], cluster: int) -> list[Line]:
    whole = counts.total()
    return [
        Line(
            name=name,
            n=n,
            share=round(100 * n / whole),
            url=f"{reverse('listen')}?cluster={cluster}&{where}" if cluster and where else "",
        )
        for (name, where), n in counts.most_common(8)
    ]
