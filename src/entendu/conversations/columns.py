"""The columns of a conversation, derived from its rows after a verb, so that no list tells another story.

`summary` holds what depends on the words alone, for conversations gathered by the thousand.
"""

from datetime import datetime

from django.db.models import Max, Min, Q

from entendu.conversations.models import (
    Assignment,
    Closure,
    Conversation,
    Part,
    Promise,
    PromiseState,
    Reply,
    Snooze,
    State,
)
from entendu.conversations.summary import describe, weigh_now, word_of
from entendu.conversations.waiting import STANDING, customer_words, waiting_since
from entendu.mentions.models import Attachment

BINDING = Q(state=PromiseState.OPEN) | Q(state=PromiseState.BROKEN, settled_by__isnull=True)
_WORK = [
    "state",
    "owner",
    "last_at",
    "waiting_since",
    "due_at",
    "wakes_at",
    "priority",
    "reasons",
    "weighs_at",
]
_READING = ["preview", "language", "sentiment", "intent", "urgency", "disappointed", "has_photo"]


def refresh(conversation: Conversation, *, reading: bool = False) -> None:
    """Derives the columns of the work (and those of the `reading`, when words moved) and saves them.

    To be called by a verb after it wrote its rows, with the conversation held. About ten small queries.
    """
    closed = Closure.objects.filter(conversation=conversation, reopened_at__isnull=True).exists()
    snooze = Snooze.objects.filter(conversation=conversation, ended_at__isnull=True).first()
    owner = Assignment.objects.filter(conversation=conversation, ended_at__isnull=True).first()
    promises = Promise.objects.filter(BINDING, conversation=conversation)
    conversation.state = State.CLOSED if closed else State.SNOOZED if snooze else State.OPEN
    conversation.owner_id = owner.user_id if owner else None
    conversation.wakes_at = snooze.until if snooze and not closed else None
    conversation.due_at = promises.aggregate(due=Min("due_at"))["due"]
    conversation.waiting_since = None if closed else waiting_since(conversation)
    conversation.last_at = _last_at(conversation)
    if reading:
        _read(conversation)
    set_weight(conversation)
    conversation.save(update_fields=_WORK + (_READING if reading else []))


def set_weight(conversation: Conversation) -> None:
    """Sets `priority`, `reasons` and `weighs_at` from the other columns. Does not save."""
    if conversation.state == State.CLOSED:
        conversation.priority, conversation.reasons, conversation.weighs_at = 0, [], None
        return
    audience = customer_words(conversation).aggregate(most=Max("audience"))["most"]
    weigh_now(conversation, audience=audience or 0)


def _last_at(conversation: Conversation) -> datetime:
    parts = Part.objects.filter(conversation=conversation)
    said = parts.aggregate(at=Max("mention__said_at"))["at"]
    replies = Reply.objects.filter(conversation=conversation, state__in=STANDING)
    replied = replies.aggregate(at=Max("composed_at"))["at"]
    return max(filter(None, [said, replied]), default=conversation.opened_at)


def _read(conversation: Conversation) -> None:
    """What was read in the first customer's word and in those that wait. An emptied conversation keeps it."""
    mentions = list(customer_words(conversation).select_related("analysis").order_by("said_at", "id"))
    if not mentions:
        return
    words = [word_of(one, has_photo=False) for one in mentions]
    since = conversation.waiting_since
    describe(conversation, words[0], [word for word in words if since is not None and word.at >= since])
    conversation.preview = " ".join(words[-1].text.split())[:200]
    photos = Attachment.objects.filter(mention__in=mentions, media_type__startswith="image/")
    conversation.has_photo = photos.exists()
