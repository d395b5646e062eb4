"""Conversations, and the lines of their story, as programs see them."""

from datetime import datetime
from typing import Any

from ninja import Schema

from entendu.api.schemas.mentions import AuthorOut, MentionOut, author_out, mention_out
from entendu.conversations.models import Conversation, Event, Note, Part, Promise, Reply
from entendu.conversations.thread import Entry
from entendu.mentions.masking import Rules


class OwnerOut(Schema):
    id: int
    name: str


class ConversationOut(Schema):
    """`version` grows with each thing that happens: send it back as `seen_version` with a reply."""

    number: int
    title: str
    preview: str
    state: str
    version: int
    author: AuthorOut
    channel: int
    owner: OwnerOut | None
    topic: str | None
    language: str
    sentiment: str
    intent: str
    urgency: str
    priority: int
    reasons: list[str]
    opened_at: datetime
    last_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    wakes_at: datetime | None


class ConversationPage(Schema):
    items: list[ConversationOut]
    next: str


class ReplyOut(Schema):
    id: int
    state: str
    visibility: str
    text: str
    by: str | None
    composed_at: datetime
    leaves_at: datetime
    sent_at: datetime | None
    url: str
    code: str


class NoteOut(Schema):
    id: int
    text: str
    by: str | None
    at: datetime


class PromiseOut(Schema):
    id: int
    what: str
    conditions: str
    due_at: datetime
    state: str
    by: str | None
    at: datetime
    settled_at: datetime | None


class EventOut(Schema):
    kind: str
    by: str | None
    at: datetime


class EntryOut(Schema):
    """A line of the story: `kind` names the one field that is filled."""

    kind: str
    at: datetime
    mention: MentionOut | None = None
    reply: ReplyOut | None = None
    note: NoteOut | None = None
    promise: PromiseOut | None = None
    event: EventOut | None = None


class ConversationWhole(ConversationOut):
    timeline: list[EntryOut]


LOADED = ("author", "owner", "topic")
_PLAIN = (
    "number",
    "title",
    "preview",
    "state",
    "version",
    "language",
    "sentiment",
    "intent",
    "urgency",
    "priority",
    "reasons",
    "opened_at",
    "last_at",
    "waiting_since",
    "due_at",
    "wakes_at",
)


def conversation_out(conversation: Conversation) -> dict[str, Any]:
    """The fields of ConversationOut. `conversation` comes with LOADED."""
    owner, topic = conversation.owner, conversation.topic
    return {
        **{name: getattr(conversation, name) for name in _PLAIN},
        "author": author_out(conversation.author),
        "channel": conversation.channel_id,
        "owner": {"id": owner.pk, "name": owner.name} if owner else None,
        "topic": topic.slug if topic else None,
    }


def entry_out(entry: Entry, rules: Rules) -> dict[str, Any]:
    """The fields of EntryOut, messages masked by `rules`."""
    return {"kind": entry.kind, "at": entry.at, entry.kind: _row_out(entry.row, rules)}


def _row_out(row: Part | Reply | Note | Promise | Event, rules: Rules) -> dict[str, Any]:
    if isinstance(row, Part):
        return {**mention_out(row.mention, rules), "conversation": None}
    if isinstance(row, Reply):
        return reply_out(row)
    if isinstance(row, Note):
        return note_out(row)
    if isinstance(row, Promise):
        return promise_out(row)
    return {"kind": row.kind, "by": name_of(row), "at": row.at}


def reply_out(reply: Reply) -> dict[str, Any]:
    """The fields of ReplyOut."""
    names = ("id", "state", "visibility", "text", "composed_at", "leaves_at", "sent_at", "url", "code")
    return {"by": name_of(reply), **{name: getattr(reply, name) for name in names}}


def note_out(note: Note) -> dict[str, Any]:
    """The fields of NoteOut."""
    return {"id": note.pk, "text": note.text, "by": name_of(note), "at": note.at}


def promise_out(promise: Promise) -> dict[str, Any]:
    """The fields of PromiseOut."""
    names = ("id", "what", "conditions", "due_at", "state", "at", "settled_at")
    return {"by": name_of(promise), **{name: getattr(promise, name) for name in names}}


def name_of(row: Reply | Note | Promise | Event) -> str | None:
    """Who did it; None: the loop itself."""
    return row.by.name if row.by else None
