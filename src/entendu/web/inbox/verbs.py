"""One address for each verb on a conversation. Each says who may, calls the verb, and shows what became of it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entendu.accounts.models import Membership
from entendu.analysis.models import Topic
from entendu.conversations import attach as attaching
from entendu.conversations import close as closing
from entendu.conversations import snooze as snoozing
from entendu.conversations import take as taking
from entendu.conversations import topic as topics
from entendu.conversations.correct import correct as correct_reading
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Conversation
from entendu.mentions.models import Mention
from entendu.web.access import Asked, may
from entendu.web.inbox.answer import Toast, acted, refused, shown
from entendu.web.inbox.moments import local_now, preset_or_custom, snooze_presets
from entendu.web.inbox.show import find
from entendu.web.templatetags.shown import in_words


@require_POST
@may("answer")
def take_next(request: Asked) -> HttpResponse:
    """Takes the first one of those that wait, and opens it."""
    try:
        taken = taking.take_next(by=request.actor)
    except VerbRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("inbox", box="to_take")
    if taken is None:
        messages.success(request, _("Nothing waits for anybody. Well done."))
        return redirect("inbox", box="to_take")
    return HttpResponseRedirect(reverse("conversation", args=["mine", taken.number]))


@require_POST
@may("answer")
def take(request: Asked, number: int) -> HttpResponse:
    """I take care of it."""
    toast = Toast(_("You take care of it."), undo="release")
    return acted(request, number, lambda one: taking.take(one, by=request.actor), toast)


@require_POST
@may("answer")
def release(request: Asked, number: int) -> HttpResponse:
    """Back among those to take."""
    toast = Toast(_("Put back among those to take."), undo="take")
    return acted(request, number, lambda one: taking.release(one, by=request.actor), toast)


@require_POST
@may("triage")
def assign(request: Asked, number: int) -> HttpResponse:
    """Hands it over to a colleague."""
    if not request.POST.get("to"):
        return refused(request, find(request, number), _("Choose a colleague."))
    colleagues = Membership.objects.visible_to(request.actor).select_related("user", "organisation")
    to = get_object_or_404(colleagues, pk=_number(request, "to"))
    toast = Toast(_("Handed over to %(name)s.") % {"name": to.user})
    return acted(request, number, lambda one: taking.assign(one, by=request.actor, to=to), toast)


@require_POST
@may("triage")
def snooze(request: Asked, number: int) -> HttpResponse:
    """Pauses it until a moment, or until the customer speaks."""
    until = preset_or_custom(
        request.POST.get("until", ""), request.POST.get("moment", ""), snooze_presets(local_now())
    )
    if until is None:
        return refused(request, find(request, number), _("Choose until when."))
    words = _("Paused until %(moment)s, or until the customer writes.") % {"moment": in_words(until)}
    toast = Toast(words, undo="wake")
    return acted(request, number, lambda one: snoozing.snooze(one, by=request.actor, until=until), toast)


@require_POST
@may("triage")
def wake(request: Asked, number: int) -> HttpResponse:
    """Ends the pause."""
    return acted(request, number, lambda one: snoozing.wake(one, by=request.actor), Toast(_("Awake again.")))


@require_POST
@may("answer")
def close(request: Asked, number: int) -> HttpResponse:
    """Closes it, for a reason."""
    reason = request.POST.get("reason", "solved")
    toast = Toast(_("Closed."), undo="reopen")
    return acted(request, number, lambda one: closing.close(one, by=request.actor, reason=reason), toast)


@require_POST
@may("answer")
def reopen(request: Asked, number: int) -> HttpResponse:
    """Opens it again."""
    return acted(request, number, lambda one: closing.reopen(one, by=request.actor), Toast(_("Open again.")))


@require_POST
@may("triage")
def topic(request: Asked, number: int) -> HttpResponse:
    """Says what it is about; without a topic, about nothing in particular."""
    slug = request.POST.get("topic", "")
    chosen = get_object_or_404(Topic.objects.visible_to(request.actor), slug=slug) if slug else None
    before = find(request, number).topic
    toast = Toast(_("Topic set."), undo="topic", values=(("topic", before.slug if before else ""),))
    return acted(request, number, lambda one: topics.set_topic(one, by=request.actor, topic=chosen), toast)


@require_POST
@may("triage")
def attach(request: Asked, number: int) -> HttpResponse:
    """Moves its messages into another conversation, known by its number."""
    conversation = find(request, number)
    others = Conversation.objects.visible_to(request.actor)
    into = others.filter(number=_number(request, "into")).first()
    if into is None:
        return refused(request, conversation, _("There is no conversation with this number."))
    try:
        attaching.attach(conversation, into=into, by=request.actor)
    except VerbRefused as refusal:
        return refused(request, conversation, str(refusal))
    return shown(
        request, conversation, Toast(_("Attached to #%(number)s.") % {"number": into.number}, undo="detach")
    )


@require_POST
@may("triage")
def detach(request: Asked, number: int) -> HttpResponse:
    """Undoes the attachment: everything returns to where it was."""
    toast = Toast(_("Detached: everything is back where it was."))
    return acted(request, number, lambda one: attaching.detach(one, by=request.actor), toast)


@require_POST
@may("correct")
def correct(request: Asked, number: int) -> HttpResponse:
    """Says otherwise than the machine, about one message of the conversation."""
    conversation = find(request, number)
    if not request.POST.get("mention"):
        return refused(request, conversation, _("Choose a message."))
    mine = Mention.objects.visible_to(request.actor).filter(part__conversation=conversation)
    mention = get_object_or_404(mine, pk=_number(request, "mention"))
    facet, value = request.POST.get("facet", ""), request.POST.get("value", "")
    before = request.POST.get("before", "")
    values = (("mention", str(mention.pk)), ("facet", facet), ("value", before), ("before", value))
    toast = Toast(
        _("Corrected. The machine's word is kept beside yours."),
        undo="correct" if before else "",
        values=values,
    )
    verb = lambda _one: correct_reading(mention, by=request.actor, facet=facet, value=value)  # noqa: E731
    return acted(request, number, verb, toast)


def _number(request: Asked, name: str) -> int:
    text = request.POST.get(name, "").strip().lstrip("#")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
