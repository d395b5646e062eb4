"""Takes what a source pushes to an address of ours: for good before it is acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from entendu.channels.add import look_now
from entendu.channels.doors import open_door
from entendu.channels.endpoint import may_take, note_delivery, note_refusal
from entendu.channels.follow import TooMany, digest_of, follow_found, look_at
from entendu.channels.health import note_heard
from entendu.channels.hub import confirm, deny, values_of
from entendu.channels.models import Endpoint, Source, Subscription
from entendu.channels.seal import SealBroken
from entendu.kit import clock
from entendu.mentions.pull import store_raws
from entendu.mentions.visit import PAGE, own_raws
from entendu.wire import (
    Address,
    Answer,
    Connector,
    NeedsAuth,
    Page,
    Raw,
    Refused,
    TryLater,
    WireError,
    WithAnswer,
    WithHub,
)

MOST_UNSEEN = 1000  # addresses that were named to us and that nobody has looked at yet


@dataclass(frozen=True, slots=True)
class Received:
    """What was in a delivery: how many units, how many of them new. `door`: the connector that understood it."""

    units: int
    new: int
    door: Connector


def receive(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Received:
    """Keeps what was pushed to `endpoint`; a delivery that comes again adds nothing. Raises WireError: Refused when it
    is not authentic, TryLater when there is too much of it."""
    if not may_take(endpoint):
        raise TryLater("too_many_deliveries", retry_after=60.0)
    try:
        done = _receive(endpoint, headers, body)
    except WireError as error:
        note_refusal(endpoint, error.code)
        raise
    note_delivery(endpoint)
    return done


def answer(endpoint: Endpoint, query: Mapping[str, str]) -> Answer | None:
    """The answer to what is asked by GET at `endpoint`; None when nothing is answered there. Raises Refused."""
    door = door_of(endpoint)
    if not isinstance(door, WithAnswer):
        return None
    subscription = subscription_of(endpoint)
    try:
        said = door.answer(query)
    except Refused as error:
        if subscription and error.code == "websub_denied":
            deny(subscription, error.code)
        raise
    if subscription and said.seconds is not None:
        confirm(subscription, said.seconds)
    return said


def door_of(endpoint: Endpoint) -> Connector:
    """The connector behind an address. Raises Refused."""
    subscription = subscription_of(endpoint)
    try:
        more = values_of(subscription) if subscription else None
        return open_door(endpoint.channel, endpoint.source, more)
    except SealBroken as error:
        raise NeedsAuth("seal_broken", str(error)) from error


def subscription_of(endpoint: Endpoint) -> Subscription | None:
    """What a hub tells us there, if it is a hub's."""
    return getattr(endpoint, "subscription", None)


def _receive(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Received:
    door = door_of(endpoint)
    source = endpoint.source
    if source is not None and isinstance(door, WithHub):
        page = door.take(bytes(source.cursor), headers, body, PAGE)
        return Received(len(page.raws), keep_page(source, page), door)
    things = door.receive(headers, body)
    raws = [one for one in things if isinstance(one, Raw)]
    places = [one for one in things if isinstance(one, Address)]
    with transaction.atomic():
        new = store_raws(endpoint.channel, raws)
        new += look_at_places(endpoint, places)
        if raws and new:
            note_heard(endpoint.channel)
    if not things:
        look_now(endpoint.channel)
    return Received(len(things), new, door)


@transaction.atomic
def keep_page(source: Source, page: Page) -> int:
    """Stores what a hub sent, as if it had been pulled. When a look is under way, or has moved the cursor meanwhile,
    the next look brings it instead: two may not write one cursor."""
    now = clock.now()
    free = Q(host__leased_until__isnull=True) | Q(host__leased_until__lt=now)
    mine = Source.objects.filter(pk__in=Source.objects.filter(free, pk=source.pk), cursor=source.cursor)
    if not mine.update(cursor=page.cursor):
        look_at(Source.objects.filter(pk=source.pk))
        return 0
    new = store_raws(source.channel, own_raws(source, page.raws))
    if new:
        Source.objects.filter(pk=source.pk).update(heard_at=now)
    if page.more:
        look_at(Source.objects.filter(pk=source.pk))
    return new


def look_at_places(endpoint: Endpoint, places: list[Address]) -> int:
    """Follows addresses that were named to us; what was followed already is looked at again. Returns how many are
    new. Raises TryLater when too many wait."""
    if not places:
        return 0
    channel = endpoint.channel
    if channel.sources.filter(checked_at__isnull=True).count() >= MOST_UNSEEN:
        raise TryLater("too_many_deliveries", retry_after=600.0)
    try:
        done = follow_found(channel, places)
    except TooMany as error:
        raise TryLater("too_many_deliveries", str(error), 86_400.0) from None
    if done.known:
        look_at(channel.sources.filter(digest__in=[digest_of(one) for one in places]))
    return done.new
