"""What one can do in the register of announcements."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entendu.accounts.models import Membership
from entendu.analysis.claims import BadClaim, accept_claim, add_claim, change_claim, end_claim, refuse_claim
from entendu.analysis.models import Claim, ClaimKind, ClaimMatch, Topic
from entendu.conversations.errors import VerbRefused
from entendu.conversations.judge_claim import judge_claim
from entendu.web.access import Asked, may
from entendu.web.claims import form
from entendu.web.claims.words import sentence


@require_http_methods(["GET", "POST"])
@may("listen")
def add(request: Asked) -> HttpResponse:
    """A new announcement."""
    if request.method == "GET":
        return _form(request, form.blank(request.actor))
    typed = form.typed(request.POST)
    try:
        claim = add_claim(request.actor.organisation, form.terms(request.actor, typed), by=request.actor)
    except BadClaim as bad:
        return _form(request, typed, bad=bad)
    messages.success(request, _("Announced. The messages of the last 90 days are held against it."))
    return redirect("claim", claim=claim.pk)


@require_http_methods(["GET", "POST"])
@may("listen")
def change(request: Asked, claim: int) -> HttpResponse:
    """Other words, another scope."""
    found = _find(request, claim)
    if request.method == "GET":
        return _form(request, form.kept(found), claim=found)
    typed = form.typed(request.POST)
    try:
        change_claim(found, form.terms(request.actor, typed), by=request.actor)
    except BadClaim as bad:
        return _form(request, typed, claim=found, bad=bad)
    messages.success(request, _("Kept. What nobody decided upon is looked at anew."))
    return redirect("claim", claim=claim)


@require_POST
@may("listen")
def accept(request: Asked, claim: int) -> HttpResponse:
    """What was proposed is an announcement."""
    return _moved(
        request, claim, accept_claim, _("In force. The messages of the last 90 days are held against it.")
    )


@require_POST
@may("listen")
def refuse(request: Asked, claim: int) -> HttpResponse:
    """It is none."""
    return _moved(request, claim, refuse_claim, _("Refused: it is not proposed again."))


@require_POST
@may("listen")
def end(request: Asked, claim: int) -> HttpResponse:
    """It is announced no more."""
    return _moved(request, claim, end_claim, _("Withdrawn. What was held against it stays."))


@require_POST
@may("correct")
def judge(request: Asked, match: int) -> HttpResponse:
    """A person says whether a message contradicts a claim."""
    found = ClaimMatch.objects.visible_to(request.actor).select_related("claim__organisation")
    held = get_object_or_404(found, pk=match)
    decision = request.POST.get("decision", "")
    try:
        judge_claim(held, by=request.actor, decision=decision)
    except VerbRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = {
            "confirmed": _("Confirmed: it contradicts what was announced."),
            "rejected": _("Noted: it does not contradict what was announced."),
        }
        messages.success(request, said.get(decision, _("Taken back.")))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("claim", claim=held.claim_id)


def _moved(request: Asked, claim: int, verb: Callable[..., Claim], said: str) -> HttpResponse:
    found = _find(request, claim)
    try:
        verb(found, by=request.actor)
    except BadClaim as bad:
        messages.error(request, " ".join(sentence(code) for code in bad.errors.values()))
    else:
        messages.success(request, said)
    return redirect("claims")


def _find(request: Asked, claim: int) -> Claim:
    mine = Claim.objects.visible_to(request.actor).select_related("organisation", "topic", "owner")
    return get_object_or_404(mine, pk=claim)


def _form(
    request: Asked, typed: dict[str, Any], *, claim: Claim | None = None, bad: BadClaim | None = None
) -> HttpResponse:
    members = Membership.objects.visible_to(request.actor).select_related("user").order_by("user__name")
    context = {
        "typed": typed,
        "claim": claim,
        "errors": {field or "text": sentence(code) for field, code in bad.errors.items()} if bad else {},
        "kinds": ClaimKind.choices,
        "topics": Topic.objects.visible_to(request.actor).order_by("slug"),
        "owners": [(str(one.user_id), one.user.name) for one in members],
    }
    return render(request, "claims/form.html", context, status=422 if bad else 200)
