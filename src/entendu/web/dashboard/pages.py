"""The dashboard, and the lists of conversations behind its numbers."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entendu.accounts.paging import slice_of
from entendu.analysis.models import Signal, Topic
from entendu.analysis.moving import in_state
from entendu.channels.models import Channel
from entendu.measures import compute
from entendu.measures.lists import conversations
from entendu.measures.sheet import Sheet
from entendu.web.access import Asked, page
from entendu.web.dashboard import chart, tables
from entendu.web.dashboard.asked import PERIODS, AskedFor, asked_of
from entendu.web.dashboard.cards import card
from entendu.web.dashboard.voices import voices
from entendu.web.signals.rows import Row, rows_of

HEADLINES = ("mentions", "net_sentiment", "first_response", "full_resolution", "promises_kept", "handoffs")
OTHERS = (
    "people_heard",
    "conversations_opened",
    "response_rate",
    "next_response",
    "reopen_rate",
    "correction_rate",
)


@require_GET
@page
def dashboard(request: Asked) -> HttpResponse:
    """Everything on one page. The number of its queries does not depend on what is stored."""
    asked = asked_of(request.GET, request.actor)
    context = {**filters(request, asked), **shown(request, asked), "moving": moving(request)}
    return render(request, "dashboard/dashboard.html", context, status=422 if asked.trouble else 200)


@require_GET
@page
def counted(request: Asked, slug: str) -> HttpResponse:
    """The conversations that a number counts."""
    asked = asked_of(request.GET, request.actor)
    try:
        measure = compute.definition(slug)
    except compute.UnknownMeasure as error:
        raise Http404 from error
    found = conversations(request.actor, slug, asked.perimeter, request.GET.get("part", "")[:20])
    page_ = slice_of(
        found.order_by("-opened_at").select_related("author", "channel", "owner", "topic"),
        request.GET.get("cursor", ""),
    )
    context = {
        "asked": asked,
        "measure": measure,
        "rows": page_.rows,
        "following": page_.following,
        "address": asked.address(part=request.GET.get("part", "")[:20]),
    }
    return render(request, "dashboard/conversations.html", context)


def moving(request: Asked) -> list[Row]:
    """What moves now, whatever the period: the three that ask most for eyes."""
    signals = in_state(Signal.objects.visible_to(request.actor), "moving").select_related("quote", "seen_by")
    return rows_of(list(signals[:3]))


def shown(request: Asked, asked: AskedFor) -> dict[str, Any]:
    """What the page says."""
    sheet, earlier = Sheet(asked.perimeter), Sheet(asked.perimeter.before())
    results = {slug: compute.compare(slug, sheet, earlier) for slug in (*HEADLINES, *OTHERS, "backlog")}
    backlog = results["backlog"]
    days = chart.days_of(asked, sheet.by("day"))
    return {
        "headlines": [card(asked, results[slug]) for slug in HEADLINES],
        "others": [card(asked, results[slug]) for slug in OTHERS],
        "backlog": card(asked, backlog),
        "read_by": compute.read_by(
            asked.perimeter.organisation, asked.perimeter.since, asked.perimeter.until
        ),
        "bands": tables.bands(asked, backlog.now),
        "chart": chart.specification(asked, days),
        "days": [day for day in reversed(days) if day.total],
        "sentiments": chart.names(),
        "topics": tables.topics(asked, request.actor, sheet.by("topic")),
        "channels": tables.channels(asked, request.actor, sheet.by("channel")),
    }


def filters(request: Asked, asked: AskedFor) -> dict[str, Any]:
    """What the form offers, and what was asked for."""
    about = asked.perimeter
    languages = Sheet(compute.perimeter_of(about.organisation, about.since, about.until)).by("language")
    return {
        "asked": asked,
        "before": about.before(),
        "periods": [(days, _("%(days)s days") % {"days": days}, asked.address(days=days, since="", until=""))
                    for days in PERIODS],
        "channel_choices": Channel.objects.visible_to(request.actor).order_by("name").values_list("pk", "name"),
        "topic_choices": Topic.objects.visible_to(request.actor),
        "language_choices": sorted(code for code in languages if code),
    }  # fmt: skip


PATHS = [
    path("dashboard/", dashboard, name="dashboard"),
    path("dashboard/voices/", voices, name="dashboard_voices"),
    path("dashboard/<slug:slug>/conversations/", counted, name="dashboard_conversations"),
]
