"""Promises to the customer: made, kept, renewed before they are due, or broken."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.conversations.columns import refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import demand_open, held, still_there
from entendu.conversations.models import Conversation, Kind, Promise, PromiseState, Reply
from entendu.conversations.snooze import demand_moment
from entendu.conversations.take import own
from entendu.kit import clock

LONGEST = 300  # characters of a promise, and of its conditions


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """What is promised, before when (aware), under which conditions (may be empty)."""

    what: str
    due_at: datetime
    conditions: str = ""


def promise(conversation: Conversation, *, by: Membership, terms: PromiseTerms) -> Promise:
    """Engages the organisation. Whoever promises takes a conversation that nobody takes care of."""
    with held(conversation, by=by, right="answer"):
        demand_open(conversation)
        made = make(conversation, by=by, terms=terms)
        if conversation.owner_id is None:
            own(conversation, by=by)
        refresh(conversation)
        return made


def make(
    conversation: Conversation, *, by: Membership, terms: PromiseTerms, told_in: Reply | None = None
) -> Promise:
    """Writes a promise in a conversation that the caller holds; the caller refreshes the columns."""
    made = _written(conversation, by=by, terms=terms, told_in=told_in)
    record(conversation, Kind.PROMISED, by=by, promise=made.pk, due_at=made.due_at.isoformat())
    return made


def keep(promise: Promise, *, by: Membership) -> Promise:
    """It is done. After its date it stays broken in the figures, but no longer binds: made good, late."""
    conversation = promise.conversation
    with held(conversation, by=by, right="answer"):
        _demand_binding(promise)
        now = clock.now()
        _break_if_late(promise, conversation, now)
        late = promise.state == PromiseState.BROKEN
        promise.state = PromiseState.BROKEN if late else PromiseState.KEPT
        promise.settled_at, promise.settled_by = now, by.user
        promise.save(update_fields=["state", "settled_at", "settled_by"])
        record(conversation, Kind.KEPT, by=by, promise=promise.pk, late=late)
        refresh(conversation)
        return promise


def renew(promise: Promise, *, by: Membership, terms: PromiseTerms) -> Promise:
    """Replaces it by a new one. Before its date it counts as renewed, neither kept nor broken."""
    conversation = promise.conversation
    with held(conversation, by=by, right="answer"):
        demand_open(conversation)
        _demand_binding(promise)
        now = clock.now()
        _break_if_late(promise, conversation, now)
        made = _written(conversation, by=by, terms=terms, renews=promise)
        if promise.state == PromiseState.OPEN:
            promise.state = PromiseState.RENEWED
        promise.settled_at, promise.settled_by = now, by.user
        promise.save(update_fields=["state", "settled_at", "settled_by"])
        due_at = made.due_at.isoformat()
        record(conversation, Kind.RENEWED, by=by, promise=made.pk, renews=promise.pk, due_at=due_at)
        refresh(conversation)
        return made


def break_overdue(limit: int) -> int:
    """Promises whose date has passed become broken, at most `limit`. Returns how many."""
    overdue = Promise.objects.filter(state=PromiseState.OPEN, due_at__lt=clock.now())
    broken = 0
    for found in overdue.select_related("conversation").order_by("due_at")[:limit]:
        with transaction.atomic():
            if not still_there(found.conversation):
                continue
            found.refresh_from_db(fields=["state", "due_at"])
            if _break_if_late(found, found.conversation, clock.now()):
                refresh(found.conversation)
                broken += 1
    return broken


def _written(
    conversation: Conversation,
    *,
    by: Membership,
    terms: PromiseTerms,
    told_in: Reply | None = None,
    renews: Promise | None = None,
) -> Promise:
    what, conditions = terms.what.strip(), terms.conditions.strip()
    if not what:
        raise VerbRefused("empty")
    if max(len(what), len(conditions)) > LONGEST:
        raise VerbRefused("promise_too_long", length=max(len(what), len(conditions)), most=LONGEST)
    demand_moment(terms.due_at)
    return Promise.objects.create(
        conversation=conversation,
        what=what,
        due_at=terms.due_at,
        conditions=conditions,
        told_in=told_in,
        by=by.user,
        at=clock.now(),
        renews=renews,
    )


def _demand_binding(promise: Promise) -> None:
    """Refuses a promise that somebody settled, reading it again under the conversation's lock."""
    promise.refresh_from_db(fields=["state", "due_at", "settled_at", "settled_by"])
    if promise.state not in {PromiseState.OPEN, PromiseState.BROKEN} or promise.settled_by_id is not None:
        raise VerbRefused("promise_settled")


def _break_if_late(promise: Promise, conversation: Conversation, now: datetime) -> bool:
    if promise.state != PromiseState.OPEN or promise.due_at >= now:
        return False
    promise.state, promise.settled_at = PromiseState.BROKEN, now
    promise.save(update_fields=["state", "settled_at"])
    record(conversation, Kind.BROKEN, promise=promise.pk)
    return True
