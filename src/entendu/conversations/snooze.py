"""Pause a conversation until a date, or until the customer speaks."""

from datetime import datetime, timedelta

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.conversations.columns import refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import demand_open, held, lock, still_there
from entendu.conversations.models import Conversation, Kind, Snooze, State
from entendu.kit import clock

FARTHEST = timedelta(days=366)


def demand_moment(at: datetime) -> None:
    """Refuses a moment that is past, or more than a year away."""
    if at <= clock.now():
        raise VerbRefused("in_the_past")
    if at > clock.now() + FARTHEST:
        raise VerbRefused("too_far")


def snooze(conversation: Conversation, *, by: Membership, until: datetime) -> Snooze:
    """Pauses it until `until`; a new date replaces the former one."""
    with held(conversation, by=by, right="triage"):
        demand_open(conversation)
        demand_moment(until)
        _end(conversation)
        pause = Snooze.objects.create(conversation=conversation, until=until, by=by.user, at=clock.now())
        record(conversation, Kind.SNOOZED, by=by, until=until.isoformat())
        refresh(conversation)
        return pause


def wake(conversation: Conversation, *, by: Membership) -> None:
    """Ends the pause by hand."""
    with held(conversation, by=by, right="triage"):
        if conversation.state != State.SNOOZED:
            raise VerbRefused("not_snoozed")
        _wake(conversation, why="hand", by=by)


def wake_on_reply(conversation: Conversation) -> bool:
    """The customer spoke: a paused conversation wakes. To be called after the Part of the new mention is
    written. Returns whether it slept."""
    with transaction.atomic():
        lock(conversation)
        if conversation.state != State.SNOOZED:
            return False
        _wake(conversation, why="reply")
        return True


def wake_due(limit: int) -> int:
    """Wakes the conversations whose date has come, at most `limit`. Returns how many woke."""
    due = Conversation.objects.filter(state=State.SNOOZED, wakes_at__lte=clock.now()).order_by("wakes_at")
    woken = 0
    for conversation in due[:limit]:
        with transaction.atomic():
            if not still_there(conversation):
                continue
            if conversation.wakes_at is not None and conversation.wakes_at <= clock.now():
                _wake(conversation, why="date")
                woken += 1
    return woken


def _wake(conversation: Conversation, *, why: str, by: Membership | None = None) -> None:
    _end(conversation)
    record(conversation, Kind.WOKEN, by=by, why=why)
    refresh(conversation)


def _end(conversation: Conversation) -> None:
    running = Snooze.objects.filter(conversation=conversation, ended_at__isnull=True)
    running.update(ended_at=clock.now())
