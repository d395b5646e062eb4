"""The one way to write an Event. Each is one step of the conversation's version."""

from datetime import datetime

from django.db.models import F

from entendu.accounts.models import Membership, User
from entendu.conversations.models import Conversation, Event, Kind
from entendu.kit import clock

QUIET = frozenset({Kind.SENT, Kind.TOPIC, Kind.CORRECTED, Kind.WOKEN})


def record(
    conversation: Conversation,
    kind: str,
    *,
    by: Membership | User | None = None,
    at: datetime | None = None,
    **data: object,
) -> Event:
    """Writes that `kind` happened (`by` None: the loop did it): the conversation moves to its next version.

    To be called inside the transaction that writes what happened, with the conversation held.
    """
    Conversation.objects.filter(pk=conversation.pk).update(version=F("version") + 1)
    conversation.version = Conversation.objects.values_list("version", flat=True).get(pk=conversation.pk)
    return Event.objects.create(
        organisation_id=conversation.organisation_id,
        conversation=conversation,
        version=conversation.version,
        kind=kind,
        by=by.user if isinstance(by, Membership) else by,
        at=at or clock.now(),
        data=data,
    )


def news(conversation: Conversation, *, since: int, but: Membership) -> list[Event]:
    """What happened after version `since` by others than `but`, oldest first, with their authors.

    Left out is what changes nothing for whoever writes to the customer (QUIET).
    """
    found = Event.objects.filter(conversation=conversation, version__gt=since)
    found = found.exclude(by=but.user_id).exclude(kind__in=QUIET)
    return list(found.select_related("by").order_by("id"))
