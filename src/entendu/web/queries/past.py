"""The search of the past: started, stopped, and its progress, on the page of its query."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.back_fill import ask_sources, search_stored, sources_with_past, stop
from entendu.mentions.models import BackFill, Progress, Query
from entendu.web.access import Asked, may

SPANS = [
    (7, gettext_lazy("7 days")),
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("one year")),
]
SHOWN = 8
CODES = {
    "past_out_of_reach": gettext_lazy("The source cannot be asked such a query."),
    "connector_fault": gettext_lazy("The connector failed. Its maintainers need the detail."),
    "seal_broken": gettext_lazy("The secrets of this channel need another key."),
    "connector_absent": gettext_lazy("The connector of this channel is not installed."),
}


@require_GET
@may("listen")
def progress(request: Asked, query: int) -> HttpResponse:
    """The searches of a query, asked again by the page as long as one runs."""
    found = get_object_or_404(Query.objects.visible_to(request.actor), pk=query)
    return render(request, "queries/_past.html", {"query": found, **jobs_of(request.actor, found)})


@require_POST
@may("listen")
def start(request: Asked, query: int) -> HttpResponse:
    """Looks again in what is stored, or asks sources for their past."""
    found = get_object_or_404(Query.objects.visible_to(request.actor), pk=query)
    given = request.POST.get("days", "")
    days = int(given) if given in {str(number) for number, _label in SPANS} else SPANS[1][0]
    wanted = set(request.POST.getlist("channel"))
    chosen = [one for one in sources_of(request.actor) if str(one.pk) in wanted]
    if request.POST.get("stored") == "1":
        search_stored(found, by=request.actor)
    if chosen:
        ask_sources(found, by=request.actor, channels=chosen, since=clock.now() - timedelta(days=days))
    if chosen or request.POST.get("stored") == "1":
        messages.success(request, _("The search of the past has begun."))
    else:
        messages.error(request, _("Choose what is to be searched."))
    return redirect("query_change", query=query)


@require_POST
@may("listen")
def stop_job(request: Asked, query: int, job: int) -> HttpResponse:
    """Stops one; what it found stays."""
    rows = BackFill.objects.visible_to(request.actor).select_related("query")
    found = get_object_or_404(rows, pk=job, query=query)
    stop(found, by=request.actor)
    if request.htmx:
        return render(
            request, "queries/_past.html", {"query": found.query, **jobs_of(request.actor, found.query)}
        )
    messages.success(request, _("Stopped. What it found stays."))
    return redirect("query_change", query=query)


def jobs_of(actor: Membership, query: Query) -> dict[str, Any]:
    """The newest searches of `query`, and whether one runs."""
    rows = (
        BackFill.objects.visible_to(actor).filter(query=query).select_related("channel", "by", "stopped_by")
    )
    jobs = list(rows.order_by("-id")[:SHOWN])
    for job in jobs:
        job.told = CODES.get(job.code, job.code)  # type: ignore[attr-defined]
    return {"jobs": jobs, "running": any(job.state == Progress.RUNNING for job in jobs)}


def sources_of(actor: Membership) -> list[Channel]:
    """The channels whose sources can be asked."""
    return sources_with_past(
        Channel.objects.visible_to(actor).filter(retired_at__isnull=True).order_by("name")
    )
