"""The queries: the list, one to be added or changed, reviewed, switched, removed; the live preview."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from entendu.kit import clock
from entendu.mentions.governance import FIRST_REVIEW, standing, with_reviewer_here
from entendu.mentions.models import Query
from entendu.mentions.queries import (
    BadQuery,
    add_query,
    change_query,
    remove_query,
    review_query,
    switch_query,
)
from entendu.reading.query.fields import ALIASES
from entendu.web.access import Asked, may, page
from entendu.web.queries import form
from entendu.web.queries.past import SPANS, jobs_of, sources_of
from entendu.web.queries.shown import history, listed
from entendu.web.queries.syntax import trouble_of
from entendu.web.queries.tried import tried
from entendu.web.queries.versions import versions_of
from entendu.web.queries.words import STANDING


@require_GET
@page
def queries(request: Asked) -> HttpResponse:
    """What we listen for."""
    context = {
        "queries": listed(request.actor),
        "history": history(request.actor),
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "queries/queries.html", context)


@require_http_methods(["GET", "POST"])
@may("listen")
def add(request: Asked) -> HttpResponse:
    """A new query."""
    if request.method == "GET":
        return _form(request, form.blank(request.actor, request.GET.get("text", "")))
    typed = form.typed(request.POST)
    try:
        query = add_query(request.actor.organisation, form.terms(request.actor, typed), by=request.actor)
    except BadQuery as bad:
        return _form(request, typed, bad=bad)
    messages.success(request, _("“%(name)s” listens from now on.") % {"name": query.name})
    return redirect("query_change", query=query.pk)


@require_http_methods(["GET", "POST"])
@may("listen")
def change(request: Asked, query: int) -> HttpResponse:
    """Another text, name or ground."""
    found = _find(request, query)
    if request.method == "GET":
        return _form(request, form.kept(found), query=found)
    typed = form.typed(request.POST)
    try:
        change_query(found, form.terms(request.actor, typed), by=request.actor)
    except BadQuery as bad:
        return _form(request, typed, query=_find(request, query), bad=bad)
    messages.success(request, _("Kept. It holds for what comes from now on."))
    return redirect("query_change", query=query)


@require_POST
@may("listen")
def switch(request: Asked, query: int) -> HttpResponse:
    """On or off."""
    active = request.POST.get("on") == "1"
    try:
        switch_query(_find(request, query), by=request.actor, active=active)
    except BadQuery as bad:
        found = _find(request, query)
        return _form(request, form.kept(found), query=found, bad=bad)
    messages.success(request, _("It listens again.") if active else _("It rests. What it found stays."))
    return redirect("queries")


@require_POST
@may("listen")
def review(request: Asked, query: int) -> HttpResponse:
    """It was looked at: still needed, still fair; and when to look next."""
    found = _find(request, query)
    try:
        review_query(
            found,
            by=request.actor,
            review_on=form.day(request.POST.get("review_on", "")),
            note=request.POST.get("note", ""),
        )
    except BadQuery as bad:
        found = _find(request, query)
        return _form(request, form.kept(found), query=found, bad=bad)
    messages.success(request, _("Reviewed."))
    return redirect("query_change", query=query)


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
    shown = tried(request.actor, request.GET.get("text", ""), request.GET.get("takes", ""))
    return render(request, "queries/_preview.html", {**shown, "live": True})


def _find(request: Asked, query: int) -> Query:
    rows = Query.objects.visible_to(request.actor).select_related("organisation", "reviewer")
    found = with_reviewer_here(rows)
    return get_object_or_404(found, pk=query)


def _form(
    request: Asked, typed: dict[str, Any], *, query: Query | None = None, bad: BadQuery | None = None
) -> HttpResponse:
    shown = tried(request.actor, typed["text"], typed["takes"])
    if bad and bad.syntax:
        shown["trouble"] = trouble_of(typed["text"], bad.syntax)
    context = {
        **shown,
        **form.choices(request.actor),
        "typed": typed,
        "query": query,
        "errors": form.errors_of(bad),
        "field_names": " ".join(ALIASES),
        **(_beside(request, query) if query else {}),
    }
    return render(request, "queries/query.html", context, status=422 if bad else 200)


def _beside(request: Asked, query: Query) -> dict[str, Any]:
    """What stands beside the form of a query that is there: its versions, its searches of the past, its review."""
    stands = standing(query, reviewer_here=query.reviewer_here)  # type: ignore[attr-defined]
    sign, tint = STANDING[stands]
    return {
        "versions": versions_of(request.actor, query),
        **jobs_of(request.actor, query),
        "sources": sources_of(request.actor),
        "spans": SPANS,
        "standing": stands,
        "sign": sign,
        "tint": tint,
        "next_review": (clock.now().date() + FIRST_REVIEW).isoformat(),
    }
