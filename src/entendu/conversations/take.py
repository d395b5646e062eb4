"""Who takes care of a conversation: one person at a time, pulled rather than pushed."""

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.conversations.boxes import box
from entendu.conversations.columns import refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import demand_open, held
from entendu.conversations.models import Assignment, Conversation, Kind
from entendu.kit import clock


def take(conversation: Conversation, *, by: Membership) -> None:
    """`by` takes care of it from now on. Nothing happens if he does already; refused if a colleague does."""
    with held(conversation, by=by, right="answer"):
        demand_open(conversation)
        if conversation.owner_id == by.user_id:
            return
        if conversation.owner is not None:
            raise VerbRefused("taken", name=str(conversation.owner))
        own(conversation, by=by)
        refresh(conversation)


def own(conversation: Conversation, *, by: Membership) -> None:
    """Writes that `by` takes an ownerless conversation, held by the caller, who refreshes the columns."""
    Assignment.objects.create(conversation=conversation, user=by.user, by=by.user, at=clock.now())
    record(conversation, Kind.TAKEN, by=by)


def take_next(*, by: Membership) -> Conversation | None:
    """Takes the first conversation of the box "to take"; None when there is nothing to take.

    Two people who press at the same moment get two different conversations.
    """
    if not by.may("answer"):
        raise VerbRefused("not_allowed")
    with transaction.atomic():
        first = box(by, "to_take").select_for_update(skip_locked=True, of=("self",)).first()
        if first is None:
            return None
        take(first, by=by)
        return first


def release(conversation: Conversation, *, by: Membership) -> None:
    """Puts it back among those to take. Only its owner may, or whoever leads the listening."""
    with held(conversation, by=by, right="answer"):
        demand_open(conversation)
        if conversation.owner_id is None:
            raise VerbRefused("nobody_has_it")
        if conversation.owner_id != by.user_id and not by.may("listen"):
            raise VerbRefused("not_owner")
        _end(conversation)
        record(conversation, Kind.RELEASED, by=by)
        refresh(conversation)


def assign(conversation: Conversation, *, by: Membership, to: Membership) -> None:
    """Gives it to `to`, whoever had it. Refused when `to` does not work here or may not answer."""
    with held(conversation, by=by, right="triage"):
        demand_open(conversation)
        if to.organisation_id != conversation.organisation_id:
            raise VerbRefused("nobody")
        if not to.may("answer"):
            raise VerbRefused("cannot_answer", name=str(to.user))
        before = conversation.owner_id
        if before == to.user_id:
            return
        _end(conversation)
        Assignment.objects.create(conversation=conversation, user=to.user, by=by.user, at=clock.now())
        record(conversation, Kind.ASSIGNED, by=by, to=to.user_id, before=before, name=str(to.user))
        refresh(conversation)


def _end(conversation: Conversation) -> None:
    running = Assignment.objects.filter(conversation=conversation, ended_at__isnull=True)
    running.update(ended_at=clock.now())
