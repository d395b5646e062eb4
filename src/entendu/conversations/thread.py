"""Everything that happened in a conversation, in order, in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Prefetch, Q

from entendu.analysis.models import Correction, Tag
from entendu.conversations.models import Conversation, Event, Kind, Note, Nudge, Part, Promise, Reply

EntryKind = Literal["mention", "reply", "note", "promise", "event"]
# These are told by the row itself.
_TOLD = (Kind.OPENED, Kind.HEARD, Kind.NOTED, Kind.REPLIED, Kind.SENT, Kind.PROMISED, Kind.UNSENT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: its kind, its moment, and the row (a Part with its mention, a Reply, a Note,
    a Promise or an Event), with all that a page shows of it loaded."""

    kind: EntryKind
    at: datetime
    row: Part | Reply | Note | Promise | Event


def timeline(conversation: Conversation) -> list[Entry]:
    """The entries of a conversation, oldest first: also the replies, notes and promises of conversations that
    were attached to it. The echo of a reply on its channel is not shown beside it. 11 queries at most."""
    parts = _parts(conversation)
    homes = {conversation.pk, *(part.moved_from_id for part in parts if part.moved_from_id)}
    replies = list(
        Reply.objects.filter(Q(conversation__in=homes) | Q(answers__part__conversation=conversation))
        .select_related("by", "channel", "answers__author", "settled_by")
        .distinct()
    )
    echoes = {(reply.channel_id, reply.native_key) for reply in replies if reply.native_key}
    entries = [Entry("mention", part.mention.said_at, part) for part in parts if not _names(part) & echoes]
    entries += [Entry("reply", reply.composed_at, reply) for reply in replies]
    entries += [Entry("note", note.at, note) for note in _notes(homes)]
    promises = Promise.objects.filter(conversation__in=homes).select_related("by", "settled_by", "renews")
    entries += [Entry("promise", promise.at, promise) for promise in promises]
    events = Event.objects.filter(conversation=conversation).exclude(kind__in=_TOLD).select_related("by")
    entries += [Entry("event", event.at, event) for event in events]
    rank = {"mention": 0, "reply": 1, "promise": 2, "note": 3, "event": 4}
    return sorted(entries, key=lambda entry: (entry.at, rank[entry.kind], entry.row.pk))


def _parts(conversation: Conversation) -> list[Part]:
    tags = Prefetch("mention__tags", Tag.objects.select_related("topic"))
    corrections = Correction.objects.select_related("by").order_by("id")
    parts = (
        Part.objects.filter(conversation=conversation)
        .select_related("mention__author", "mention__channel", "mention__analysis", "moved_from")
        .prefetch_related("mention__attachments", "mention__revisions", tags)
        .prefetch_related(Prefetch("mention__analysis__corrections", corrections))
    )
    return list(parts)


def _names(part: Part) -> set[tuple[int, str]]:
    """How the channel may call what we said ourselves."""
    if not part.mention.ours:
        return set()
    return {(part.mention.channel_id, name) for name in (part.mention.key, part.mention.alias) if name}


def _notes(homes: Iterable[int]) -> list[Note]:
    nudges = Prefetch("nudges", Nudge.objects.select_related("member__user"))
    return list(Note.objects.filter(conversation__in=homes).select_related("by").prefetch_related(nudges))
