"""From a place where we are spoken of to a channel that listens there; or the decision not to."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.analysis.models import Site
from entendu.channels.add import BadSettings, add_channel
from entendu.channels.doors import kinds
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.kit.hosts import host_of
from entendu.wire import WireError


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
    if followed(site, Channel.objects.filter(organisation=site.organisation, retired_at__isnull=True)):
        raise FollowRefused("followed")
    feed = _feed_of([f"https://{site.host}/", *([site.example] if site.example else [])])
    with transaction.atomic():
        try:
            channel = add_channel(
                site.organisation, kind="feed", name=_free_name(site), settings={"url": feed}, by=by
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


def followed(site: Site, channels: Iterable[Channel]) -> Channel | None:
    """The channel among `channels` that listens on a site: opened from here, on an address of it, or of its network."""
    for one in channels:
        address = str(one.settings.get("url", "") or one.settings.get("server", ""))
        if one.pk == site.channel_id or site.host in {host_of(address), str(one.settings.get("network", ""))}:
            return one
    return None


def _check(site: Site, by: Membership, right: str) -> None:
    if by.organisation_id != site.organisation_id:
        raise FollowRefused("not_yours")
    if not by.may(right):
        raise FollowRefused("not_allowed")


def _feed_of(addresses: Sequence[str]) -> str:
    detail = ""
    for address in addresses:
        connector: Any = kinds()["feed"]({"url": address, "allow": ",".join(settings.HTTP_ALLOW)})
        try:
            found = connector.discover()
        except WireError as error:
            detail = detail or f"{error.code} {error.detail}".strip()
            continue
        if found:
            return str(found[0]["url"])
    raise FollowRefused("no_feed", detail[:200])


def _free_name(site: Site) -> str:
    names = set(Channel.objects.filter(organisation=site.organisation).values_list("name", flat=True))
    wanted = site.host[:110]
    return next(
        name for n in range(1, 1000) if (name := wanted if n == 1 else f"{wanted} ({n})") not in names
    )
