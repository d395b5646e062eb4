"""The end of a conversation, and its new beginnings."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership
from entendu.conversations.columns import BINDING, refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import demand_not_attached, held, lock
from entendu.conversations.models import (
    Closure,
    Conversation,
    Kind,
    Promise,
    Snooze,
    State,
)
from entendu.kit import clock

REASONS: dict[str, Lazy] = {
    "solved": _("solved"),
    "no_answer": _("needs no answer"),
    "duplicate": _("said twice"),
    "unwanted": _("unwanted (spam)"),
}


def close(conversation: Conversation, *, by: Membership, reason: str = "solved") -> Closure:
    """Closes it for one of REASONS. Refused while a promise binds: keep it (late, if it was broken) first.

    A reply that waits in the outbox leaves all the same. A pause ends. The owner stays known.
    """
    with held(conversation, by=by, right="answer"):
        if reason not in REASONS:
            raise VerbRefused("bad_reason")
        if conversation.state == State.CLOSED:
            raise VerbRefused("already_closed")
        if Promise.objects.filter(BINDING, conversation=conversation).exists():
            raise VerbRefused("promise_running")
        now = clock.now()
        Snooze.objects.filter(conversation=conversation, ended_at__isnull=True).update(ended_at=now)
        closure = Closure.objects.create(conversation=conversation, reason=reason, by=by.user, at=now)
        record(conversation, Kind.CLOSED, by=by, reason=reason)
        refresh(conversation)
        return closure


def reopen(conversation: Conversation, *, by: Membership) -> None:
    """Opens a closed conversation again. Refused when its messages are attached elsewhere (detach it)."""
    with held(conversation, by=by, right="answer"):
        if conversation.state != State.CLOSED:
            raise VerbRefused("not_closed")
        demand_not_attached(conversation)
        open_again(conversation, by=by)
        refresh(conversation)


def open_again(conversation: Conversation, *, by: Membership | None) -> None:
    """Ends the closure of a conversation that the caller holds; the caller refreshes the columns."""
    running = Closure.objects.filter(conversation=conversation, reopened_at__isnull=True)
    running.update(reopened_at=clock.now(), reopened_by=by.user if by else None)
    record(conversation, Kind.REOPENED, by=by)


def reopen_on_reply(conversation: Conversation) -> bool:
    """The customer speaks in it again: opens it if it was closed within REOPEN_DAYS. To be called after the
    Part of the new mention is written. False: it stays closed, the word belongs to a new conversation."""
    with transaction.atomic():
        lock(conversation)
        closure = Closure.objects.filter(conversation=conversation, reopened_at__isnull=True).first()
        if closure is None:
            return True
        if closure.reason == "attached" or closure.at < clock.now() - timedelta(days=settings.REOPEN_DAYS):
            return False
        open_again(conversation, by=None)
        refresh(conversation)
        return True
