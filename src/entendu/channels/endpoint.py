"""Addresses of ours to which sources push: opened, shown, changed for another, closed, counted."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.channels.models import Channel, Endpoint, Source
from entendu.channels.models.channel import State
from entendu.channels.seal import seal_bytes, unseal_bytes
from entendu.kit import clock

MOST_A_MINUTE = 600  # deliveries to one address


def open_endpoint(channel: Channel, source: Source | None = None) -> Endpoint:
    """The address of `channel` (or of one of its sources), made when there is none."""
    found = Endpoint.objects.filter(channel=channel, source=source).first()
    if found is not None:
        return found
    token = _token()
    return Endpoint.objects.create(
        channel=channel,
        source=source,
        digest=_digest(token),
        token=seal_bytes(token.encode()),
        opened_at=clock.now(),
    )


@transaction.atomic
def change_endpoint(endpoint: Endpoint, *, by: Membership) -> Endpoint:
    """Another address in place of this one, which is unknown from now on; opens it when it was closed."""
    token = _token()
    endpoint.digest, endpoint.token = _digest(token), seal_bytes(token.encode())
    endpoint.opened_at, endpoint.closed_at = clock.now(), None
    endpoint.save(update_fields=["digest", "token", "opened_at", "closed_at"])
    audit(endpoint.channel.organisation, by, "change_address", endpoint.channel.name)
    return endpoint


@transaction.atomic
def close_endpoint(endpoint: Endpoint, *, by: Membership) -> None:
    """Nothing is taken at this address any more, until it is changed for another."""
    Endpoint.objects.filter(pk=endpoint.pk).update(closed_at=clock.now())
    audit(endpoint.channel.organisation, by, "close_address", endpoint.channel.name)


def address_of(endpoint: Endpoint) -> str:
    """The whole address. Raises SealBroken."""
    return f"{settings.BASE_URL}/in/{unseal_bytes(bytes(endpoint.token)).decode()}/"


def find_endpoint(token: str) -> Endpoint | None:
    """The address with this token, if it is open and its channel is in use."""
    rows = Endpoint.objects.select_related("channel__organisation", "source", "subscription")
    found = rows.filter(
        digest=_digest(token), closed_at__isnull=True, channel__retired_at__isnull=True
    ).first()
    return None if found is None or found.channel.state == State.OFF else found


def may_take(endpoint: Endpoint) -> bool:
    """Counts a delivery; False when there were too many in this minute."""
    minute = _minute(clock.now())
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    rows.exclude(window=minute).update(window=minute, window_count=0)
    return bool(rows.filter(window_count__lt=MOST_A_MINUTE).update(window_count=F("window_count") + 1))


def note_delivery(endpoint: Endpoint) -> None:
    """Something authentic came."""
    Endpoint.objects.filter(pk=endpoint.pk).update(received_at=clock.now())


def note_refusal(endpoint: Endpoint, code: str) -> None:
    """Something came that was refused: the page says so, since the other side may not."""
    Endpoint.objects.filter(pk=endpoint.pk).update(refused_at=clock.now(), refused_code=code[:60])


def _token() -> str:
    return secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _minute(now: datetime) -> int:
    return int(now.timestamp() // 60)
