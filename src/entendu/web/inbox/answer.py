"""How a verb behind a button answers: the conversation again as a fragment, or a redirection without JavaScript."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Conversation
from entendu.web.access import Asked
from entendu.web.inbox.show import address, find, place, whole_page
from entendu.web.inbox.thread import Kept, thread_of


@dataclass(frozen=True)
class Toast:
    """What was done, in words. `undo`: the name of the verb that undoes it, with `values` for its form; the toast
    stays for `seconds`."""

    text: str
    undo: str = ""
    values: tuple[tuple[str, str], ...] = ()
    target: int = 0  # the reply to undo, where the verb is about one
    seconds: int = 8


def acted(request: Asked, number: int, verb: Callable[[Conversation], object], toast: Toast) -> HttpResponse:
    """Runs `verb` on the conversation and shows what became of it. A refusal is one sentence (422)."""
    conversation = find(request, number)
    try:
        verb(conversation)
    except VerbRefused as refusal:
        return refused(request, conversation, str(refusal))
    return shown(request, conversation, toast)


def refused(request: Asked, conversation: Conversation, sentence: str) -> HttpResponse:
    """The verb did not act, and why."""
    if request.htmx:
        return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, sentence)
    return HttpResponseRedirect(address(request, conversation))


def shown(
    request: Asked,
    conversation: Conversation,
    toast: Toast | None = None,
    *,
    kept: Kept | None = None,
    sent: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The conversation after a verb. `kept`: what was written and did not leave; `sent`: the draft is used up."""
    if not request.htmx and status == 200 and kept is None:
        if toast is not None:
            messages.success(request, toast.text)
        return HttpResponseRedirect(address(request, conversation))
    fresh = find(request, conversation.number)
    context: dict[str, Any] = {**place(request), **thread_of(fresh, request.actor, kept), "toast": toast}
    if not request.htmx:
        return whole_page(request, context, status=status)
    response = render(request, "inbox/_conversation.html", context, status=status)
    happened: dict[str, Any] = {"entendu:changed": {"number": fresh.number}}
    if sent:
        happened["entendu:sent"] = {"number": fresh.number}
    response["HX-Trigger"] = json.dumps(happened)
    return response
