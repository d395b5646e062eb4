"""Queries as programs see them."""

from datetime import datetime

from ninja import Schema

from entendu.api.fields import Given, Line, Text


class QueryIn(Given):
    """A new query. None runs without a purpose."""

    name: Line
    text: Text
    purpose: Line
    opens_conversations: bool = False


class QueryChange(Given):
    """The fields to change."""

    name: Line | None = None
    text: Text | None = None
    purpose: Line | None = None
    opens_conversations: bool | None = None
    active: bool | None = None


class QueryOut(Schema):
    id: int
    name: str
    text: str
    purpose: str
    opens_conversations: bool
    active: bool
    created_at: datetime
    changed_at: datetime


class QueryPage(Schema):
    items: list[QueryOut]
    next: str
