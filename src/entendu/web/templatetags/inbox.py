"""Forms of the verbs, and how the lines of a conversation are said."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from entendu.conversations.close import REASONS
from entendu.conversations.models import Event, Kind, Promise
from entendu.kit import clock

register = template.Library()

_ICONS = {
    Kind.TAKEN: "hand", Kind.RELEASED: "corner-down-left", Kind.ASSIGNED: "user-plus", Kind.SNOOZED: "alarm-clock",
    Kind.WOKEN: "alarm-clock-off", Kind.CLOSED: "check", Kind.REOPENED: "rotate-ccw", Kind.TOPIC: "tag",
    Kind.ATTACHED: "link", Kind.DETACHED: "unlink", Kind.CORRECTED: "pencil", Kind.CHANGED: "pencil",
    Kind.KEPT: "handshake", Kind.BROKEN: "circle-x", Kind.RENEWED: "refresh-cw", Kind.REFUSED: "circle-x",
    Kind.UNCERTAIN: "circle-question-mark",
}  # fmt: skip


@register.simple_tag(takes_context=True)
def act(context: dict[str, Any], verb: str, *args: int) -> SafeString:
    """The attributes of the form of a verb: works without JavaScript, and as a fragment with it."""
    url = reverse(verb, args=[context["conversation"].number, *args])
    where = urlencode({"box": context.get("box", ""), "q": context.get("q", "")})
    return format_html(
        'method="post" action="{0}?{1}" hx-post="{0}?{1}" hx-target="#conversation" hx-status:409="swap:innerHTML"'
        ' hx-status:422="swap:{2}"',
        url,
        where,
        "innerHTML" if verb in {"reply", "note", "promise", "renew", "unsend"} else "none",
    )


@register.simple_tag(takes_context=True)
def row_url(context: dict[str, Any], number: int) -> str:
    """Where a row of the list leads: the conversation, in the same box and search."""
    url = reverse("conversation", args=[context["box"], number])
    return f"{url}?{urlencode({'q': context['q']})}" if context.get("q") else url


@register.filter
def event_icon(event: Event) -> str:
    """The icon of a line of the timeline."""
    return _ICONS.get(Kind(event.kind), "dot")


@register.filter
def said(event: Event) -> str:
    """An event as a sentence: who did what. Never the code alone."""
    who = str(event.by) if event.by else "Entendu"
    data: dict[str, Any] = event.data
    words = {
        Kind.OPENED: _("The conversation began"),
        Kind.HEARD: _("A message came"),
        Kind.NOTED: _("%(who)s wrote a note"),
        Kind.REPLIED: _("%(who)s wrote a reply"),
        Kind.UNSENT: _("%(who)s took a reply back"),
        Kind.SENT: _("The reply was sent"),
        Kind.PROMISED: _("%(who)s made a promise"),
        Kind.TAKEN: _("%(who)s takes care of it"),
        Kind.RELEASED: _("%(who)s put it back among those to take"),
        Kind.ASSIGNED: _("%(who)s handed it over to %(name)s"),
        Kind.SNOOZED: _("%(who)s paused it"),
        Kind.WOKEN: _woken(data.get("why", "")),
        Kind.CLOSED: _("%(who)s closed it: %(reason)s"),
        Kind.REOPENED: _("%(who)s opened it again")
        if event.by
        else _("The customer wrote again: it is open"),
        Kind.TOPIC: _("%(who)s set the topic"),
        Kind.ATTACHED: _("Attached to #%(number)s") if "into" in data else _("#%(number)s was attached here"),
        Kind.DETACHED: _("The attachment of #%(number)s was undone"),
        Kind.CORRECTED: _("%(who)s corrected a reading"),
        Kind.CHANGED: _("The author changed the message"),
        Kind.KEPT: _("%(who)s kept the promise")
        if not data.get("late")
        else _("%(who)s made the promise good, late"),
        Kind.BROKEN: _("The promise was not kept in time"),
        Kind.RENEWED: _("%(who)s renewed the promise"),
        Kind.REFUSED: _("The channel refused the reply"),
        Kind.UNCERTAIN: _("Nobody knows whether the reply left"),
    }
    reason = REASONS.get(str(data.get("reason", "")), data.get("reason", ""))
    values = {"who": who, "name": data.get("name", ""), "number": data.get("number", ""), "reason": reason}
    return words[Kind(event.kind)] % values


def _woken(why: str) -> str:
    if why == "reply":
        return _("The customer wrote: awake again")
    return _("The pause is over") if why == "date" else _("%(who)s ended the pause")


@register.filter
def promise_tint(promise: Promise) -> str:
    """The colour of a promise: green when kept, red when broken or past, orange when near."""
    if promise.state == "kept":
        return "green"
    if promise.state == "renewed":
        return "grey"
    return "red" if promise.state == "broken" or promise.due_at <= clock.now() else "blue"


@register.filter
def due_tint(conversation: Any) -> str:
    """The colour of the clock of a list row."""
    if conversation.due_at is None:
        return "grey"
    left = (conversation.due_at - clock.now()).total_seconds()
    return "red" if left <= 0 else "orange" if left <= 3600 else "green"
