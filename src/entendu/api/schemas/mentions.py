"""A mention as programs see it."""

from datetime import datetime
from typing import Any

from ninja import Schema

from entendu.mentions.masking import Rules
from entendu.mentions.models import Author, Mention, Place


class AuthorOut(Schema):
    id: int
    network: str
    handle: str
    name: str
    url: str
    audience: int | None
    ours: bool


class ReadingOut(Schema):
    """The values in force. `scores`: the machine's confidence, in [0, 1]; `machine`: its word where a
    person said otherwise; `unsure`: the facets below their threshold."""

    language: str
    sentiment: str
    intent: str
    urgency: str
    disappointed: bool
    offensive: bool
    scores: dict[str, float]
    unsure: list[str]
    machine: dict[str, str]
    model: str
    read_at: datetime


class MentionOut(Schema):
    id: int
    channel: int
    network: str
    author: AuthorOut
    title: str
    text: str
    url: str
    place: str
    visibility: str
    ours: bool
    addressed: bool
    automatic: bool
    said_at: datetime
    heard_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    reading: ReadingOut | None
    topics: list[str]
    conversation: int | None


class MentionPage(Schema):
    """`next` is the cursor of the following page; empty: there is none."""

    items: list[MentionOut]
    next: str


LOADED = ("author", "analysis", "part__conversation")


def author_out(author: Author) -> dict[str, Any]:
    """The fields of AuthorOut."""
    names = ("id", "network", "handle", "name", "url", "audience", "ours")
    return {name: getattr(author, name) for name in names}


def mention_out(mention: Mention, rules: Rules) -> dict[str, Any]:
    """The fields of MentionOut, masked by `rules`. `mention` comes with LOADED and its tags' topics."""
    part = getattr(mention, "part", None)
    return {
        **{name: getattr(mention, name) for name in _PLAIN},
        "title": rules.masked(mention.title, Place.API),
        "text": rules.masked(mention.text, Place.API),
        "channel": mention.channel_id,
        "author": author_out(mention.author),
        "reading": getattr(mention, "analysis", None),
        "topics": sorted(tag.topic.slug for tag in mention.tags.all()),
        "conversation": part.conversation.number if part else None,
    }


_PLAIN = (
    "id",
    "network",
    "title",
    "text",
    "url",
    "place",
    "visibility",
    "ours",
    "addressed",
    "automatic",
    "said_at",
    "heard_at",
    "edited_at",
    "deleted_at",
)
