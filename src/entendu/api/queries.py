"""Queries: what we listen for."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query as Params
from ninja import Router, Status

from entendu.accounts.paging import slice_of
from entendu.api.access import Call, needs
from entendu.api.fields import Listing, PathId
from entendu.api.schemas.queries import QueryChange, QueryIn, QueryOut, QueryPage
from entendu.mentions.models import Query
from entendu.mentions.queries import add_query, change_query

router = Router(tags=["queries"])


@router.get("", response=QueryPage)
def list_queries(request: Call, filters: Params[Listing]) -> dict[str, Any]:
    """All queries, by name."""
    found = Query.objects.visible_to(request.auth).order_by("name")
    page = slice_of(found, filters.cursor, filters.limit, strict=True)
    return {"items": page.rows, "next": page.following}


@router.get("/{query}", response=QueryOut)
def one_query(request: Call, query: PathId) -> Query:
    """One query."""
    return get_object_or_404(Query.objects.visible_to(request.auth), pk=query)


@router.post("", response={201: QueryOut})
@needs("listen")
def create_query(request: Call, given: QueryIn) -> Status[Query]:
    """A new query, active at once for what comes from now on."""
    return Status(201, add_query(request.auth.organisation, by=request.auth, **given.dict()))


@router.patch("/{query}", response=QueryOut)
@needs("listen")
def update_query(request: Call, query: PathId, given: QueryChange) -> Query:
    """Changes the fields that are given; the others stay."""
    found = one_query(request, query)
    names = ("name", "text", "purpose", "opens_conversations", "active")
    values = {name: getattr(found, name) for name in names}
    values |= {name: value for name, value in given.dict().items() if value is not None}
    return change_query(found, by=request.auth, **values)
