"""What a look at a source told: its health, when to look again, and what that says of its channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from entendu.channels.follow import live
from entendu.channels.health import HEALTH
from entendu.channels.models import Channel, Source
from entendu.channels.models.channel import State
from entendu.kit import clock
from entendu.wire import NeedsAuth, Refused, TryLater, WireError

_SHORTEST = timedelta(minutes=5)
_LONGEST = {
    False: timedelta(days=1),
    True: timedelta(days=7),
}  # refused: upstream said no, and may change its mind
FIELDS = [
    "state",
    "state_code",
    "state_detail",
    "state_since",
    "failures",
    "checked_at",
    "next_check_at",
    "cursor",
    "title",
]


def note_look(source: Source, *, heard: int, next_check_at: datetime | None) -> None:
    """It worked: `heard` units came."""
    now = clock.now()
    if source.state != State.OK:
        source.state, source.state_code, source.state_detail, source.state_since = State.OK, "", "", now
    source.failures, source.checked_at, source.next_check_at = 0, now, next_check_at
    source.heard_at = now if heard else source.heard_at
    source.save(update_fields=[*FIELDS, "heard_at"])


def note_trouble(source: Source, error: WireError) -> None:
    """It failed: it is looked at again after a wait that doubles from five minutes to a day, to a week when upstream
    refused, or as upstream asked."""
    now = clock.now()
    source.failures += 1
    refused = isinstance(error, Refused)
    state = _state_after(error, source)
    if source.state != state:
        source.state, source.state_since = state, now
    source.state_code, source.state_detail = error.code, error.detail[:500]
    wait = min(_SHORTEST * 2 ** min(source.failures - 1, 12), _LONGEST[refused])
    if isinstance(error, TryLater) and error.retry_after:
        wait = max(wait, timedelta(seconds=error.retry_after))
    source.checked_at, source.next_check_at = now, now + wait
    source.save(update_fields=FIELDS)


def _state_after(error: WireError, source: Source) -> str:
    if isinstance(error, NeedsAuth):
        return State.NEEDS_AUTH
    if isinstance(error, Refused):
        return State.BLOCKED
    if isinstance(error, TryLater) and source.failures < 2 and source.cursor:
        return source.state  # one passing fault of what worked is no news
    return State.DEGRADED


def tell_channels(looks: Sequence[tuple[Source, int]]) -> None:
    """Notes on the channels of `looks` (source, units that came) that they were looked at, and how they are: well when
    one of their addresses is, else as the one that failed last."""
    now = clock.now()
    heard: dict[int, int] = {}
    for source, count in looks:
        heard[source.channel_id] = heard.get(source.channel_id, 0) + count
    Channel.objects.filter(pk__in=heard).update(checked_at=now)
    Channel.objects.filter(pk__in=[pk for pk, count in heard.items() if count]).update(heard_at=now)
    well = {source.channel_id for source, _ in looks if source.state == State.OK and not source.failures}
    Channel.objects.filter(pk__in=well).update(worked_at=now)
    troubled = {source.channel_id for source, _ in looks if source.state != State.OK}
    for channel in Channel.objects.filter(pk__in=heard).filter(~Q(state=State.OK) | Q(pk__in=troubled)):
        _judge(channel, now)


def _judge(channel: Channel, now: datetime) -> None:
    if channel.state == State.OFF:
        return
    rows = channel.sources.filter(live())
    worst = None
    if not rows.filter(state=State.OK).exists():
        worst = rows.order_by("-checked_at").first()
    state, code, detail = (worst.state, worst.state_code, worst.state_detail) if worst else (State.OK, "", "")
    if (channel.state, channel.state_code) != (state, code):
        channel.state_since = now
        channel.state, channel.state_code, channel.state_detail = state, code, detail
        channel.save(update_fields=[name for name in HEALTH if name.startswith("state")])
