"""The register of announcements: the list, one claim with the messages that hold against it, the table as a file."""

import csv
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entendu.accounts.paging import slice_of
from entendu.analysis.models import Claim, ClaimMatch, ClaimState
from entendu.analysis.models.claim import CONTRADICTED
from entendu.web.access import Asked, page
from entendu.web.claims.shown import held_of, lines_of, loaded, looked_back

SHOWN = 200  # of each state
_CLAIMS = ("topic", "owner", "by", "said_in__channel")
_PARTS = ("against", "unsure", "for", "rejected")


@require_GET
@page
def claims(request: Asked) -> HttpResponse:
    """What we announced, the most contradicted first; what is proposed; what was withdrawn."""
    mine = Claim.objects.visible_to(request.actor).select_related(*_CLAIMS)
    lines = lines_of(list(mine.filter(state=ClaimState.IN_FORCE).order_by("-id")[:SHOWN]))
    ended = lines_of(list(mine.filter(state=ClaimState.ENDED).order_by("-changed_at")[:50]))
    context = {
        "lines": sorted(lines, key=lambda line: (-line.people, line.it.text)),
        "proposed": mine.filter(state=ClaimState.PROPOSED).order_by("-id")[:50],
        "ended": ended,
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "claims/claims.html", context)


@require_GET
@page
def claim(request: Asked, claim: int) -> HttpResponse:
    """One claim: its scope, who contradicts it and in what words, what it was before."""
    found = get_object_or_404(Claim.objects.visible_to(request.actor).select_related(*_CLAIMS), pk=claim)
    part = request.GET.get("part", "against")
    part = part if part in _PARTS else "against"
    rows = slice_of(_of_part(request, found, part).order_by("-id"), request.GET.get("cursor", ""))
    context: dict[str, Any] = {
        "claim": found,
        "line": lines_of([found])[0],
        "held": held_of(rows.rows),
        "following": rows.following,
        "part": part,
        "parts": [
            ("against", _("Contradict it")),
            ("unsure", _("May contradict it")),
            ("for", _("Live what was announced")),
            ("rejected", _("Rejected by a person")),
        ],
        "progress": looked_back(found),
        "versions": found.versions.select_related("by").order_by("-id")[:20],
        "can_listen": request.actor.may("listen"),
        "can_correct": request.actor.may("correct"),
    }
    return render(request, "claims/claim.html", context)


@require_GET
@page
def table(request: Asked) -> HttpResponse:
    """The register as CSV, with the counts of the page."""
    mine = Claim.objects.visible_to(request.actor).select_related("topic", "owner").order_by("id")
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="claims.csv"'
    rows = csv.writer(answer)
    names = "id announcement kind state place topic site from until owner people unsure"
    rows.writerow(names.split())
    for line in lines_of(list(mine[:2_000])):
        one = line.it
        topic = one.topic.slug if one.topic else ""
        cells = (
            one.pk,
            one.text,
            one.kind,
            one.state,
            one.place,
            topic,
            one.site,
            one.valid_from,
            one.valid_until,
        )
        rows.writerow([*map(safe, cells), safe(one.owner or ""), line.people, line.unsure])
    return answer


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text


def _of_part(request: Asked, found: Claim, part: str) -> Any:
    matches = loaded(ClaimMatch.objects.visible_to(request.actor).filter(claim=found))
    matches = matches.filter(mention__deleted_at__isnull=True)
    if part == "against":
        return matches.filter(CONTRADICTED)
    if part == "rejected":
        return matches.filter(decision="rejected")
    return matches.filter(decision="", verdict="unsure" if part == "unsure" else "supports")
