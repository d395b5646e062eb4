"""What was answered and stays quiet closes by itself: the list of work shows what is work."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from entendu.conversations.models import Closure, Conversation, Event, Kind, ReplyState, State
from entendu.kit import clock

REASON = "quiet"


@transaction.atomic
def close_answered(limit: int) -> int:
    """Closes up to `limit` open conversations in which nobody waits, nothing is promised, and nothing was said for
    ENTENDU_QUIET_DAYS days (0: never). Returns how many. The customer's next word reopens them."""
    if not settings.QUIET_DAYS:
        return 0
    now = clock.now()
    quiet = Conversation.objects.filter(
        state=State.OPEN,
        waiting_since__isnull=True,
        due_at__isnull=True,
        last_at__lt=now - timedelta(days=settings.QUIET_DAYS),
    ).exclude(replies__state=ReplyState.UNCERTAIN)
    found = list(quiet.select_for_update().order_by("pk")[:limit])
    if not found:
        return 0
    Closure.objects.insert_many(Closure(conversation=one, reason=REASON, at=now) for one in found)
    Conversation.objects.filter(pk__in=[one.pk for one in found]).update(
        state=State.CLOSED, version=F("version") + 1, priority=0, reasons=[], weighs_at=None
    )
    Event.objects.insert_many(
        Event(
            organisation_id=one.organisation_id,
            conversation=one,
            version=one.version + 1,
            kind=Kind.CLOSED,
            at=now,
            data={"reason": REASON},
        )
        for one in found
    )
    return len(found)
