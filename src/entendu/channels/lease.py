"""Two workers never look at one door at once: a door is leased by a conditional UPDATE, with a fencing key."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from entendu.channels.models import Channel
from entendu.kit import clock

LEASE = timedelta(minutes=2)


class LeaseLost(RuntimeError):
    """Somebody else holds the door now: what was fetched must not be written."""


def lease_next() -> Channel | None:
    """The door that has waited longest for a look, leased to the caller; None when none is due."""
    for channel in due().filter(firehose=False).select_related("organisation")[:8]:
        if lease(channel):
            return channel
    return None


def due() -> QuerySet[Channel]:
    """The doors that wait for a look and that nobody holds, the longest wait first."""
    now = clock.now()
    return Channel.objects.filter(_free(now), next_check_at__lte=now, retired_at__isnull=True).order_by(
        "next_check_at"
    )


def lease(channel: Channel) -> bool:
    """Takes a door for the caller; False when somebody else has it."""
    now, key = clock.now(), uuid.uuid4()
    if not Channel.objects.filter(_free(now), pk=channel.pk).update(lease=key, leased_until=now + LEASE):
        return False
    channel.lease = key
    return True


def _free(now: datetime) -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)


def hold(channel: Channel, **changes: object) -> None:
    """Writes `changes` under the lease and prolongs it. Raises LeaseLost when the lease is another's."""
    until = clock.now() + LEASE
    mine = Channel.objects.filter(pk=channel.pk, lease=channel.lease)
    if not mine.update(leased_until=until, **changes):
        raise LeaseLost


def give_back(channel: Channel) -> None:
    """Ends the lease, if it is still the caller's."""
    Channel.objects.filter(pk=channel.pk, lease=channel.lease).update(lease=None, leased_until=None)
