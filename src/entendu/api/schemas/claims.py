"""Announcements as programs see them."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema

from entendu.analysis.contradict import text_of
from entendu.analysis.models import Claim, ClaimMatch
from entendu.api.fields import Code, Given, Line, Listing
from entendu.reading.claims import reason

Kind = Literal["price", "time", "availability", "quality", "service", "policy", "hours", "other"]


class ClaimFilters(Listing):
    state: Code = ""


class MatchFilters(Listing):
    verdict: Code = ""
    decision: Code = ""


class ClaimIn(Given):
    """What was announced. `topic`: a slug; `place` and `topic` narrow it; `site`: where it was announced."""

    text: Line
    kind: Kind = "other"
    place: Line = ""
    topic: Code = ""
    site: Line = ""
    valid_from: date | None = None
    valid_until: date | None = None


class ClaimChange(Given):
    """The fields to change; an empty `topic` takes it away."""

    text: Line | None = None
    kind: Kind | None = None
    place: Line | None = None
    topic: Code | None = None
    site: Line | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class StateIn(Given):
    act: Literal["accept", "refuse", "end"]


class DecisionIn(Given):
    decision: Literal["confirmed", "rejected"] | None


class ClaimOut(Schema):
    """`looking_back`: the messages of before are still being held against it."""

    id: int
    text: str
    kind: str
    state: str
    source: str
    place: str
    topic: str | None
    site: str
    valid_from: date
    valid_until: date | None
    owner: str | None
    looking_back: bool
    created_at: datetime
    changed_at: datetime


class ClaimPage(Schema):
    items: list[ClaimOut]
    next: str


class ClaimMatchOut(Schema):
    """`told` and `lived`: characters [start, end) of the announcement and of the message (its title, a line feed and
    its text, when it has a title). `confidence`: the chance of a contradiction, in [0, 1]."""

    id: int
    claim: int
    mention: int
    verdict: str
    confidence: float
    decision: str | None
    told: list[list[int]]
    lived: list[list[int]]
    reason: dict[str, str]
    model: str
    at: datetime


class ClaimMatchPage(Schema):
    items: list[ClaimMatchOut]
    next: str


_PLAIN = (
    *("id", "text", "kind", "state", "source", "place", "site"),
    *("valid_from", "valid_until", "created_at", "changed_at"),
)


def claim_out(claim: Claim) -> dict[str, Any]:
    """A claim whose topic and owner are loaded."""
    return {name: getattr(claim, name) for name in _PLAIN} | {
        "topic": claim.topic.slug if claim.topic else None,
        "owner": claim.owner.email if claim.owner else None,
        "looking_back": claim.back_at is not None,
    }


def match_out(match: ClaimMatch) -> dict[str, Any]:
    """A match whose claim and mention are loaded."""
    english, french = reason(match.code, match.claim.text, match.told, text_of(match.mention), match.lived)
    return {
        "id": match.pk,
        "claim": match.claim_id,
        "mention": match.mention_id,
        "verdict": match.verdict,
        "confidence": match.confidence,
        "decision": match.decision or None,
        "told": match.told,
        "lived": match.lived,
        "reason": {"en": english, "fr": french},
        "model": match.model,
        "at": match.at,
    }
