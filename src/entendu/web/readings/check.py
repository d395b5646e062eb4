"""A message by lot, which a person reads without being told what the machine read."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entendu.analysis.models import Correction, Facet
from entendu.analysis.quality import CHECKED, drawn
from entendu.conversations.correct import correct
from entendu.conversations.errors import VerbRefused
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.web.access import Asked, may
from entendu.web.readings.words import VALUES, value_in_words

SINCE = timedelta(days=30)


@require_http_methods(["GET", "POST"])
@may("correct")
def check(request: Asked) -> HttpResponse:
    """The message and the choices; then what was said, and the next message."""
    if request.method == "POST":
        return _keep(request)
    mention = drawn(request.actor, since=clock.now() - SINCE)
    if mention is None:
        messages.info(request, _("All messages of the last 30 days are checked."))
        return redirect("readings")
    return _show(request, mention)


def _show(
    request: Asked, mention: Mention, said: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    given = said or {}
    choices = [
        (
            facet,
            facet.label,
            [(value, name, given.get(facet) == value) for value, name in VALUES[facet].items()],
        )
        for facet in CHECKED
    ]
    context = {"it": mention, "choices": choices, "error": status != 200}
    return render(request, "readings/check.html", context, status=status)


def _keep(request: Asked) -> HttpResponse:
    given = request.POST.get("mention", "")
    wanted = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0
    found = Mention.objects.visible_to(request.actor).select_related("author", "channel")
    mention = get_object_or_404(found, pk=wanted)
    said = {facet: request.POST[facet] for facet in map(str, CHECKED) if request.POST.get(facet)}
    if not said:
        return _show(request, mention, said, status=422)
    try:
        kept = [
            correct(mention, by=request.actor, facet=facet, value=value, sampled=True)
            for facet, value in said.items()
        ]
    except VerbRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("readings_check")
    messages.success(request, _told(kept))
    return redirect("readings_check")


def _told(kept: list[Correction]) -> str:
    """What the machine had read, now that the person has spoken."""
    others = [
        f"{Facet(one.facet).label}: {value_in_words(one.facet, one.machine)}"
        for one in kept
        if one.machine != one.value
    ]
    if not others:
        return _("The machine had read the same.")
    return _("The machine had read otherwise (%(what)s). Yours counts.") % {"what": ", ".join(others)}
