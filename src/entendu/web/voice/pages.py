"""The tracked names side by side, and which of the queries are names."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from entendu.channels.models import Channel
from entendu.measures.names import carried, count_anew, said, tracked
from entendu.measures.sheet import Sheet
from entendu.mentions.models import Query, Tracked
from entendu.mentions.track import TrackRefused, track
from entendu.web.access import Asked, may, page
from entendu.web.dashboard.asked import asked_of
from entendu.web.dashboard.pages import filters
from entendu.web.voice import chart, tables


@require_GET
@page
def voice(request: Asked) -> HttpResponse:
    """Each name: mentions, people, how far they carry, in which mood; by day, channel and language."""
    asked = asked_of(request.GET, request.actor)
    once = request.GET.get("once") == "1"
    sheet = Sheet(asked.perimeter)
    names = tracked(request.actor.organisation)
    whole = said(sheet, once=once).get("", {})
    days = chart.days_of(asked, names, said(sheet, "day", once=once), once=once)
    known = dict(Channel.objects.visible_to(request.actor).values_list("pk", "name"))
    context: dict[str, Any] = {
        **filters(request, asked),
        "names": names,
        "lines": tables.lines(asked, names, whole, carried(sheet, names), once=once),
        "total": sum(counts.total() for counts in whole.values()),
        "chart": chart.specification(names, days),
        "days": [day for day in reversed(days) if day.total],
        "by_channel": tables.shares(
            asked, names, said(sheet, "channel", once=once), "channel", known, once=once
        ),
        "by_language": tables.shares(
            asked, names, said(sheet, "language", once=once), "language", {}, once=once
        ),
        "once": once,
        "here": asked.address(once=""),
        "queries": Query.objects.visible_to(request.actor).order_by("name"),
        "choices": [("", _("no name")), *Tracked.choices],
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "voice/voice.html", context, status=422 if asked.trouble else 200)


@require_POST
@may("listen")
def choose(request: Asked) -> HttpResponse:
    """Which queries are names; the days on which they found something are counted anew by the worker."""
    changed = 0
    for query in Query.objects.visible_to(request.actor).select_related("organisation"):
        wanted = request.POST.get(f"query-{query.pk}")
        if wanted is None:
            continue
        try:
            if track(query, by=request.actor, tracked=wanted):
                count_anew(query)
                changed += 1
        except TrackRefused:
            messages.error(request, _("This is not possible for “%(name)s”.") % {"name": query.name})
    if changed:
        said_so = ngettext(
            "%(n)d name changed. Its days are counted anew within a minute.",
            "%(n)d names changed. Their days are counted anew within a minute.",
            changed,
        )
        messages.success(request, said_so % {"n": changed})
    return redirect("voice")


PATHS = [path("voice/", voice, name="voice"), path("voice/names/", choose, name="voice_names")]
