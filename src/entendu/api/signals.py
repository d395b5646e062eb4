"""Signals: what moves."""

from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from pydantic import Field

from entendu.accounts.paging import slice_of
from entendu.analysis import decide
from entendu.analysis.models import Signal
from entendu.analysis.moving import STATES, in_state, names_of, people_of, said_in_it
from entendu.api.access import Call, needs
from entendu.api.errors import Refused
from entendu.api.fields import Code, Given, Line, Listing, PathId
from entendu.api.schemas.signals import LOADED, SignalOut, SignalPage, signal_out

router = Router(tags=["signals"])
SHOWN = 50


class SignalFilters(Listing):
    """`state`: moving (open, or ended before anybody saw it), new, decided, ended, all. The first two come by urgency,
    at most fifty; the others by date, in pages."""

    state: Code = "moving"


class DecisionIn(Given):
    """What was decided, and why: taken (as an incident) or ignored."""

    decision: Code
    reason: Annotated[Line, Field(max_length=300)] = ""


@router.get("", response=SignalPage)
def list_signals(request: Call, filters: Query[SignalFilters]) -> dict[str, Any]:
    """What moves."""
    if filters.state not in STATES:
        raise Refused(422, "invalid", [{"field": "query.state", "code": "value"}])
    found = in_state(Signal.objects.visible_to(request.auth), filters.state).select_related(*LOADED)
    if filters.state in {"moving", "new"}:
        rows, following = list(found[:SHOWN]), ""
    else:
        page = slice_of(found, filters.cursor, filters.limit, strict=True)
        rows, following = page.rows, page.following
    names, people = names_of(rows), people_of(rows)
    return {"items": [signal_out(one, names, people) for one in rows], "next": following}


@router.get("/{signal}", response=SignalOut)
def one_signal(request: Call, signal: PathId) -> dict[str, Any]:
    """One signal, with the ids of its messages (the newest hundred)."""
    found = get_object_or_404(Signal.objects.visible_to(request.auth).select_related(*LOADED), pk=signal)
    mentions = list(said_in_it(found).values_list("pk", flat=True)[:100])
    return signal_out(found, names_of([found]), people_of([found]), mentions)


@router.post("/{signal}/seen", response=SignalOut)
@needs("triage")
def see_signal(request: Call, signal: PathId) -> dict[str, Any]:
    """Somebody has seen it."""
    found = get_object_or_404(Signal.objects.visible_to(request.auth), pk=signal)
    decide.see(found, by=request.auth)
    return one_signal(request, signal)


@router.post("/{signal}/decision", response={201: SignalOut})
@needs("decide")
def decide_signal(request: Call, signal: PathId, given: DecisionIn) -> Status[dict[str, Any]]:
    """Takes it as an incident, or ignores it with a reason."""
    found = get_object_or_404(Signal.objects.visible_to(request.auth), pk=signal)
    if given.decision == "taken":
        decide.take(found, by=request.auth, reason=given.reason)
    elif given.decision == "ignored":
        decide.ignore(found, by=request.auth, reason=given.reason)
    else:
        raise Refused(422, "invalid", [{"field": "body.given.decision", "code": "value"}])
    return Status(201, one_signal(request, signal))
