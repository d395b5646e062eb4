"""The rules of masking: for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entendu.mentions.masking import BadRule, rules_of, set_patterns, set_rules
from entendu.mentions.models import PiiKind, Place
from entendu.web.access import Asked, may


@require_http_methods(["GET", "POST"])
@may("administer")
def privacy(request: Asked) -> HttpResponse:
    """A table of kinds and places; our own numbers."""
    rules = rules_of([request.actor.organisation_id])[request.actor.organisation_id]
    ticked = {(kind, place) for place, kinds in rules.kinds.items() for kind in kinds}
    patterns = "\n".join(rules.patterns)
    error = ""
    if request.method == "POST":
        ticked = {
            (kind, place)
            for kind in PiiKind.values
            for place in Place.values
            if request.POST.get(f"{kind}.{place}") == "1"
        }
        patterns = request.POST.get("patterns", "")[:2_000]
        try:
            set_patterns(request.actor, patterns.splitlines())
            set_rules(request.actor, ticked)
        except BadRule as bad:
            error = {
                "pattern": _("A pattern has 4 to 40 signs, three of them 9 at least: CMD-999999."),
                "too_many": _("Twenty patterns at most."),
            }.get(bad.code, _("Your role does not allow this."))
        else:
            messages.success(request, _("Kept. It holds for what comes from now on."))
            return redirect("privacy")
    rows = [
        (label, [(f"{kind}.{place}", where, (kind, place) in ticked) for place, where in Place.choices])
        for kind, label in PiiKind.choices
    ]
    context = {"rows": rows, "places": Place.choices, "patterns": patterns, "error": error}
    return render(request, "privacy/privacy.html", context, status=422 if error else 200)


PATHS = [path("privacy/", privacy, name="privacy")]
