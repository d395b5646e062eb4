"""The pages of the inbox: a box with its list, and a conversation in it; each also as the fragment that it is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entendu.accounts.paging import SIZE
from entendu.conversations.models import Nudge
from entendu.conversations.note import see
from entendu.web.access import Asked, page
from entendu.web.inbox.show import find, list_context, place, whole_page
from entendu.web.inbox.thread import thread_of


@require_GET
@page
def inbox(request: Asked, box: str) -> HttpResponse:
    """A box: its list, and room for a conversation."""
    return render(request, "inbox/inbox.html", list_context(request, box))


@require_GET
@page
def rows(request: Asked, box: str) -> HttpResponse:
    """The rows of a list: the next page after `cursor`, or the first `loaded` ones again."""
    loaded = request.GET.get("loaded", "")
    size = int(loaded) if loaded.isascii() and loaded.isdigit() else SIZE
    context = list_context(request, box, cursor=request.GET.get("cursor", ""), size=size)
    return render(request, "inbox/_rows.html" if request.htmx else "inbox/inbox.html", context)


@require_GET
@page
def conversation(request: Asked, box: str, number: int) -> HttpResponse:
    """A conversation, beside the list of the box where it was found."""
    found = find(request, number)
    if Nudge.objects.visible_to(request.actor).filter(
        note__conversation=found, member=request.actor, seen_at__isnull=True
    ):
        see(found, by=request.actor)
    context = {"box": box, "q": request.GET.get("q", "")[:400], **thread_of(found, request.actor)}
    if request.htmx:
        return render(request, "inbox/_conversation.html", context)
    return whole_page(request, context)


@require_GET
@page
def fresh(request: Asked, number: int) -> HttpResponse:
    """What may have changed in a conversation that is open, without what is being written in it."""
    found = find(request, number)
    return render(request, "inbox/_fresh.html", {**place(request), **thread_of(found, request.actor)})


@require_GET
@page
def menu(request: Asked) -> HttpResponse:
    """The menu with its counts, for the page at `at`."""
    return render(request, "shell/_menu.html", {"at": request.GET.get("at", "")})
