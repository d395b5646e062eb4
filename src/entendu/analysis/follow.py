"""From a place where we are spoken of to a channel that listens there; or the decision not to."""

from collections.abc import Sequence

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.analysis.models import Site
from entendu.channels.add import BadSettings, add_channel
from entendu.channels.discover import find_addresses
from entendu.channels.models import Channel, Source
from entendu.kit import clock
from entendu.kit.hosts import host_of
from entendu.wire import Address, WireError


class FollowRefused(ValueError):
    """Nothing was done. `code`: not_yours · not_allowed · followed · no_feed (`detail`: what the site answered)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def follow(site: Site, *, by: Membership) -> Channel:
    """Opens a feed channel on a site: its own feed, else one that the page of the newest message names. Asks the site,
    outside of any transaction. Raises FollowRefused."""
    _check(site, by, "administer")
    if channels_of([site]):
        raise FollowRefused("followed")
    feed = _feed_of([f"https://{site.host}/", *([site.example] if site.example else [])])
    with transaction.atomic():
        try:
            channel = add_channel(
                site.organisation, kind="feed", name=_free_name(site), settings={}, by=by, follows=[feed]
            )
        except BadSettings as bad:
            raise FollowRefused("no_feed", str(bad)) from bad
        Site.objects.filter(pk=site.pk).update(channel=channel, ignored_at=None, ignored_by=None)
    return channel


@transaction.atomic
def ignore(site: Site, *, by: Membership, on: bool = True) -> None:
    """Says that a site needs no following; with `on` false, takes that back. Raises FollowRefused."""
    _check(site, by, "listen")
    changed = Site.objects.filter(pk=site.pk, ignored_at__isnull=on).update(
        ignored_at=clock.now() if on else None, ignored_by=by.user if on else None
    )
    if changed:
        audit(by.organisation, by, "ignore_site" if on else "notice_site", site.host[:120])


def channels_of(sites: Sequence[Site]) -> dict[int, Channel]:
    """The channel that listens on each of `sites` (by id), where there is one: opened from here, following an address
    of the site, or speaking with its network. Two queries."""
    about = {one.organisation_id for one in sites}
    known = list(Channel.objects.filter(organisation__in=about, retired_at__isnull=True).order_by("pk"))
    by_id = {one.pk: one for one in known}
    found: dict[tuple[int, str], Channel] = {}
    for one in known:
        for name in (host_of(str(one.settings.get("url", ""))), str(one.settings.get("network", ""))):
            found.setdefault((one.organisation_id, name), one)
    hosts = {name: one.host for one in sites for name in (one.host, f"www.{one.host}")}
    rows = Source.objects.filter(channel__in=by_id, host__name__in=hosts).values_list(
        "channel_id", "host__name"
    )
    for channel, name in rows.distinct():
        found.setdefault((by_id[channel].organisation_id, hosts[name]), by_id[channel])
    listens = {
        one.pk: by_id.get(one.channel_id or 0) or found.get((one.organisation_id, one.host)) for one in sites
    }
    return {pk: channel for pk, channel in listens.items() if channel is not None}


def _check(site: Site, by: Membership, right: str) -> None:
    if by.organisation_id != site.organisation_id:
        raise FollowRefused("not_yours")
    if not by.may(right):
        raise FollowRefused("not_allowed")


def _feed_of(addresses: Sequence[str]) -> Address:
    detail = ""
    for address in addresses:
        try:
            found = find_addresses("feed", address)
        except WireError as error:
            detail = detail or f"{error.code} {error.detail}".strip()
            continue
        if found:
            return found[0]
    raise FollowRefused("no_feed", detail[:200])


def _free_name(site: Site) -> str:
    names = set(Channel.objects.filter(organisation=site.organisation).values_list("name", flat=True))
    wanted = site.host[:110]
    return next(
        name for n in range(1, 1000) if (name := wanted if n == 1 else f"{wanted} ({n})") not in names
    )
