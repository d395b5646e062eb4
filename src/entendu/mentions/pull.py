"""Fetches what doors hold: the raw bytes, the channel's own keys and the cursor, in one transaction, before
anything is understood."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from entendu.channels.doors import open_door
from entendu.channels.health import note_failure, note_success
from entendu.channels.lease import LeaseLost, give_back, hold, lease_next
from entendu.channels.models import Channel
from entendu.channels.seal import SealBroken
from entendu.kit import clock
from entendu.mentions.models import Receipt
from entendu.mentions.pulse import beat
from entendu.wire import NeedsAuth, Page, Raw, WireError

COMPARED_WITHIN = 120.0  # seconds that a pull gives way to a comparison


def pull_due(limit: int) -> int:
    """Looks at the next door that is due, up to `limit` units. Returns how many units came that were new."""
    channel = lease_next()
    if channel is None:
        return 0
    try:
        return pull(channel, limit)
    except LeaseLost:
        return 0
    except WireError as error:
        note_failure(channel, error)
        return 0
    except SealBroken as error:
        note_failure(channel, NeedsAuth("seal_broken", str(error)))
        return 0
    finally:
        give_back(channel)


def pull(channel: Channel, limit: int, *, comparing: bool = False) -> int:
    """Pulls pages from a leased `channel` until it has no more or `limit` units came. Where upstream has renumbered
    all, a comparison goes first (`comparing`: it is under way). Raises WireError, LeaseLost."""
    door = open_door(channel)
    came = new = 0
    listened = True
    page = Page(more=True)
    while page.more and came < limit:
        page = door.pull(bytes(channel.cursor), limit - came)
        new += store_page(channel, page)
        came += len(page.raws)
        if page.renumbered and not comparing:
            Channel.objects.filter(pk=channel.pk).update(reconcile_at=clock.now())
            page, listened = replace(page, more=False, wait=COMPARED_WITHIN), False
    now = clock.now()
    wait = timedelta(seconds=channel.poll_seconds if page.wait is None else page.wait)
    note_success(channel, heard=new, next_check_at=now if page.more else now + wait, listened=listened)
    return new


@transaction.atomic
def store_page(channel: Channel, page: Page) -> int:
    """One page, for good: its receipts and the cursor after them, or nothing. Returns how many were new."""
    hold(channel, cursor=page.cursor)
    channel.cursor = page.cursor
    return store_raws(channel, page.raws)


def store_raws(channel: Channel, raws: Sequence[Raw]) -> int:
    """Receipts for `raws`; those that are there already are left alone (a unique index decides, not a look)."""
    if not raws:
        return 0
    now = clock.now()
    day = now.astimezone(channel.organisation.zone).date()
    before = Receipt.objects.filter(channel=channel, key__in=[raw.key[:255] for raw in raws]).count()
    Receipt.objects.insert_many(
        (
            Receipt(
                organisation_id=channel.organisation_id,
                channel_id=channel.pk,
                key=raw.key[:255],
                content=raw.content,
                media_type=raw.media_type[:80],
                note=raw.note[:120],
                received_at=now,
                day=day,
            )
            for raw in raws
        ),
        skip_known=True,
    )
    new = len({raw.key[:255] for raw in raws}) - before
    if new > 0:
        beat(channel, new, now)
    return new
