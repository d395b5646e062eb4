"""Which addresses a channel follows: a channel of a kind whose `Caps.many` holds any number of them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.channels.models import Channel, Host, Source
from entendu.channels.models.channel import State
from entendu.kit import clock
from entendu.wire import Address

MOST = 20_000  # addresses of a channel
RECONCILE_AFTER = timedelta(days=1)
_MOST_TEXT = 2000
_BATCH = 500


class TooMany(ValueError):
    """A channel would follow more addresses than it may."""


@dataclass(slots=True)
class Followed:
    """What became of a list of addresses: how many are new, how many were followed already, which cannot be."""

    new: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def follow(channel: Channel, addresses: Iterable[Address], *, by: Membership | None = None) -> Followed:
    """Follows `addresses` from now on, each once. Raises TooMany."""
    done = follow_found(channel, addresses)
    if done.new:
        audit(channel.organisation, by, "follow", channel.name, new=done.new)
    return done


@transaction.atomic
def follow_found(channel: Channel, addresses: Iterable[Address]) -> Followed:
    """`follow` of what others name to us: no line in the trail. Raises TooMany."""
    done = Followed()
    wanted: dict[str, tuple[str, Address]] = {}
    for address in addresses:
        host = host_of(address.url)
        if not host or len(address.url) > _MOST_TEXT or len(address.detail) > _MOST_TEXT:
            done.refused.append(address.url)
        else:
            wanted.setdefault(digest_of(address), (host, address))
    known = _known(channel, list(wanted))
    fresh = {digest: pair for digest, pair in wanted.items() if digest not in known}
    if fresh and channel.sources.count() + len(fresh) > MOST:
        raise TooMany(f"{channel.name}: more than {MOST}")
    hosts = _hosts({host for host, _ in fresh.values()})
    now = clock.now()
    Source.objects.insert_many(
        [_source(channel, hosts[host], digest, one, now) for digest, (host, one) in fresh.items()],
        skip_known=True,
    )
    wake(Q(pk__in=list(hosts.values())))
    done.new, done.known = len(fresh), len(known)
    return done


@transaction.atomic
def unfollow(sources: QuerySet[Source], *, by: Membership) -> int:
    """Follows `sources` of one channel no more; what was heard there stays. Returns how many."""
    found = list(sources.select_related("channel__organisation"))
    for source in found[:1]:
        names = [one.address[:200] for one in found[:20]]
        audit(source.channel.organisation, by, "unfollow", source.channel.name, n=len(found), names=names)
    Source.objects.filter(pk__in=[source.pk for source in found]).delete()
    return len(found)


def look_at(sources: QuerySet[Source]) -> int:
    """Asks the worker to look at `sources` as soon as their hosts may be asked. Returns how many."""
    now = clock.now()
    hosts = list(sources.values_list("host", flat=True).distinct())
    count = sources.update(next_check_at=now, failures=0)
    wake(Q(pk__in=hosts))
    return count


def wake(hosts: Q) -> None:
    """Has these hosts looked at: one of their sources may be due sooner than they know."""
    now = clock.now()
    Host.objects.filter(hosts, next_at__isnull=True).update(next_at=now)
    Host.objects.filter(hosts, next_at__gt=now).update(next_at=Least(F("next_at"), now))


def live(now: datetime | None = None) -> Q:
    """Sources that are looked at: their channel is neither switched off nor retired. `now`: and that are due."""
    alive = Q(next_check_at__isnull=False, channel__retired_at__isnull=True) & ~Q(channel__state=State.OFF)
    return alive & Q(next_check_at__lte=now) if now else alive


def host_of(address: str) -> str:
    """The host (and the port, when it is not the usual one) of an http(s) address; "" when it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, address)):
        return ""
    name = parts.hostname.lower()[:250]
    return name if port in (None, 80, 443) else f"{name}:{port}"


def digest_of(address: Address) -> str:
    """What makes an address of a channel one and the same."""
    return hashlib.sha256(f"{address.url}\n{address.detail}".encode("utf-8", "surrogatepass")).hexdigest()


def _known(channel: Channel, digests: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(digests), _BATCH):
        rows = channel.sources.filter(digest__in=digests[start : start + _BATCH])
        known.update(rows.values_list("digest", flat=True))
    return known


def _hosts(names: set[str]) -> dict[str, int]:
    """The rows of hosts, made where they are new: name → id."""
    Host.objects.bulk_create([Host(name=name) for name in sorted(names)], ignore_conflicts=True)
    found: dict[str, int] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), _BATCH):
        rows = Host.objects.filter(name__in=wanted[start : start + _BATCH])
        found.update(rows.values_list("name", "pk"))
    return found


def _source(channel: Channel, host: int, digest: str, address: Address, now: datetime) -> Source:
    return Source(
        channel_id=channel.pk,
        host_id=host,
        address=address.url,
        detail=address.detail,
        digest=digest,
        title=address.title[:200],
        folder=address.folder[:200],
        next_check_at=now,
        added_at=now,
        reconcile_at=now + RECONCILE_AFTER,
    )
