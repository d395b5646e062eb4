"""Replies leave: each once, or its fate is said to be unknown (doubt.py settles it). Never guessed."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from entendu.accounts.models import Membership
from entendu.channels.doors import open_door
from entendu.channels.health import note_failure
from entendu.channels.models.channel import State as Health
from entendu.conversations.draft import draft_of
from entendu.conversations.models import Reply, ReplyState
from entendu.conversations.outbox import LEASE, Claim, claim, doubt, finish, postpone
from entendu.kit import clock
from entendu.wire import Broken, Connector, NeedsAuth, Refused, Sent, TryLater, WireError

ROUND = timedelta(seconds=5)  # then the loop listens again: a slow channel must not make it deaf
LOADED = ("channel", "answers__author", "by", "conversation")


def send_waiting(limit: int, *, lease: timedelta = LEASE) -> int:
    """Sends the replies that are due, at most `limit`, oldest first; returns how many were tried.

    Within a conversation they leave in the order in which they were written. A channel that fails is left in
    peace for the rest of the round.
    """
    tried, shut, end = 0, set[int](), clock.now() + ROUND
    for reply in _due()[:limit]:
        if clock.now() > end:
            break
        if reply.channel_id in shut or clock.now() < reply.leaves_at:
            continue
        door, error = open_for(reply)
        held = claim(reply, lease=lease, settle_wait=door.caps.settle_wait if door else 0.0)
        if held is None:
            continue
        tried += 1
        if door is None:
            _no_door(held, error)
        elif code := forbidden(reply):
            finish(held, ReplyState.REFUSED, code=code)
        elif not attempt(held, door):
            shut.add(reply.channel_id)
    return tried


def _due() -> QuerySet[Reply]:
    before = Reply.objects.filter(
        conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"), state__in=["queued", "sending"]
    )
    waiting = Reply.objects.filter(state=ReplyState.QUEUED, leaves_at__lte=clock.now()).exclude(
        Exists(before)
    )
    return waiting.select_related(*LOADED).order_by("leaves_at", "id")


def open_for(reply: Reply) -> tuple[Connector | None, WireError]:
    """The connector of a reply, or why there is none."""
    try:
        return open_door(reply.channel), Broken("")
    except WireError as error:
        return None, error
    except Exception as error:  # a connector may come from elsewhere: its fault must not stop the others
        return None, Broken("channel_unreadable", repr(error))


def _no_door(held: Claim, error: WireError) -> None:
    if isinstance(error, Refused):
        finish(held, ReplyState.REFUSED, code=error.code, detail=error.detail)
    else:
        postpone(held, error)


def forbidden(reply: Reply) -> str:
    """Why a reply may not leave after all: what was allowed when it was written may not be any more."""
    member = Membership.objects.filter(
        user=reply.by_id, organisation=reply.conversation.organisation_id
    ).select_related("user")
    if not any(one.may("answer") for one in member):
        return "no_longer_allowed"
    if reply.answers.deleted_at is not None:
        return "message_deleted"
    if reply.channel.retired_at is not None or reply.channel.state == Health.OFF:
        return "channel_off"
    return ""


def attempt(held: Claim, door: Connector) -> bool:
    """Sends once and writes what became of it. False: the channel is in difficulty."""
    if clock.now() >= held.until:
        return True  # paused for so long that another may hold it: nothing leaves from here
    try:
        sent = door.send(draft_of(held.reply))
    except (TryLater, NeedsAuth) as error:
        if isinstance(error, NeedsAuth):
            note_failure(held.reply.channel, error)
        doubt(held, error) if held.doubt else postpone(held, error)
        return False
    except Refused as error:
        sent = Sent("refused", code=error.code, detail=error.detail)
    except Exception as error:  # whatever broke, it broke while sending: it may have left
        code = error.code if isinstance(error, WireError) else "connector_failed"
        sent = Sent("unknown", code=code, detail=repr(error))
    write(held, door, sent)
    return sent.outcome != "unknown"


def write(held: Claim, door: Connector, sent: Sent) -> None:
    """Writes the answer of a channel on the reply."""
    if sent.outcome == "sent":
        finish(held, ReplyState.SENT, native_key=sent.key, url=sent.url)
    elif sent.outcome == "refused" and held.doubt:
        finish(held, ReplyState.UNCERTAIN, code="refused_after_doubt", detail=f"{sent.code} {sent.detail}")
    elif sent.outcome == "refused":
        finish(held, ReplyState.REFUSED, code=sent.code, detail=sent.detail)
    elif door.caps.settle == "park":
        finish(held, ReplyState.UNCERTAIN, code=sent.code or "not_known", detail=sent.detail)
    else:
        doubt(held, Broken(sent.code or "not_known", sent.detail), settle_wait=door.caps.settle_wait)
