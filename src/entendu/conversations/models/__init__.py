"""A request, and all that it takes until it is solved."""

from entendu.conversations.models.conversation import Conversation, Numbering, Part, State
from entendu.conversations.models.event import Event, Kind
from entendu.conversations.models.presence import Presence
from entendu.conversations.models.promise import Promise, PromiseState
from entendu.conversations.models.reply import Reply, ReplyState
from entendu.conversations.models.work import Assignment, Closure, Note, Nudge, Snooze

__all__ = [
    "Assignment",
    "Closure",
    "Conversation",
    "Event",
    "Kind",
    "Note",
    "Nudge",
    "Numbering",
    "Part",
    "Presence",
    "Promise",
    "PromiseState",
    "Reply",
    "ReplyState",
    "Snooze",
    "State",
]
