"""What a person decides in the listening stream: this deserves a conversation, that concerns nobody here."""

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.analysis.withdraw import withdraw
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.gather import drawn
from entendu.conversations.models import Conversation, Kind, Part
from entendu.conversations.opening import next_number
from entendu.conversations.placing import Group
from entendu.conversations.surroundings import LOADED, look_around
from entendu.kit import clock
from entendu.mentions import drop as dropping
from entendu.mentions.models import End, Mention, Receipt
from entendu.mentions.watch import unwatch, watch


def open_by_hand(mention: Mention, *, by: Membership) -> Conversation:
    """A conversation from a watched mention; its receipt ends there. VerbRefused: no_mention, not_allowed,
    in_conversation, deleted_there, said_by_us, not_read."""
    with transaction.atomic():
        mention = _held(mention, by)
        if mention.deleted_at:
            raise VerbRefused("deleted_there")
        if mention.ours:
            raise VerbRefused("said_by_us")
        if not hasattr(mention, "analysis"):
            raise VerbRefused("not_read")
        group = Group(None, [(mention, "by_hand")])
        number = next_number(by.organisation)
        conversation = drawn(group, number, look_around([mention]))
        conversation.version = 0
        conversation.save()
        now = clock.now()
        Part.objects.create(conversation=conversation, mention=mention, why="by_hand", by=by.user, at=now)
        record(conversation, Kind.OPENED, by=by, mention=mention.pk, why="by_hand", ours=False)
        Receipt.objects.filter(pk=mention.receipt_id).update(end=End.CONVERSATION, reason="")
        Mention.objects.filter(pk=mention.pk, gathered_at__isnull=True).update(gathered_at=now)
    return conversation


def drop_by_hand(mention: Mention, *, by: Membership, reason: str) -> None:
    """Forgets a watched mention (`mentions.drop`). VerbRefused: no_mention, not_allowed, in_conversation,
    bad_drop_reason."""
    with transaction.atomic():
        mention = _held(mention, by)
        try:
            withdraw([mention.pk])
            dropping.drop(mention, by=by, reason=reason)
        except dropping.DropRefused as refusal:
            code = "bad_drop_reason" if refusal.code == "bad_reason" else "not_watched"
            raise VerbRefused(code) from refusal


def watch_by_hand(mention: Mention, *, by: Membership, on: bool = True) -> None:
    """A watched mention was looked at, and asks for nothing; with `on` false, nobody has decided that any more.
    VerbRefused: no_mention, not_allowed, in_conversation, deleted_there, said_by_us."""
    with transaction.atomic():
        mention = _held(mention, by)
        if mention.deleted_at:
            raise VerbRefused("deleted_there")
        if mention.ours:
            raise VerbRefused("said_by_us")
        watch(mention, by=by) if on else unwatch(mention, by=by)


def _held(mention: Mention, by: Membership) -> Mention:
    """The mention, locked and fresh; refused when the actor may not decide, or when it is in a conversation."""
    if by.organisation_id != mention.organisation_id:
        raise VerbRefused("no_mention")
    if not by.may("triage"):
        raise VerbRefused("not_allowed")
    rows = Mention.objects.select_for_update(of=("self",)).select_related(*LOADED)
    fresh = rows.filter(pk=mention.pk).first()
    if fresh is None:
        raise VerbRefused("no_mention")
    part = Part.objects.filter(mention=fresh).select_related("conversation").first()
    if part is not None:
        raise VerbRefused("in_conversation", number=part.conversation.number)
    return fresh
