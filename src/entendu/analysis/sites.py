"""The map of places: on which sites we are spoken of, how much lately, and which of them are new."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from entendu.analysis.models import Analysis, Appearance, Site
from entendu.kit import clock
from entendu.kit.hosts import host_of, links_in
from entendu.mentions.models import Mention
from entendu.mentions.models.mention import Visibility

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
SETTLE = timedelta(minutes=1)  # a busy site is counted anew once a minute, not with each message
AGE = timedelta(hours=6)  # days pass also where nobody speaks
MOST_LINKS = 10  # sites that one mention may point to
TOP = 5  # channels and places that are named


def map_waiting(limit: int) -> int:
    """Notes where up to `limit` mentions that stay were said, and where they point to; returns how many. In public
    only: a mail comes from no place."""
    waiting = Analysis.objects.filter(mapped=False, mention__gathered_at__isnull=False)
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    with transaction.atomic():
        held = waiting.filter(pk__in=ids).select_for_update(of=("self",)).values_list("mention_id", flat=True)
        mentions = list(Mention.objects.filter(pk__in=list(held)).order_by("pk"))
        take_off_map([one.pk for one in mentions])
        put_on_map([one for one in mentions if not (one.ours or one.automatic or one.deleted_at)])
        Analysis.objects.filter(pk__in=ids).update(mapped=True)
    return len(ids)


def put_on_map(mentions: Sequence[Mention]) -> None:
    """Writes the appearances of `mentions`, in the caller's transaction; sites that are new are made."""
    found = [
        (one, host, address, linked)
        for one in mentions
        if one.visibility == Visibility.PUBLIC
        for host, address, linked in hosts_of(one)
    ]
    sites = sites_of(found)
    Appearance.objects.insert_many(
        (
            Appearance(
                site_id=sites[one.organisation_id, host].pk,
                mention_id=one.pk,
                linked=linked,
                said_at=one.said_at,
            )
            for one, host, _address, linked in found
        ),
        skip_known=True,
    )


def hosts_of(mention: Mention) -> list[tuple[str, str, bool]]:
    """(site, address, whether it is only linked to) of a mention: first the site where it was said, or its network."""
    home = host_of(mention.url) or mention.network[:255]
    links = (pair for pair in links_in(mention.text) if pair[0] != home)
    return [
        (home, mention.url, False),
        *((host, url[:1000], True) for host, url in islice(links, MOST_LINKS)),
    ]


Found = tuple[Mention, str, str, bool]


def sites_of(found: Sequence[Found]) -> Mapping[tuple[int, str], Site]:
    """The sites that `found` names, made where they are new; all are due to be counted."""
    newest: dict[tuple[int, str], tuple[datetime, datetime, str]] = {}
    for one, host, address, _linked in found:
        first, last, example = newest.get((one.organisation_id, host), (one.said_at, one.said_at, address))
        newest[one.organisation_id, host] = (
            min(first, one.said_at),
            max(last, one.said_at),
            address or example,
        )
    Site.objects.bulk_create(
        (
            Site(organisation_id=about, host=host, first_heard_at=first, last_heard_at=last, example=example)
            for (about, host), (first, last, example) in sorted(newest.items())
        ),
        ignore_conflicts=True,
    )
    rows = Site.objects.filter(
        organisation__in={about for about, _host in newest}, host__in={host for _about, host in newest}
    )
    sites = {
        (one.organisation_id, one.host): one for one in rows.order_by("pk").select_for_update(no_key=True)
    }
    for key, (first, last, example) in newest.items():
        site = sites[key]
        site.first_heard_at, site.last_heard_at = (
            min(site.first_heard_at, first),
            max(site.last_heard_at, last),
        )
        site.example, site.due = example or site.example, True
    changed = ["first_heard_at", "last_heard_at", "example", "due"]
    Site.objects.bulk_update([sites[key] for key in newest], changed, batch_size=200)
    return sites


def take_off_map(mentions: Sequence[int]) -> set[int]:
    """These mentions (ids) were said nowhere: their text changed, was taken back, or goes. Returns their sites."""
    gone = Appearance.objects.filter(mention__in=mentions)
    sites = set(gone.values_list("site_id", flat=True))
    if sites:
        gone.delete()
        Site.objects.filter(pk__in=sites).update(due=True)
    return sites


def keep_no_address(sites: set[int]) -> None:
    """What was said on these sites goes at once, not when they are counted: no address of it stays, and no site that
    only it named, unless somebody decided about that."""
    Site.objects.filter(pk__in=sites).update(example="")
    undecided = Site.objects.filter(pk__in=sites, ignored_at__isnull=True, channel__isnull=True)
    undecided.filter(appearances__isnull=True).delete()


def count_sites(limit: int) -> int:
    """Counts up to `limit` sites anew, where something changed or days have passed; returns how many."""
    now = clock.now()
    stale = Q(due=True, counted_at__isnull=True) | Q(due=True, counted_at__lt=now - SETTLE)
    aged = Q(counted_at__lt=now - AGE) & (Q(said_30__gt=0) | Q(linked_30__gt=0))
    ids = list(Site.objects.filter(stale | aged).order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in ids:
        with transaction.atomic():
            site = Site.objects.select_for_update(no_key=True).filter(pk=pk).first()
            if site is not None:
                count_site(site)
    return len(ids)


def count_site(site: Site) -> None:
    """Counts one site from its appearances, in the caller's transaction. What nothing speaks of any more goes, unless
    somebody decided about it."""
    now = clock.now()
    if not (site.ignored_at or site.channel_id or Appearance.objects.filter(site=site).exists()):
        site.delete()
        return
    for name, value in counts_of(site, now).items():
        setattr(site, name, value)
    site.due, site.counted_at = False, now
    site.save()


def counts_of(site: Site, now: datetime) -> dict[str, Any]:
    """The columns that count the last days of a site before `now`: three queries. Authors are accounts."""
    month = Appearance.objects.filter(
        site=site, said_at__gt=now - MONTH, mention__deleted_at__isnull=True
    ).order_by()
    week, here = Q(said_at__gt=now - WEEK), month.filter(linked=False)
    author = "mention__author"
    mood = {
        f"{name}_30": Count("pk", filter=Q(mention__analysis__sentiment=name))
        for name in ("negative", "neutral", "positive")
    }
    counts: dict[str, Any] = here.aggregate(
        said_30=Count("pk"),
        said_7=Count("pk", filter=week),
        people_30=Count(author, distinct=True),
        people_7=Count(author, distinct=True, filter=week),
        **mood,
    )
    counts["linked_30"] = month.filter(linked=True).count()
    for name, path in (("channels", "mention__channel_id"), ("places", "mention__place")):
        rows = here.exclude(**{path: ""}) if name == "places" else here
        tally = rows.values_list(path).annotate(n=Count("pk")).order_by("-n", path)[:TOP]
        counts[name] = [list(row) for row in tally]
    return counts
