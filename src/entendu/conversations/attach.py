"""Two conversations are one story: the messages of one move into the other. It can be undone, exactly."""

from django.db import transaction

from entendu.accounts.models import Membership, User
from entendu.conversations.columns import BINDING, refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import demand_open, lock
from entendu.conversations.models import Closure, Conversation, Event, Kind, Part, Promise, Snooze, State
from entendu.kit import clock


def attach(conversation: Conversation, *, into: Conversation, by: Membership) -> None:
    """Moves all messages of `conversation` into `into`, and closes it. Its notes, replies and owner stay with
    it, and are shown in the timeline of `into`. Refused while a promise binds it."""
    _demand(conversation, by)
    if into.organisation_id != by.organisation_id:
        raise VerbRefused("not_yours")
    if conversation.pk == into.pk:
        raise VerbRefused("itself")
    with transaction.atomic():
        lock(conversation, into)
        demand_open(conversation)
        demand_open(into)
        if Promise.objects.filter(BINDING, conversation=conversation).exists():
            raise VerbRefused("promise_running")
        absorb(conversation, into=into, by=by.user)


def absorb(conversation: Conversation, *, into: Conversation, by: User | None = None) -> None:
    """Moves the parts of an open conversation; both are held by the caller. `by` None: the loop found out."""
    now = clock.now()
    parts = list(Part.objects.filter(conversation=conversation).order_by("id"))
    before = [[part.pk, part.moved_from_id, part.by_id] for part in parts]
    for part in parts:  # a part remembers its first home, however often it moves
        part.conversation, part.moved_from, part.by = into, part.moved_from or conversation, by
    Part.objects.bulk_update(parts, ["conversation", "moved_from", "by"])
    pause = Snooze.objects.filter(conversation=conversation, ended_at__isnull=True).first()
    if pause is not None:
        pause.ended_at = now
        pause.save(update_fields=["ended_at"])
    Closure.objects.create(conversation=conversation, reason="attached", by=by, at=now)
    snooze = pause.pk if pause else None
    record(conversation, Kind.ATTACHED, by=by, into=into.pk, number=into.number, parts=before, snooze=snooze)
    record(into, Kind.ATTACHED, by=by, source=conversation.pk, number=conversation.number)
    refresh(conversation)
    refresh(into, reading=True)


def detach(conversation: Conversation, *, by: Membership) -> None:
    """Undoes an attachment: each message returns to where it was, and the conversation to what it was.

    What was said after stays where it was said. Attachments are undone in the reverse order (VerbRefused
    "attached_elsewhere": the other conversation was itself attached since).
    """
    _demand(conversation, by)
    target = _attached_to(conversation)
    if target is None:
        raise VerbRefused("nothing_to_detach")
    with transaction.atomic():
        lock(conversation, target)
        act = _last(conversation)
        closure = Closure.objects.filter(
            conversation=conversation, reopened_at__isnull=True, reason="attached"
        ).first()
        if act is None or closure is None or act.data["into"] != target.pk:
            raise VerbRefused("nothing_to_detach")
        if target.state == State.CLOSED and _attached_to(target) is not None:
            raise VerbRefused("attached_elsewhere")
        _give_back(conversation, act)
        closure.reopened_at, closure.reopened_by = clock.now(), by.user
        closure.save(update_fields=["reopened_at", "reopened_by"])
        record(conversation, Kind.DETACHED, by=by, source=target.pk, number=target.number)
        record(target, Kind.DETACHED, by=by, source=conversation.pk, number=conversation.number)
        refresh(conversation, reading=True)
        refresh(target, reading=True)


def _demand(conversation: Conversation, by: Membership) -> None:
    if by.organisation_id != conversation.organisation_id:
        raise VerbRefused("not_yours")
    if not by.may("triage"):
        raise VerbRefused("not_allowed")


def _last(conversation: Conversation) -> Event | None:
    acts = Event.objects.filter(conversation=conversation, kind=Kind.ATTACHED, data__has_key="parts")
    return acts.order_by("-id").first()


def _attached_to(conversation: Conversation) -> Conversation | None:
    """Where the messages of a conversation are now, while it is attached."""
    attached = Closure.objects.filter(conversation=conversation, reopened_at__isnull=True, reason="attached")
    act = _last(conversation) if attached.exists() else None
    return Conversation.objects.filter(pk=act.data["into"]).first() if act else None


def _give_back(conversation: Conversation, act: Event) -> None:
    before = {pk: (moved_from, by) for pk, moved_from, by in act.data["parts"]}
    parts = list(Part.objects.filter(pk__in=before))
    for part in parts:
        part.conversation = conversation
        part.moved_from_id, part.by_id = before[part.pk]
    Part.objects.bulk_update(parts, ["conversation", "moved_from", "by"])
    if act.data["snooze"]:
        still = Snooze.objects.filter(pk=act.data["snooze"], until__gt=clock.now())
        still.update(ended_at=None)
