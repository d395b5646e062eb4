"""History read again: started, followed and stopped by a person."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entendu.analysis.models import Rereading
from entendu.analysis.reread import AlreadyRereading, current_version, start_rereading, stop_rereading
from entendu.web.access import Asked, may, page


@require_GET
@page
def progress(request: Asked) -> HttpResponse:
    """How far it came, for the page that asks every few seconds."""
    return render(request, "readings/_rereading.html", shown(request))


@require_POST
@may("listen")
def start(request: Asked) -> HttpResponse:
    """Begins; the worker goes on."""
    typed = request.POST.get("since", "")
    day = _day(typed)
    if typed and day is None:
        messages.error(request, _("This is no date: 2026-01-31."))
        return redirect("readings")
    since = timezone.make_aware(datetime.combine(day, time())) if day else None
    try:
        start_rereading(request.actor.organisation, since=since, by=request.actor)
    except AlreadyRereading:
        messages.error(request, _("A rereading goes on already."))
    return redirect("readings")


@require_POST
@may("listen")
def stop(request: Asked, rereading: int) -> HttpResponse:
    """What was read again stays."""
    found = get_object_or_404(
        Rereading.objects.visible_to(request.actor).select_related("organisation"), pk=rereading
    )
    if stop_rereading(found, by=request.actor):
        messages.success(request, _("Stopped. What was read again stays so."))
    return redirect("readings")


def shown(request: Asked) -> dict[str, Any]:
    """The rereading that goes on, the last ones, and who may start one."""
    jobs = list(
        Rereading.objects.visible_to(request.actor).select_related("by", "stopped_by").order_by("-id")[:5]
    )
    going = next((job for job in jobs if job.ended_at is None), None)
    return {
        "going": going,
        "jobs": [job for job in jobs if job is not going],
        "current": current_version(request.actor.organisation),
        "can_listen": request.actor.may("listen"),
    }


def _day(typed: str) -> Any:
    try:
        return parse_date(typed) if typed else None
    except ValueError:
        return None
