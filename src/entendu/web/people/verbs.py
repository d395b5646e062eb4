"""Who is who, said by a person and undone exactly; and the right to be forgotten."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entendu.conversations.erase import erase_person
from entendu.conversations.errors import VerbRefused
from entendu.mentions.models import Author
from entendu.people import link as linking
from entendu.people.models import Identity
from entendu.web.access import Asked, may
from entendu.web.people.pages import find, show
from entendu.web.people.words import REFUSALS


@require_POST
@may("link")
def confirm(request: Asked, identity: int) -> HttpResponse:
    """The proposed link is right."""
    return _decide(request, identity, linking.confirm, _("Linked: everything is on one page now."))


@require_POST
@may("link")
def decline(request: Asked, identity: int) -> HttpResponse:
    """The proposed link is wrong."""
    return _decide(request, identity, linking.decline, _("Noted: these are two persons."))


@require_POST
@may("link")
def undo(request: Asked, identity: int) -> HttpResponse:
    """The link was wrong: the account is again whoever it was."""
    return _decide(request, identity, linking.undo, _("Undone: the account is on its own page again."))


@require_POST
@may("link")
def link(request: Asked, person: int) -> HttpResponse:
    """A colleague says that an account is this person, and why."""
    found = find(request, person)
    text = request.POST.get("author", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    if not wanted:
        return show(request, found, error=_("Choose an account."), status=422)
    accounts = Author.objects.visible_to(request.actor).select_related("organisation")
    author = get_object_or_404(accounts, pk=wanted, ours=False)
    try:
        claim = linking.propose(
            author,
            person=found,
            by=request.actor,
            evidence=request.POST.get("evidence", ""),
            note=request.POST.get("note", "").strip(),
        )
        linking.confirm(claim, by=request.actor)
    except linking.LinkRefused as refusal:
        return show(request, found, error=str(REFUSALS[refusal.code]), status=422)
    messages.success(request, _("Linked: everything is on one page now."))
    return redirect("person", found.pk)


@require_POST
@may("administer")
def erase(request: Asked, person: int) -> HttpResponse:
    """Erases the person. The form asks for a tick, since nothing brings it back."""
    found = find(request, person)
    if request.POST.get("sure") != "1":
        return show(request, found, error=_("Tick the box first: this cannot be undone."), status=422)
    try:
        erase_person(found, by=request.actor)
    except VerbRefused as refusal:
        return show(request, found, error=str(refusal), status=422)
    messages.success(request, _("Erased. Nothing that this person said is kept any more."))
    return redirect("person", found.pk)


def _decide(request: Asked, identity: int, verb: Callable[..., object], words: str) -> HttpResponse:
    rows = Identity.objects.visible_to(request.actor).select_related("author", "person", "replaces")
    claim = get_object_or_404(rows, pk=identity)
    try:
        verb(claim, by=request.actor)
        messages.success(request, words)
    except linking.LinkRefused as refusal:
        messages.error(request, str(REFUSALS[refusal.code]))
    return redirect("person", claim.person_id)
