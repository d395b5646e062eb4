"""Queries: what we listen for."""

from dataclasses import replace
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query as Params
from ninja import Router, Status

from entendu.accounts.models import Membership, User
from entendu.accounts.paging import slice_of
from entendu.api.access import Call, needs
from entendu.api.fields import Listing, PathId
from entendu.api.schemas.queries import QueryChange, QueryIn, QueryOut, QueryPage
from entendu.mentions.governance import with_reviewer_here
from entendu.mentions.models import Query
from entendu.mentions.queries import BadQuery, Terms, add_query, change_query, switch_query, terms_of

router = Router(tags=["queries"])


@router.get("", response=QueryPage)
def list_queries(request: Call, filters: Params[Listing]) -> dict[str, Any]:
    """All queries, by name."""
    found = with_reviewer_here(Query.objects.visible_to(request.auth)).select_related("reviewer")
    page = slice_of(found.order_by("name"), filters.cursor, filters.limit, strict=True)
    return {"items": page.rows, "next": page.following}


@router.get("/{query}", response=QueryOut)
def one_query(request: Call, query: PathId) -> Query:
    """One query."""
    found = with_reviewer_here(Query.objects.visible_to(request.auth)).select_related(
        "reviewer", "organisation"
    )
    return get_object_or_404(found, pk=query)


@router.post("", response={201: QueryOut})
@needs("listen")
def create_query(request: Call, given: QueryIn) -> Status[Query]:
    """A new query, active at once for what comes from now on. `reviewer`: the e-mail address of a member."""
    values = given.dict() | {"reviewer": member(request.auth, given.reviewer)}
    return Status(201, add_query(request.auth.organisation, Terms(**values), by=request.auth))


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
