"""Hubs tell us at once that a source has news: we ask them to, and ask again before what they granted ends."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from entendu.channels.doors import open_door
from entendu.channels.endpoint import address_of, open_endpoint
from entendu.channels.follow import host_of, live
from entendu.channels.models import Source, Subscription
from entendu.channels.models.endpoint import Hearing
from entendu.channels.seal import SealBroken, seal_bytes, unseal_bytes
from entendu.kit import clock
from entendu.wire import Offer, Refused, WireError, WithHub

ANSWER_WITHIN = timedelta(hours=1)  # a hub that has not asked back by then is asked again
_FIRST_WAIT = timedelta(minutes=5)  # after a failure; doubles up to a day
_LONGEST_WAIT = timedelta(days=1)
_DENIED_FOR = timedelta(days=7)
_ASK = timedelta(minutes=2)  # while one worker asks, no other does
_MOST_TEXT = 2000
_CLAIM = 20


def note_offer(source: Source, offer: Offer) -> None:
    """A source names its hub: it is asked for news, unless it was already. In the caller's transaction."""
    if max(len(offer.hub), len(offer.topic)) > _MOST_TEXT or (
        _on_this_machine(settings.BASE_URL) and not _on_this_machine(offer.hub)
    ):
        return  # a hub elsewhere could not reach us
    endpoint = open_endpoint(source.channel, source)
    known = Subscription.objects.filter(endpoint=endpoint).first()
    if known is not None and (known.hub, known.topic) == (offer.hub, offer.topic):
        return
    Subscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "hub": offer.hub,
            "topic": offer.topic,
            "secret": seal_bytes(secrets.token_urlsafe(32).encode()),
            "state": Hearing.WANTED,
            "code": "",
            "failures": 0,
            "active_until": None,
            "next_at": clock.now(),
        },
    )


def subscribe_due(limit: int) -> int:
    """Asks the hubs whose turn it is, and those whose grant ends soon. Returns how many were asked."""
    now = clock.now()
    alive = Q(endpoint__source__in=Source.objects.filter(live()), endpoint__closed_at__isnull=True)
    due = Subscription.objects.filter(alive, next_at__lte=now).order_by("next_at")
    rows = due.select_related("endpoint__channel__organisation", "endpoint__source")
    asked = 0
    for one in rows[: min(limit, _CLAIM)]:
        if Subscription.objects.filter(pk=one.pk, next_at=one.next_at).update(next_at=now + _ASK):
            _ask(one, now)
            asked += 1
    return asked


def _ask(one: Subscription, now: datetime) -> None:
    """One request to a hub. The hub asks back at our address (`confirm`), maybe before this returns."""
    state = Hearing.ACTIVE if one.active_until and one.active_until > now else Hearing.ASKED
    rows = Subscription.objects.filter(pk=one.pk)
    # Before the request: the hub may ask back while it lasts, and that sets `failures` back.
    wait = min(ANSWER_WITHIN * 2 ** min(one.failures, 10), _LONGEST_WAIT)
    rows.update(state=state, failures=one.failures + 1, next_at=now + wait)
    endpoint = one.endpoint
    try:
        door = open_door(endpoint.channel, endpoint.source)
        if not isinstance(door, WithHub):
            raise Refused("channel_has_no_webhook")
        door.subscribe(Offer(one.hub, one.topic), address_of(endpoint), secret_of(one))
    except (WireError, SealBroken) as error:
        wait = min(_FIRST_WAIT * 2 ** min(one.failures, 10), _LONGEST_WAIT)
        if isinstance(error, Refused):
            wait = _DENIED_FOR
        rows.update(code=getattr(error, "code", "seal_broken"), next_at=now + wait)


def confirm(one: Subscription, seconds: float) -> None:
    """The hub asked back and was answered: it tells us for `seconds`, and is asked again when a fifth is left."""
    now = clock.now()
    seconds = max(60.0, seconds)
    Subscription.objects.filter(pk=one.pk).update(
        state=Hearing.ACTIVE,
        code="",
        failures=0,
        active_until=now + timedelta(seconds=seconds),
        next_at=now + timedelta(seconds=seconds * 0.8),
    )


def deny(one: Subscription, code: str) -> None:
    """The hub will not tell us. The pull goes on."""
    Subscription.objects.filter(pk=one.pk).update(
        state=Hearing.DENIED, code=code[:60], active_until=None, next_at=clock.now() + _DENIED_FOR
    )


def tells_us(source: Source) -> bool:
    """Whether a hub tells us of news of `source`, whose endpoint and subscription are loaded."""
    subscription = getattr(getattr(source, "endpoint", None), "subscription", None)
    until = subscription.active_until if subscription else None
    return until is not None and until > clock.now()


def values_of(one: Subscription) -> Mapping[str, str]:
    """What a connector needs to check what comes from the hub. Raises SealBroken."""
    return {"websub_hub": one.hub, "websub_topic": one.topic, "websub_secret": secret_of(one)}


def secret_of(one: Subscription) -> str:
    """The secret that the hub signs with."""
    return unseal_bytes(bytes(one.secret)).decode()


def _on_this_machine(address: str) -> bool:
    host = host_of(address).rpartition(":")[0] or host_of(address)
    return host in {"localhost", "::1"} or host.startswith("127.")
