"""Claims: what the organisation announced, and the messages that contradict it."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query as Params
from ninja import Router, Status

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.analysis.claims import (
    BadClaim,
    ClaimTerms,
    accept_claim,
    add_claim,
    change_claim,
    end_claim,
    refuse_claim,
    terms_of,
)
from entendu.analysis.models import Claim, ClaimMatch, Topic
from entendu.api.access import Call, needs
from entendu.api.errors import Refused
from entendu.api.fields import PathId
from entendu.api.schemas.claims import (
    ClaimChange,
    ClaimFilters,
    ClaimIn,
    ClaimMatchPage,
    ClaimOut,
    ClaimPage,
    DecisionIn,
    MatchFilters,
    StateIn,
    claim_out,
    match_out,
)
from entendu.conversations.judge_claim import judge_claim

router = Router(tags=["claims"])


@router.get("", response=ClaimPage)
def list_claims(request: Call, filters: Params[ClaimFilters]) -> dict[str, Any]:
    """The register, the newest first. `state`: proposed · in_force · refused · ended."""
    found = _loaded(request.auth)
    found = found.filter(state=filters.state) if filters.state else found
    page = slice_of(found.order_by("-id"), filters.cursor, filters.limit, strict=True)
    return {"items": [claim_out(one) for one in page.rows], "next": page.following}


@router.post("", response={201: ClaimOut})
@needs("listen")
def create_claim(request: Call, given: ClaimIn) -> Status[dict[str, Any]]:
    """A new one, in force at once; the messages of the last 90 days are held against it."""
    values = given.dict()
    terms = ClaimTerms(**values | {"topic": _topic(request.auth, values["topic"])}, owner=request.auth.user)
    try:
        made = add_claim(request.auth.organisation, terms, by=request.auth)
    except BadClaim as bad:
        raise refused(bad) from bad
    return Status(201, one_claim(request, made.pk))


@router.get("/{claim}", response=ClaimOut)
def one_claim(request: Call, claim: PathId) -> dict[str, Any]:
    """One announcement."""
    return claim_out(get_object_or_404(_loaded(request.auth), pk=claim))


@router.patch("/{claim}", response=ClaimOut)
@needs("listen")
def update_claim(request: Call, claim: PathId, given: ClaimChange) -> dict[str, Any]:
    """Changes the fields that are given; what nobody decided upon is looked at anew."""
    found = get_object_or_404(_loaded(request.auth), pk=claim)
    before = terms_of(found)
    values = {name: getattr(before, name) for name in ClaimTerms.__dataclass_fields__}
    values |= {name: value for name, value in given.dict().items() if value is not None and name != "topic"}
    if given.topic is not None:
        values["topic"] = _topic(request.auth, given.topic)
    try:
        change_claim(found, ClaimTerms(**values), by=request.auth)
    except BadClaim as bad:
        raise refused(bad) from bad
    return one_claim(request, claim)


@router.post("/{claim}/state", response=ClaimOut)
@needs("listen")
def move_claim(request: Call, claim: PathId, given: StateIn) -> dict[str, Any]:
    """`act`: accept · refuse what was proposed; end what is in force."""
    found = get_object_or_404(_loaded(request.auth), pk=claim)
    verbs = {"accept": accept_claim, "refuse": refuse_claim, "end": end_claim}
    try:
        verbs[given.act](found, by=request.auth)
    except BadClaim as bad:
        raise refused(bad) from bad
    return one_claim(request, claim)


@router.get("/{claim}/matches", response=ClaimMatchPage)
def list_matches(request: Call, claim: PathId, filters: Params[MatchFilters]) -> dict[str, Any]:
    """The messages that were held against it, the newest match first, with the words of both sides. `verdict`:
    contradicts · supports · unsure; `decision`: confirmed · rejected."""
    found = get_object_or_404(_loaded(request.auth), pk=claim)
    rows = ClaimMatch.objects.visible_to(request.auth).filter(claim=found, mention__deleted_at__isnull=True)
    rows = rows.filter(verdict=filters.verdict) if filters.verdict else rows
    rows = rows.filter(decision=filters.decision) if filters.decision else rows
    rows = rows.select_related("claim", "mention").order_by("-id")
    page = slice_of(rows, filters.cursor, filters.limit, strict=True)
    return {"items": [match_out(one) for one in page.rows], "next": page.following}


@router.post("/matches/{match}/decision", response=ClaimMatchPage)
@needs("correct")
def decide_match(request: Call, match: PathId, given: DecisionIn) -> dict[str, Any]:
    """A person says whether it contradicts: confirmed · rejected; null takes it back."""
    mine = ClaimMatch.objects.visible_to(request.auth).select_related("claim__organisation", "mention")
    found = get_object_or_404(mine, pk=match)
    judge_claim(found, by=request.auth, decision=given.decision or "")
    return {"items": [match_out(found)], "next": ""}


def refused(bad: BadClaim) -> Refused:
    """422 with the fields, 409 where it stands elsewhere."""
    if "state" in bad.errors.values():
        return Refused(409, "conflict")
    return Refused(422, "invalid", [{"field": f"body.given.{k}", "code": v} for k, v in bad.errors.items()])


def _loaded(actor: Membership) -> Any:
    return Claim.objects.visible_to(actor).select_related("topic", "owner", "organisation")


def _topic(actor: Membership, slug: str) -> Topic | None:
    return get_object_or_404(Topic.objects.visible_to(actor), slug=slug) if slug else None
