"""How a verb takes hold of a conversation: the actor's right, the organisation, a lock, fresh values."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Closure, Conversation, State


@contextmanager
def held(conversation: Conversation, *, by: Membership, right: str = "") -> Iterator[None]:
    """One transaction in which `conversation` is locked and its values are fresh.

    Refuses an actor of another organisation ("not_yours"), one without `right` ("not_allowed"; empty: any
    active member), and a conversation that was deleted ("gone"). What the block raises undoes what it wrote.
    """
    if by.organisation_id != conversation.organisation_id:
        raise VerbRefused("not_yours")
    if not (by.may(right) if right else by.user.is_active):
        raise VerbRefused("not_allowed")
    with transaction.atomic():
        lock(conversation)
        yield


def lock(*conversations: Conversation) -> None:
    """Locks rows in the order of their ids (two verbs on the same pair never wait for each other), re-reads
    them. Inside a transaction. SQLite needs no row lock: its transactions are immediate."""
    for conversation in sorted(conversations, key=lambda one: one.pk):
        try:
            conversation.refresh_from_db(from_queryset=Conversation.objects.select_for_update())
        except Conversation.DoesNotExist:
            raise VerbRefused("gone") from None


def still_there(conversation: Conversation) -> bool:
    """Locks a conversation that a stage found a moment ago; False when it was deleted since."""
    try:
        lock(conversation)
    except VerbRefused:
        return False
    return True


def demand_not_attached(conversation: Conversation) -> None:
    """Refuses a conversation whose messages moved to another one: nothing may be done here."""
    if conversation.state == State.CLOSED:
        closure = Closure.objects.filter(conversation=conversation, reopened_at__isnull=True).first()
        if closure is not None and closure.reason == "attached":
            raise VerbRefused("attached_elsewhere")


def demand_open(conversation: Conversation) -> None:
    """Refuses a closed conversation (paused is open)."""
    demand_not_attached(conversation)
    if conversation.state == State.CLOSED:
        raise VerbRefused("closed")
