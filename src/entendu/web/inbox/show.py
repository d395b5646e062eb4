"""Finding a conversation and showing it in its place: what pages and verbs share."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from entendu.accounts.paging import SIZE
from entendu.conversations.boxes import BOXES
from entendu.conversations.models import Conversation
from entendu.web import nav
from entendu.web.access import Asked
from entendu.web.inbox.rows import list_of


def find(request: Asked, number: int) -> Conversation:
    """The conversation of that number, if it is of the actor's organisation: 404 otherwise."""
    rows = Conversation.objects.visible_to(request.actor).select_related(
        "author", "channel", "owner", "topic"
    )
    return get_object_or_404(rows, number=number)


def place(request: Asked) -> dict[str, str]:
    """From which box and search the conversation is looked at."""
    box = request.GET.get("box", "")
    return {"box": box if box in BOXES else "all", "q": request.GET.get("q", "")[:400]}


def address(request: Asked, conversation: Conversation) -> str:
    """Where the conversation is shown, in the box and search of the form."""
    where = place(request)
    url = reverse("conversation", args=[where["box"], conversation.number])
    return f"{url}?{urlencode({'q': where['q']})}" if where["q"] else url


def whole_page(request: Asked, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """List and conversation together."""
    full = {**list_context(request, context["box"]), **context}
    return render(request, "inbox/inbox.html", full, status=status)


def list_context(request: Asked, box: str, *, cursor: str = "", size: int = SIZE) -> dict[str, Any]:
    try:
        context = list_of(request.actor, box, q=request.GET.get("q", "")[:400], cursor=cursor, size=size)
    except KeyError as error:
        raise Http404 from error
    title = next((entry.label for entry in nav.BOXES if entry.args == (box,)), box)
    return {**context, "box_title": title, "can_answer": request.actor.may("answer")}
