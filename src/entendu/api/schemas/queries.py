"""Queries as programs see them."""

from datetime import date, datetime
from typing import Literal

from ninja import Schema

from entendu.api.fields import Given, Line, Text
from entendu.mentions.governance import standing
from entendu.mentions.models import Query

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
    """`standing`: listening · due · overdue · unreviewed · incomplete (it does not run) · resting."""

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
