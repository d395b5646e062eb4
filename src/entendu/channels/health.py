"""The health of a door, as its last use told: written by whoever used it, shown to all."""

from datetime import datetime, timedelta

from entendu.channels.models import Channel
from entendu.channels.models.channel import State
from entendu.kit import clock
from entendu.wire import NeedsAuth, Refused, TryLater, WireError

LONGEST_WAIT = timedelta(hours=1)
HEALTH = ["state", "state_code", "state_detail", "state_since", "failures", "checked_at", "next_check_at"]


def note_success(
    channel: Channel, *, heard: int, next_check_at: datetime | None, listened: bool = True
) -> None:
    """The door worked: `heard` units came, and it is to be looked at again at `next_check_at`. `listened`: that nothing
    came would be a silence."""
    now = clock.now()
    if channel.state != State.OK:
        channel.state, channel.state_code, channel.state_detail, channel.state_since = State.OK, "", "", now
    channel.failures = 0
    channel.checked_at = now
    channel.worked_at = now if listened else channel.worked_at
    channel.next_check_at = next_check_at
    if heard:
        channel.heard_at = now
    channel.save(update_fields=[*HEALTH, "worked_at", "heard_at"])


def note_heard(channel: Channel) -> None:
    """Something came by itself: a source pushed it."""
    Channel.objects.filter(pk=channel.pk).update(heard_at=clock.now())


def note_failure(channel: Channel, error: WireError) -> None:
    """The door failed: its state says how; the next look waits (a minute, doubling to an hour, or as upstream
    asked): four looks fit into seven minutes, so that an alarm does not wait for long."""
    now = clock.now()
    channel.failures += 1
    state = _state_after(error, channel.failures)
    if channel.state != state:
        channel.state, channel.state_since = state, now
    channel.state_code, channel.state_detail = error.code, error.detail[:2000]
    channel.checked_at = now
    channel.next_check_at = now + _wait_after(channel, error)
    channel.save(update_fields=HEALTH)


def _state_after(error: WireError, failures: int) -> str:
    if isinstance(error, NeedsAuth):
        return State.NEEDS_AUTH
    if isinstance(error, Refused):
        return State.BLOCKED
    return State.DEGRADED if failures >= 2 else State.OK  # one passing fault is no news


def _wait_after(channel: Channel, error: WireError) -> timedelta:
    if isinstance(error, TryLater) and error.retry_after is not None:
        return min(timedelta(seconds=max(1.0, error.retry_after)), LONGEST_WAIT)
    seconds = float(min(channel.poll_seconds, 60)) * 2.0 ** min(max(channel.failures - 1, 0), 8)
    return min(timedelta(seconds=seconds), LONGEST_WAIT)
