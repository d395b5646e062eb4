"""The outbox: who holds a reply, for how long, and what is written when its fate is known.

    queued ── claim ──> sending ── finish ──> sent | refused | uncertain
      ^── postpone (nothing left) ──┘ └── doubt (it may have left) ──> sending, settled later (doubt.py)

A claim is a lease with a random name. Every later write carries it: a worker that was paused until its lease
ran out, while another took over, can write nothing.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership
from entendu.conversations.columns import refresh
from entendu.conversations.event import record
from entendu.conversations.hold import still_there
from entendu.conversations.models import Conversation, Kind, Reply, ReplyState
from entendu.kit import clock
from entendu.wire import TryLater, WireError

log = logging.getLogger("entendu.conversations")

LEASE = timedelta(minutes=5)  # longer than any connector may take to send
LONGEST_WAIT = timedelta(hours=1)
FIRST_WAIT = 5.0  # seconds before the second attempt; doubles each time
GIVE_UP = timedelta(hours=24)  # after that a person decides

# What this app itself says of a reply that did not leave; other codes are the connectors'.
CODES: dict[str, Lazy] = {
    "no_longer_allowed": _("Whoever wrote it may no longer answer here."),
    "message_deleted": _("The message that it answers was deleted by its author."),
    "channel_off": _("The channel was switched off before it left."),
    "gave_up": _("The channel did not take it for a day."),
    "not_known": _("The channel did not say whether it took it."),
    "refused_after_doubt": _("It may have left at an earlier attempt; the last one was refused."),
}
_EVENTS = {
    ReplyState.SENT: Kind.SENT,
    ReplyState.REFUSED: Kind.REFUSED,
    ReplyState.UNCERTAIN: Kind.UNCERTAIN,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A reply in one worker's hands until `until`. `doubt`: it may have left at an earlier attempt."""

    reply: Reply
    lease: uuid.UUID
    until: datetime
    doubt: bool = False


def claim(reply: Reply, *, lease: timedelta, settle_wait: float) -> Claim | None:
    """Takes a reply that is due, or whose holder's lease ran out. None: somebody else was quicker.

    The lease outlives the attempt by `settle_wait` seconds: when it runs out, a read-back may be believed.
    """
    now = clock.now()
    mine, until = uuid.uuid4(), now + lease
    free = Q(state=ReplyState.QUEUED, leaves_at__lte=now) | Q(state=ReplyState.SENDING, leased_until__lte=now)
    took = Reply.objects.filter(free, pk=reply.pk, state=reply.state).update(
        state=ReplyState.SENDING,
        lease=mine,
        leased_until=until + timedelta(seconds=settle_wait),
        attempts=F("attempts") + 1,
        tried_at=Coalesce(F("tried_at"), Value(now, output_field=DateTimeField())),
    )
    if not took:
        return None
    doubt = reply.state == ReplyState.SENDING
    reply.refresh_from_db(fields=["state", "lease", "leased_until", "attempts", "tried_at"])
    return Claim(reply, mine, until, doubt)


def finish(
    held: Claim, state: str, *, native_key: str = "", url: str = "", code: str = "", detail: str = ""
) -> bool:
    """Writes what became of a reply, with its Event. False: the lease is no longer ours, nothing is."""
    now = clock.now()
    with transaction.atomic():
        conversation = held.reply.conversation
        if not still_there(conversation):
            return False
        written = _ours(held).update(
            state=state,
            lease=None,
            leased_until=None,
            sent_at=now if state == ReplyState.SENT else None,
            native_key=native_key[:400],
            url=url[:1000],
            code=code[:60],
            detail=detail[:2000],
        )
        if not written:
            log.warning("reply %s: the lease ran out before its fate was written (%s)", held.reply.pk, state)
            return False
        to = responsible(held.reply, conversation) if state == ReplyState.UNCERTAIN else ""
        record(conversation, _EVENTS[ReplyState(state)], reply=held.reply.pk, code=code, to=to)
        refresh(conversation)
        return True


def postpone(held: Claim, error: WireError) -> None:
    """Nothing left: back to the queue, later. What upstream asks (Retry-After) holds for the channel."""
    now = clock.now()
    if now - held.reply.composed_at > GIVE_UP:
        finish(held, ReplyState.REFUSED, code="gave_up", detail=str(error))
        return
    at = now + wait_after(held.reply.attempts, error)
    _ours(held).update(
        state=ReplyState.QUEUED,
        lease=None,
        leased_until=None,
        tried_at=None,
        leaves_at=at,
        code=error.code[:60],
        detail=error.detail[:2000],
    )
    if isinstance(error, TryLater) and error.retry_after is not None:
        queue = Reply.objects.filter(channel=held.reply.channel_id, state=ReplyState.QUEUED)
        queue.filter(leaves_at__lt=at).update(leaves_at=at)


def doubt(held: Claim, error: WireError, *, settle_wait: float = 0.0) -> None:
    """It may have left: nobody touches it before `settle_wait` seconds and the usual back-off are over."""
    wait = max(wait_after(held.reply.attempts, error), timedelta(seconds=settle_wait))
    _ours(held).update(
        lease=None, leased_until=clock.now() + wait, code=error.code[:60], detail=error.detail[:2000]
    )


def wait_after(attempts: int, error: WireError) -> timedelta:
    """How long to wait after attempt number `attempts`: what upstream asked (1 s to 1 h), else doubling."""
    if isinstance(error, TryLater) and error.retry_after is not None:
        return min(timedelta(seconds=max(1.0, error.retry_after)), LONGEST_WAIT)
    return min(timedelta(seconds=FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 12)), LONGEST_WAIT)


def responsible(reply: Reply, conversation: Conversation) -> str:
    """The name of whoever has to settle an uncertain reply: the owner, else the writer, else who leads."""
    if person := conversation.owner or reply.by:
        return str(person)
    members = Membership.objects.filter(organisation=conversation.organisation_id).select_related("user")
    leader = members.filter(role__in=["manager", "admin"]).order_by("-role", "id").first()
    return str(leader.user) if leader else ""


def _ours(held: Claim) -> QuerySet[Reply]:
    return Reply.objects.filter(pk=held.reply.pk, lease=held.lease, state=ReplyState.SENDING)
