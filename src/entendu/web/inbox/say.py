"""What leaves or stays inside: replies, notes, promises; and who is there."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entendu.conversations import note as noting
from entendu.conversations import presence as presences
from entendu.conversations import promise as promising
from entendu.conversations import reply as replying
from entendu.conversations import settle as settling
from entendu.conversations.errors import Stale, VerbRefused
from entendu.conversations.models import Promise, Reply
from entendu.conversations.promise import PromiseTerms
from entendu.web.access import Asked, may, page
from entendu.web.inbox.answer import Toast, acted, shown
from entendu.web.inbox.moments import local_now, preset_or_custom, promise_presets
from entendu.web.inbox.show import find
from entendu.web.inbox.thread import Kept


class BadTerms(ValueError):
    """A promise without a moment."""


@require_POST
@may("answer")
def reply(request: Asked, number: int) -> HttpResponse:
    """Answers the customer. 409 with what is new when the conversation moved on; the text is kept."""
    conversation = find(request, number)
    text, mode = request.POST.get("text", ""), request.POST.get("visibility", "")
    try:
        seen = int(request.POST.get("seen_version", "0"))
        written = replying.reply(
            conversation,
            by=request.actor,
            text=text,
            visibility=mode,
            seen_version=seen,
            key=request.POST.get("key", "")[:64],
            promise=_terms(request),
            anyway=request.POST.get("anyway") == "1",
        )
    except Stale as stale:
        kept = Kept(text=text, mode=mode, error=str(stale), news=stale.events, promise=_typed(request))
        return shown(request, conversation, kept=kept, status=409)
    except VerbRefused as refusal:
        kept = Kept(
            text=text,
            mode=mode,
            error=str(refusal),
            promise=_typed(request),
            doubt=refusal.code == "personal_data",
        )
        return shown(request, conversation, kept=kept, status=422)
    except ValueError:
        kept = Kept(text=text, mode=mode, error=_("Say before when you promise it."), promise=_typed(request))
        return shown(request, conversation, kept=kept, status=422)
    toast = Toast(
        _("It leaves in a few seconds."), undo="unsend", target=written.pk, seconds=settings.UNDO_SECONDS
    )
    return shown(request, conversation, toast, sent=True)


@require_POST
@may("answer")
def unsend(request: Asked, number: int, reply: int) -> HttpResponse:
    """Takes a reply back before it leaves; its text returns to the composer."""
    mine = Reply.objects.visible_to(request.actor).select_related("conversation")
    written = get_object_or_404(mine, pk=reply)
    try:
        replying.unsend(written, by=request.actor)
    except VerbRefused as refusal:
        return shown(request, find(request, number), kept=Kept(error=str(refusal)), status=422)
    kept = Kept(text=written.text, mode=written.visibility)
    return shown(request, find(request, number), Toast(_("Taken back. Nothing left.")), kept=kept)


@require_POST
@may("answer")
def settle(request: Asked, number: int, reply: int) -> HttpResponse:
    """Says what became of a reply whose fate is unknown, after a look at the channel."""
    uncertain = get_object_or_404(
        Reply.objects.visible_to(request.actor).select_related("conversation"), pk=reply
    )
    outcome = request.POST.get("outcome", "")
    verb = lambda _one: settling.settle(uncertain, by=request.actor, outcome=outcome)  # noqa: E731
    return acted(request, number, verb, Toast(_("Kept.")))


@require_POST
@may("note")
def note(request: Asked, number: int) -> HttpResponse:
    """Keeps an internal word."""
    conversation = find(request, number)
    text = request.POST.get("text", "")
    try:
        noting.note(conversation, by=request.actor, text=text)
    except VerbRefused as refusal:
        return shown(request, conversation, kept=Kept(note=text, mode="note", error=str(refusal)), status=422)
    return shown(request, conversation, Toast(_("Noted. The customer does not see it.")), sent=True)


@require_POST
@may("answer")
def promise(request: Asked, number: int) -> HttpResponse:
    """Promises without writing: it was said elsewhere (on the phone, at the counter)."""
    try:
        terms = _terms(request)
    except BadTerms:
        terms = None
    if terms is None:
        error = _("Say what you promise, and before when.")
        return shown(
            request, find(request, number), kept=Kept(error=error, promise=_typed(request)), status=422
        )
    toast = Toast(_("Promised."))
    return acted(request, number, lambda one: promising.promise(one, by=request.actor, terms=terms), toast)


@require_POST
@may("answer")
def keep(request: Asked, number: int, promise: int) -> HttpResponse:
    """The promise is kept."""
    made = get_object_or_404(
        Promise.objects.visible_to(request.actor).select_related("conversation"), pk=promise
    )
    toast = Toast(_("Promise kept."))
    return acted(request, number, lambda _one: promising.keep(made, by=request.actor), toast)


@require_POST
@may("answer")
def renew(request: Asked, number: int, promise: int) -> HttpResponse:
    """Another moment is promised, before the first one is past."""
    made = get_object_or_404(
        Promise.objects.visible_to(request.actor).select_related("conversation"), pk=promise
    )
    try:
        terms = _terms(request)
    except BadTerms:
        terms = None
    if terms is None:
        return shown(
            request, find(request, number), kept=Kept(error=_("Say before when you promise it.")), status=422
        )
    toast = Toast(_("Promise renewed."))
    return acted(request, number, lambda _one: promising.renew(made, by=request.actor, terms=terms), toast)


@require_POST
@page
def presence(request: Asked, number: int) -> HttpResponse:
    """I have it open, and write or not; answers who else is there. `leaving`: I look elsewhere."""
    conversation = find(request, number)
    if request.POST.get("leaving"):
        presences.leave(conversation, by=request.actor)
        return HttpResponse(status=204)
    presences.look(conversation, by=request.actor, writing=request.POST.get("writing") == "1")
    others = presences.present(conversation, but=request.actor)
    return render(request, "inbox/_presence.html", {"others": others})


def _terms(request: Asked) -> PromiseTerms | None:
    """The promise of the form; None when nothing is promised. BadTerms when its moment is missing."""
    typed = _typed(request)
    if not typed["what"]:
        return None
    due_at = preset_or_custom(typed["when"], typed["at"], promise_presets(local_now()))
    if due_at is None:
        raise BadTerms
    return PromiseTerms(typed["what"], due_at, typed["conditions"])


def _typed(request: Asked) -> dict[str, str]:
    names = ("what", "when", "at", "conditions")
    return {name: request.POST.get(f"promise_{name}", "").strip() for name in names}
