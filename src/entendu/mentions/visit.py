"""Looks at the addresses that channels follow, many at once and each host one at a time. What they answer is awaited
in threads; what came is written here, by the loop, in one transaction for all that has arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction

from entendu.channels.doors import open_door
from entendu.channels.hub import note_offer, tells_us
from entendu.channels.models import Source
from entendu.channels.seal import SealBroken
from entendu.channels.seen import note_look, note_trouble, tell_channels
from entendu.channels.turn import end_turns, still_held, take_turns
from entendu.kit import clock
from entendu.mentions.errands import Errands
from entendu.mentions.pull import store_raws
from entendu.wire import Broken, NeedsAuth, Page, Raw, WireError

AT_ONCE = 24  # looks under way in this process: each holds one document of 5 MB at most
PAGE = 500  # units of one look
TOLD = 2 * 3600.0  # seconds between two looks at least while a hub tells us: hubs forget, too
MOST_TRIES = 10  # looks at what others named to us, as long as nothing was heard there
PATIENCE = 0.1  # seconds that the loop waits for the first of them


@dataclass(slots=True)
class Look:
    """What a look brought, or why it brought nothing. `heard`: units that were new."""

    source: Source
    page: Page | None = None
    error: WireError | None = None
    heard: int = 0


_looks: Errands[Look] = Errands()


def under_way() -> int:
    """How many looks are under way in this process."""
    return _looks.under_way


def visit_due(limit: int) -> int:
    """Sends out looks at what is due, and keeps what earlier ones brought. Returns how many came back."""
    send_out()
    looks = _looks.come_back(PATIENCE)
    if looks:
        keep_looks(looks)
        send_out()
    return len(looks)


def send_out() -> None:
    """Starts as many looks as may be under way."""
    sources = take_turns(AT_ONCE - _looks.under_way) if _looks.under_way < AT_ONCE else []
    for source in sources:
        _looks.send(f"look-{source.pk}", partial(look, source))


def look(source: Source) -> Look:
    """Asks upstream, without the store. Whatever goes wrong is that source's trouble alone."""
    try:
        return Look(source, page=open_door(source.channel, source).pull(bytes(source.cursor), PAGE))
    except WireError as error:
        return Look(source, error=error)
    except SealBroken as error:
        return Look(source, error=NeedsAuth("seal_broken", str(error)))
    except Exception as error:  # a connector's fault must not end the loop
        return Look(source, error=Broken("connector_fault", f"{type(error).__name__}: {error}"))


@transaction.atomic
def keep_looks(looks: Sequence[Look]) -> None:
    """For good, and in one transaction: what came, the cursors after it, when to look again."""
    held = still_held([one.source.host for one in looks])
    mine = [
        one for one in looks if one.source.host_id in held
    ]  # else another worker has the host, and looked again
    wanted = [one.source.pk for one in mine]
    followed = set(Source.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    kept = [one for one in mine if one.source.pk in followed]
    for one in kept:
        _keep(one)
    end_turns([(one.source.host, one.error) for one in mine])
    if kept:
        tell_channels([(one.source, one.heard) for one in kept])


def _keep(one: Look) -> None:
    source, page, now = one.source, one.page, clock.now()
    if page is None:
        note_trouble(source, one.error or Broken("connector_fault"))
        if source.detail and not source.heard_at and source.failures >= MOST_TRIES:
            source.delete()  # a claim that nobody could ever look into
        return
    source.cursor, source.title = page.cursor, source.title or page.title[:200]
    one.heard = store_raws(source.channel, own_raws(source, page.raws))
    if page.over and not page.raws and not source.heard_at:
        source.delete()  # what was claimed is not so: nothing was heard there, and nothing will be
        return
    if page.offer:
        note_offer(source, page.offer)
    wait = source.channel.poll_seconds if page.wait is None else page.wait
    wait = max(wait, TOLD) if tells_us(source) else wait
    again = now if page.more else now + timedelta(seconds=wait)
    note_look(source, heard=one.heard, next_check_at=None if page.over else again)


def own_raws(source: Source, raws: Sequence[Raw]) -> list[Raw]:
    """`raws` under keys of this source: another address of the channel cannot take them by naming them first."""
    return [Raw(f"{source.pk}:{raw.key}", raw.content, raw.media_type, raw.note) for raw in raws]
