"""The columns of a conversation, derived from its rows after a verb, so that no list tells another story.

`summary` holds what depends on the words alone, for conversations gathered by the thousand.
"""

from datetime import datetime

from django.db.models import Max, Min, Q, QuerySet

from entendu.conversations.models import (
    Assignment,
    Closure,
    Conversation,
    Part,
    Promise,
    PromiseState,
    Reply,
    ReplyState,
    Snooze,
    State,
)
from entendu.conversations.summary import describe, weigh_now, word_of
from entendu.mentions.models import Attachment, Mention

# A reply that stands: the customer has it, or will, or may. Refused and taken back are as never written.
STANDING = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT, ReplyState.UNCERTAIN)
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


def customer_words(conversation: Conversation) -> QuerySet[Mention]:
    """What the customer (and others outside) said in a conversation, machines and deleted words left out."""
    return Mention.objects.filter(
        part__conversation=conversation, ours=False, automatic=False, deleted_at__isnull=True
    )


def standing_replies(conversation: Conversation) -> QuerySet[Reply]:
    """The replies to the words that a conversation holds now, wherever they were written."""
    here = Q(conversation=conversation) | Q(answers__part__conversation=conversation)
    return Reply.objects.filter(here, state__in=STANDING)


def waiting_since(conversation: Conversation) -> datetime | None:
    """When the first customer's word was said that nobody answered. None: everything is answered.

    Answered is what was here (Part.at) when a standing reply was composed, what was said before our own last
    word on the channel, and what a closing settled that only the customer's next word reopened.
    """
    replied = standing_replies(conversation).aggregate(at=Max("composed_at"))["at"]
    closings = Closure.objects.filter(
        conversation=conversation, reopened_at__isnull=False, reopened_by__isnull=True
    )
    settled = max(filter(None, [replied, closings.aggregate(at=Max("at"))["at"]]), default=None)
    ours = Mention.objects.filter(part__conversation=conversation, ours=True).aggregate(at=Max("said_at"))[
        "at"
    ]
    words = customer_words(conversation)
    if settled is not None:
        words = words.filter(part__at__gt=settled)
    if ours is not None:
        words = words.filter(said_at__gt=ours)
    first: datetime | None = words.aggregate(at=Min("said_at"))["at"]
    return first


def _last_at(conversation: Conversation) -> datetime:
    parts = Part.objects.filter(conversation=conversation)
    said = parts.aggregate(at=Max("mention__said_at"))["at"]
    replied = standing_replies(conversation).aggregate(at=Max("composed_at"))["at"]
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
