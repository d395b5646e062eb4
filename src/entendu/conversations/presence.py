"""Who looks at a conversation now, and who writes. It fades by itself, and is no event."""

from datetime import timedelta

from entendu.accounts.models import Membership
from entendu.conversations.hold import held
from entendu.conversations.models import Conversation, Presence
from entendu.kit import clock

BELIEVED = timedelta(seconds=30)
_FORGOTTEN = timedelta(hours=1)


def look(conversation: Conversation, *, by: Membership, writing: bool) -> None:
    """`by` has it open, and is writing or not. To be said again before BELIEVED is over."""
    now = clock.now()
    with held(conversation, by=by):
        Presence.objects.update_or_create(
            conversation=conversation, user=by.user, defaults={"writing": writing, "at": now}
        )
        Presence.objects.filter(user=by.user, at__lt=now - _FORGOTTEN).delete()


def leave(conversation: Conversation, *, by: Membership) -> None:
    """`by` looks elsewhere."""
    with held(conversation, by=by):
        Presence.objects.filter(conversation=conversation, user=by.user).delete()


def present(conversation: Conversation, *, but: Membership) -> list[Presence]:
    """Who else is there, writers first."""
    fresh = Presence.objects.visible_to(but).filter(conversation=conversation, at__gt=clock.now() - BELIEVED)
    return list(fresh.exclude(user=but.user_id).select_related("user").order_by("-writing", "user__name"))
