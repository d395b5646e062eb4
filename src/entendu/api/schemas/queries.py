"""Queries as programs see them."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from entendu.api.fields import Given, Id, Line, Text
from entendu.mentions.governance import standing
from entendu.mentions.models import Query, QueryVersion

Basis = Literal[
    "legitimate_interest", "consent", "contract", "legal_obligation", "vital_interest", "public_task"
]
Takes = Literal["both", "public", "addressed"]


class QueryIn(Given):
    """A new query. None runs without a purpose, a legal basis, a reviewer and the day of the next review. `balance`:
    needed with a legitimate interest. `reviewer`: a member's e-mail address. `wide`: it has no selective word, on
    purpose."""

    name: Line
    text: Text
    purpose: Line
    basis: Basis
    balance: Text = ""
    reviewer: Line
    review_on: date
    takes: Takes = "both"
    opens_conversations: bool = False
    wide: bool = False


class QueryChange(Given):
    """The fields to change."""

    name: Line | None = None
    text: Text | None = None
    purpose: Line | None = None
    basis: Basis | None = None
    balance: Text | None = None
    reviewer: Line | None = None
    review_on: date | None = None
    takes: Takes | None = None
    opens_conversations: bool | None = None
    wide: bool | None = None
    active: bool | None = None


class QueryOut(Schema):
    """`found`: messages of the last 30 days that it found. `standing`: listening · due · overdue · unreviewed ·
    incomplete (it does not run) · resting."""

    id: int
    name: str
    text: str
    purpose: str
    basis: str
    balance: str
    reviewer: str | None
    review_on: date | None
    reviewed_at: datetime | None
    takes: str
    opens_conversations: bool
    wide: bool
    active: bool
    standing: str
    created_at: datetime
    changed_at: datetime
    found: int

    @staticmethod
    def resolve_reviewer(query: Query) -> str | None:
        """The e-mail address."""
        return query.reviewer.email if query.reviewer else None

    @staticmethod
    def resolve_standing(query: Query) -> str:
        """How the query stands today."""
        return standing(query, reviewer_here=getattr(query, "reviewer_here", True)).value


class QueryPage(Schema):
    items: list[QueryOut]
    next: str


class VersionOut(Schema):
    """A query as it was from `at` on. `effect`: found before and after in what was stored, gained and lost (null: not
    counted in time), with ids of mentions as samples; empty when the text did not change."""

    number: int
    at: datetime
    by: str | None
    change: str
    text: str
    grounds: dict[str, Any]
    note: str
    effect: dict[str, Any]

    @staticmethod
    def resolve_by(version: QueryVersion) -> str | None:
        """The name."""
        return str(version.by) if version.by else None


class ReviewIn(Given):
    """The query was looked at; when to look next, and a word on it."""

    review_on: date
    note: Line = ""


class BackFillIn(Given):
    """Where to look: what is stored, and the sources of `channels` (ids) as far back as `days`."""

    stored: bool = True
    channels: list[Id] = Field(default=[], max_length=100)
    days: int = Field(default=30, ge=1, le=3650)


class BackFillOut(Schema):
    """A search of the past. `channel` null: what is stored. `treated` of about `estimated` (null: nobody knows);
    `found`: what was new; `lost`: found no more. `state`: running · done · stopped · failed (`code` says why)."""

    id: int
    channel: int | None = Field(alias="channel_id")
    state: str
    since: datetime | None
    until: datetime
    treated: int
    estimated: int | None
    found: int
    lost: int
    code: str
    started_at: datetime
    ended_at: datetime | None


class OptOutIn(Given):
    """Somebody who asked not to be listened to. `network` empty: on every network."""

    network: Line = ""
    account: Line
    reason: Line


class OptOutOut(Schema):
    id: int
    network: str
    account: str
    reason: str
    at: datetime


class OptOutPage(Schema):
    items: list[OptOutOut]
    next: str
