"""A person looked on the channel, and says what became of an uncertain reply."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from entendu.accounts.models import Membership
from entendu.conversations.columns import refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import held
from entendu.conversations.models import Kind, Reply, ReplyState
from entendu.kit import clock

OUTCOMES = ("sent", "again", "refused")


def uncertain(actor: Membership) -> QuerySet[Reply]:
    """The replies that wait for a person's word, oldest first."""
    waiting = Reply.objects.visible_to(actor).filter(state=ReplyState.UNCERTAIN)
    return waiting.select_related("conversation__owner", "channel", "by").order_by("composed_at")


def settle(reply: Reply, *, by: Membership, outcome: str) -> Reply:
    """Says of an uncertain reply that it was "sent", that it was "refused" (the customer does not have it,
    and waits again), or that it is not there and has to leave "again" (with the same key). VerbRefused."""
    conversation = reply.conversation
    with held(conversation, by=by, right="answer"):
        if outcome not in OUTCOMES:
            raise VerbRefused("bad_outcome")
        now = clock.now()
        choices: dict[str, dict[str, Any]] = {
            "sent": {"state": ReplyState.SENT, "sent_at": reply.tried_at or now},
            "refused": {"state": ReplyState.REFUSED},
            "again": {
                "state": ReplyState.QUEUED,
                "tried_at": None,
                "attempts": 0,
                "leaves_at": now + timedelta(seconds=settings.UNDO_SECONDS),
            },
        }
        mine = Reply.objects.filter(pk=reply.pk, state=ReplyState.UNCERTAIN)
        if not mine.update(settled_by=by.user, **choices[outcome]):
            raise VerbRefused("not_uncertain")
        kind = {"sent": Kind.SENT, "refused": Kind.REFUSED, "again": Kind.REPLIED}[outcome]
        record(conversation, kind, by=by, reply=reply.pk, settled=True)
        refresh(conversation)
        reply.refresh_from_db()
        return reply
