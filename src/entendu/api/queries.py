"""Queries: what we listen for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import translation
from ninja import Query as Params
from ninja import Router, Status

from entendu.accounts.models import Membership, User
from entendu.accounts.paging import slice_of
from entendu.api.access import Call, needs
from entendu.api.errors import Refused
from entendu.api.fields import Listing, PathId
from entendu.api.schemas.queries import (
    BackFillIn,
    BackFillOut,
    QueryChange,
    QueryIn,
    QueryOut,
    QueryPage,
    ReviewIn,
    VersionOut,
)
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.back_fill import ask_sources, has_past, search_stored, stop
from entendu.mentions.governance import with_reviewer_here
from entendu.mentions.models import BackFill, Query, QueryVersion
from entendu.mentions.queries import (
    BadQuery,
    Terms,
    add_query,
    change_query,
    review_query,
    switch_query,
    terms_of,
)
from entendu.mentions.register import register_of
from entendu.mentions.volume import with_found

router = Router(tags=["queries"])


@router.get("", response=QueryPage)
def list_queries(request: Call, filters: Params[Listing]) -> dict[str, Any]:
    """All queries, by name."""
    page = slice_of(shown_to(request.auth).order_by("name"), filters.cursor, filters.limit, strict=True)
    return {"items": page.rows, "next": page.following}


@router.get("/register")
def register(request: Call, language: Literal["en", "fr"] = "en") -> dict[str, Any]:
    """The register of what we listen for and on which grounds, in words of `language`."""
    with translation.override(language):
        return register_of(request.auth.organisation).as_json()


@router.get("/{query}", response=QueryOut)
def one_query(request: Call, query: PathId) -> Query:
    """One query."""
    return get_object_or_404(shown_to(request.auth), pk=query)


def shown_to(actor: Membership) -> QuerySet[Query]:
    """The queries of `actor` with what the schema tells."""
    found = Query.objects.visible_to(actor).select_related("reviewer", "organisation")
    return with_found(with_reviewer_here(found))


@router.post("", response={201: QueryOut})
@needs("listen")
def create_query(request: Call, given: QueryIn) -> Status[Query]:
    """A new query, active at once for what comes from now on. `reviewer`: the e-mail address of a member."""
    values = given.dict() | {"reviewer": member(request.auth, given.reviewer)}
    made = add_query(request.auth.organisation, Terms(**values), by=request.auth)
    return Status(201, one_query(request, made.pk))


@router.patch("/{query}", response=QueryOut)
@needs("listen")
def update_query(request: Call, query: PathId, given: QueryChange) -> Query:
    """Changes the fields that are given; the others stay."""
    found = one_query(request, query)
    values = {name: value for name, value in given.dict().items() if value is not None}
    active = values.pop("active", found.active)
    if given.reviewer is not None:
        values["reviewer"] = member(request.auth, given.reviewer)
    if values:
        kept = terms_of(found)
        change_query(found, replace(kept, **values), by=request.auth)
    switch_query(found, by=request.auth, active=active)
    return one_query(request, query)


def member(actor: Membership, email: str) -> User:
    """The user with this address in the organisation. Raises BadQuery."""
    found = Membership.objects.visible_to(actor).filter(user__email=email.strip().lower())
    if place := found.select_related("user").first():
        return place.user
    raise BadQuery({"reviewer": "not_member"})


@router.get("/{query}/versions", response=list[VersionOut])
def versions(request: Call, query: PathId) -> QuerySet[QueryVersion]:
    """What the query was, the newest first, 100 at most."""
    found = QueryVersion.objects.visible_to(request.auth).filter(query=one_query(request, query))
    return found.select_related("by").order_by("-number")[:100]


@router.post("/{query}/reviews", response=QueryOut)
@needs("listen")
def review(request: Call, query: PathId, given: ReviewIn) -> Query:
    """Somebody looked whether the query is still needed and fair, and says when to look next."""
    review_query(one_query(request, query), by=request.auth, review_on=given.review_on, note=given.note)
    return one_query(request, query)


@router.get("/{query}/back-fills", response=list[BackFillOut])
def back_fills(request: Call, query: PathId) -> QuerySet[BackFill]:
    """The searches of the past, the newest first, 100 at most."""
    return (
        BackFill.objects.visible_to(request.auth)
        .filter(query=one_query(request, query))
        .order_by("-id")[:100]
    )


@router.post("/{query}/back-fills", response={201: list[BackFillOut]})
@needs("listen")
def start_back_fills(request: Call, query: PathId, given: BackFillIn) -> Status[list[BackFill]]:
    """Looks in what is stored, and asks sources for their past. A search of the same that runs gives way."""
    found = one_query(request, query)
    channels = list(Channel.objects.visible_to(request.auth).filter(pk__in=given.channels))
    if len(channels) < len(set(given.channels)) or not all(has_past(one) for one in channels):
        raise Refused(422, "invalid", [{"field": "channels", "code": "no_past"}])
    jobs = [search_stored(found, by=request.auth)] if given.stored else []
    since = clock.now() - timedelta(days=given.days)
    return Status(201, jobs + ask_sources(found, by=request.auth, channels=channels, since=since))


@router.post("/{query}/back-fills/{job}/stop", response=BackFillOut)
@needs("listen")
def stop_back_fill(request: Call, query: PathId, job: PathId) -> BackFill:
    """Stops a search of the past; what it found stays."""
    rows = BackFill.objects.visible_to(request.auth).select_related("query")
    found = get_object_or_404(rows, pk=job, query=query)
    stop(found, by=request.auth)
    found.refresh_from_db()
    return found
