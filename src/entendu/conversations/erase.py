"""Erases a person up to the conversations: their numbers and dates stay, what repeats the person's words does not."""

from typing import Any

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Conversation, Promise, Reply
from entendu.mentions.models import Mention
from entendu.people.erase import EraseRefused, accounts_of, erase
from entendu.people.export import export
from entendu.people.models import Person


def erase_person(person: Person, *, by: Membership) -> int:
    """Erases `person` everywhere; returns how many messages lost their text. VerbRefused: no_person, not_allowed,
    already_erased.

    The texts of our replies to the person go too: they name and quote it. Notes and promises that colleagues wrote
    stay, since they belong to the organisation's own memory: the page says so before.
    """
    try:
        with transaction.atomic():
            authors = [one.pk for one in accounts_of(person)]
            said = list(Mention.objects.filter(author__in=authors).values_list("pk", flat=True))
            mine = Conversation.objects.filter(author__in=authors)
            also = Conversation.objects.filter(parts__mention__in=said)
            blank = set(mine.values_list("pk", flat=True)) | set(also.values_list("pk", flat=True))
            count = erase(person, by=by)
            Reply.objects.filter(answers__in=said).update(text="", url="", native_key="", detail="")
            Conversation.objects.filter(pk__in=blank).update(title="…", preview="")
            return count
    except EraseRefused as refusal:
        raise _refused(refusal) from refusal


def export_person(person: Person, *, by: Membership) -> dict[str, Any]:
    """All that is kept about `person`, with our replies and promises. VerbRefused: no_person, not_allowed."""
    try:
        found = export(person, by=by)
    except EraseRefused as refusal:
        raise _refused(refusal) from refusal
    authors = [one.pk for one in accounts_of(person)]
    replies = Reply.objects.filter(answers__author__in=authors).select_related("channel")
    promises = Promise.objects.filter(conversation__author__in=authors)
    conversations = Conversation.objects.filter(author__in=authors).order_by("number")
    return found | {
        "conversations": [
            {
                "number": one.number,
                "opened": one.opened_at.isoformat(),
                "state": one.state,
                "title": one.title,
            }
            for one in conversations
        ],
        "replies": [
            {
                "channel": one.channel.name,
                "written": one.composed_at.isoformat(),
                "state": one.state,
                "text": one.text,
            }
            for one in replies.order_by("composed_at")
        ],
        "promises": [
            {
                "what": one.what,
                "conditions": one.conditions,
                "due": one.due_at.isoformat(),
                "state": one.state,
            }
            for one in promises.order_by("at")
        ],
    }


def _refused(refusal: EraseRefused) -> VerbRefused:
    codes = {"not_yours": "no_person", "erased": "already_erased"}
    return VerbRefused(codes.get(refusal.code, refusal.code))
