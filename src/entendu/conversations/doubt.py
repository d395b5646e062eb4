"""Replies of which nobody knows whether they left, settled by the rule of their channel.

idempotent   send again with the same key, as long as the channel surely remembers it; then read back
read_back    look for it; send again only if it is certainly not there
park         a person looks, and says (settle.py)
"""

from datetime import datetime, timedelta

from entendu.conversations.draft import draft_of
from entendu.conversations.models import Reply, ReplyState
from entendu.conversations.outbox import LEASE, Claim, claim, doubt, finish
from entendu.conversations.send import LOADED, ROUND, attempt, open_for
from entendu.kit import clock
from entendu.wire import Broken, Connector, NeedsAuth, TryLater, WireError

LOOKS = timedelta(hours=1)  # for so long we try to look ourselves; then a person is asked
KEY_BELIEVED = timedelta(minutes=50)  # the shortest memory of keys known is an hour (Mastodon)


def settle_doubtful(limit: int, *, lease: timedelta = LEASE) -> int:
    """Settles the replies whose lease ran out while they were being sent, at most `limit`; how many."""
    doubtful = Reply.objects.filter(state=ReplyState.SENDING, leased_until__lte=clock.now())
    tried, end = 0, clock.now() + ROUND
    for reply in doubtful.select_related(*LOADED).order_by("leased_until", "id")[:limit]:
        if clock.now() > end:
            break
        door, error = open_for(reply)
        held = claim(reply, lease=lease, settle_wait=door.caps.settle_wait if door else 0.0)
        if held is None:
            continue
        tried += 1
        if door is None:
            finish(held, ReplyState.UNCERTAIN, code=error.code, detail=error.detail)
        else:
            _settle(held, door)
    return tried


def _settle(held: Claim, door: Connector) -> None:
    rule = door.caps.settle
    if rule == "idempotent" and clock.now() - _since(held) <= KEY_BELIEVED:
        attempt(held, door)
    elif rule == "park":
        finish(held, ReplyState.UNCERTAIN, code=held.reply.code or "not_known", detail=held.reply.detail)
    else:
        _read_back(held, door)


def _read_back(held: Claim, door: Connector) -> None:
    try:
        found = door.find_sent(draft_of(held.reply))
    except (TryLater, NeedsAuth) as error:  # not being able to look is not a proof of absence
        _look_later(held, error)
        return
    except Exception as error:  # it says that it cannot know, or fails in its own way: a person looks
        code = error.code if isinstance(error, WireError) else "connector_failed"
        finish(held, ReplyState.UNCERTAIN, code=code, detail=repr(error))
        return
    if found is not None and found.outcome == "sent":
        finish(held, ReplyState.SENT, native_key=found.key, url=found.url)
    elif found is not None:
        _look_later(held, Broken(found.code or "not_known", found.detail))
    elif door.caps.settle == "read_back":
        Reply.objects.filter(pk=held.reply.pk, lease=held.lease).update(tried_at=clock.now())
        attempt(Claim(held.reply, held.lease, held.until), door)
    else:
        finish(held, ReplyState.UNCERTAIN, code="not_known")


def _look_later(held: Claim, error: WireError) -> None:
    if clock.now() - _since(held) > LOOKS:
        finish(held, ReplyState.UNCERTAIN, code=error.code, detail=error.detail)
    else:
        doubt(held, error)


def _since(held: Claim) -> datetime:
    return held.reply.tried_at or held.reply.leaves_at
