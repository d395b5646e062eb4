"""Opt-outs: who asked not to be listened to. For those who decide what we listen for."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query as Params
from ninja import Router, Status

from entendu.accounts.paging import slice_of
from entendu.api.access import Call, needs
from entendu.api.errors import Refused
from entendu.api.fields import Listing, PathId
from entendu.api.schemas.queries import OptOutIn, OptOutOut, OptOutPage
from entendu.conversations.opt_out import opt_out
from entendu.mentions.models import OptOut
from entendu.mentions.opt_outs import OptOutRefused, remove_opt_out

router = Router(tags=["queries"])


@router.get("", response=OptOutPage)
@needs("listen")
def list_opt_outs(request: Call, filters: Params[Listing]) -> dict[str, Any]:
    """The list, the newest first."""
    found = OptOut.objects.visible_to(request.auth).order_by("-at")
    page = slice_of(found, filters.cursor, filters.limit, strict=True)
    return {"items": page.rows, "next": page.following}


@router.post("", response={201: OptOutOut})
@needs("listen")
def add_opt_out(request: Call, given: OptOutIn) -> Status[OptOut]:
    """Somebody asked: what is only watched of this account goes at once, and what comes is not kept."""
    try:
        return Status(201, opt_out(request.auth, **given.dict()))
    except OptOutRefused as refusal:
        raise Refused(422, "invalid", [{"field": refusal.field, "code": refusal.code}]) from refusal


@router.delete("/{line}", response={204: None})
@needs("listen")
def end_opt_out(request: Call, line: PathId) -> Status[None]:
    """The account is listened to again."""
    remove_opt_out(get_object_or_404(OptOut.objects.visible_to(request.auth), pk=line), by=request.auth)
    return Status(204, None)
