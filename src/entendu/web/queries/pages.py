"""The queries: the list, one to be added or changed, the live preview."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from entendu.mentions.models import Query
from entendu.mentions.queries import BadQuery, add_query, change_query, remove_query
from entendu.web.access import Asked, may, page
from entendu.web.queries.shown import history, preview, queries_of
from entendu.web.queries.syntax import trouble_of
from entendu.web.queries.words import ERRORS

FIELDS = ("name", "text", "purpose")


@require_GET
@page
def queries(request: Asked) -> HttpResponse:
    """What we listen for."""
    context = {
        "queries": queries_of(request.actor),
        "history": history(request.actor),
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "queries/queries.html", context)


@require_http_methods(["GET", "POST"])
@may("listen")
def add(request: Asked) -> HttpResponse:
    """A new query."""
    if request.method == "GET":
        return _form(request, {"text": request.GET.get("text", ""), "opens_conversations": False})
    typed = _typed(request)
    try:
        query = add_query(
            request.actor.organisation,
            name=typed["name"],
            text=typed["text"],
            purpose=typed["purpose"],
            opens_conversations=typed["opens_conversations"],
            by=request.actor,
        )
    except BadQuery as bad:
        return _form(request, typed, bad=bad)
    messages.success(request, _("“%(name)s” listens from now on.") % {"name": query.name})
    return redirect("queries")


@require_http_methods(["GET", "POST"])
@may("listen")
def change(request: Asked, query: int) -> HttpResponse:
    """Another text, name or purpose."""
    found = _find(request, query)
    if request.method == "GET":
        kept = {name: getattr(found, name) for name in (*FIELDS, "opens_conversations")}
        return _form(request, kept, query=found)
    typed = _typed(request)
    try:
        change_query(found, by=request.actor, active=found.active, **typed)
    except BadQuery as bad:
        return _form(request, typed, query=_find(request, query), bad=bad)
    messages.success(request, _("Kept. It holds for what comes from now on."))
    return redirect("queries")


@require_POST
@may("listen")
def switch(request: Asked, query: int) -> HttpResponse:
    """On or off."""
    found = _find(request, query)
    kept = {name: getattr(found, name) for name in (*FIELDS, "opens_conversations")}
    active = request.POST.get("on") == "1"
    change_query(found, by=request.actor, active=active, **kept)
    messages.success(request, _("It listens again.") if active else _("It rests. What it found stays."))
    return redirect("queries")


@require_POST
@may("listen")
def remove(request: Asked, query: int) -> HttpResponse:
    """Forgets the query and what it found; the messages stay."""
    remove_query(_find(request, query), by=request.actor)
    messages.success(request, _("The query is gone. The messages stay."))
    return redirect("queries")


@require_GET
@page
def try_out(request: Asked) -> HttpResponse:
    """What the text being typed would have found."""
    return render(request, "queries/_preview.html", preview(request.actor, request.GET.get("text", "")))


def _find(request: Asked, query: int) -> Query:
    return get_object_or_404(Query.objects.visible_to(request.actor).select_related("organisation"), pk=query)


def _typed(request: Asked) -> dict[str, Any]:
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in FIELDS}
    return typed | {"opens_conversations": request.POST.get("opens_conversations") == "1"}


def _form(
    request: Asked, typed: dict[str, Any], *, query: Query | None = None, bad: BadQuery | None = None
) -> HttpResponse:
    errors = {name: ERRORS.get(code, code) for name, code in bad.errors.items()} if bad else {}
    shown = preview(request.actor, typed["text"])
    if bad and bad.syntax:
        shown["trouble"] = trouble_of(typed["text"], bad.syntax)
    context = {
        **shown,
        "typed": typed,
        "query": query,
        "errors": errors,
        "history": history(request.actor, query.name) if query else [],
    }
    return render(request, "queries/query.html", context, status=422 if bad else 200)
