"""Two workers never look at one door at once: a door is leased by a conditional UPDATE, with a fencing key."""

import uuid
from datetime import timedelta

from django.db.models import Q

from entendu.channels.models import Channel
from entendu.kit import clock

LEASE = timedelta(minutes=2)


class LeaseLost(RuntimeError):
    """Somebody else holds the door now: what was fetched must not be written."""


def lease_next() -> Channel | None:
    """The door that has waited longest for a look, leased to the caller; None when none is due."""
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    due = Channel.objects.filter(free, next_check_at__lte=now, retired_at__isnull=True)
    for channel in due.select_related("organisation").order_by("next_check_at")[:8]:
        key = uuid.uuid4()
        if Channel.objects.filter(free, pk=channel.pk).update(lease=key, leased_until=now + LEASE):
            channel.lease = key
            return channel
    return None


def hold(channel: Channel, **changes: object) -> None:
    """Writes `changes` under the lease and prolongs it. Raises LeaseLost when the lease is another's."""
    until = clock.now() + LEASE
    mine = Channel.objects.filter(pk=channel.pk, lease=channel.lease)
    if not mine.update(leased_until=until, **changes):
        raise LeaseLost


def give_back(channel: Channel) -> None:
    """Ends the lease, if it is still the caller's."""
    Channel.objects.filter(pk=channel.pk, lease=channel.lease).update(lease=None, leased_until=None)
