"""Time alone changes what comes first: waits grow, promises come near."""

from django.db import transaction

from entendu.conversations.columns import set_weight
from entendu.conversations.hold import still_there
from entendu.conversations.models import Conversation, State
from entendu.kit import clock


def reweigh_due(limit: int) -> int:
    """Weighs again the open conversations whose weight time has changed, at most `limit`; returns how many.
    No event: nobody did anything."""
    due = Conversation.objects.filter(state=State.OPEN, weighs_at__lte=clock.now()).order_by("weighs_at")
    found = list(due[:limit])
    for conversation in found:
        with transaction.atomic():
            if still_there(conversation):
                set_weight(conversation)
                conversation.save(update_fields=["priority", "reasons", "weighs_at"])
    return len(found)
