"""The map of places: what it counts agrees with the mentions, and what is done from it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.analysis.follow import FollowRefused, channels_of, follow, ignore
from entendu.analysis.models import Appearance, Site
from entendu.analysis.sites import AGE, counts_of
from entendu.analysis.stages import locate
from entendu.channels.models import Channel
from entendu.conversations.listen import drop_by_hand
from entendu.kit import clock
from entendu.mentions.models import Mention
from feed_docs import rss
from hear import hear, hear_more, said
from local_http import Answer, local_server

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _then():
    with clock.at(NOW):
        yield


def later(minutes: float = 2):
    return clock.at(NOW + timedelta(minutes=minutes))


def figures(host: str) -> tuple[int, ...]:
    site = Site.objects.get(host=host)
    return site.said_7, site.said_30, site.people_30, site.linked_30


def rows() -> list[dict[str, object]]:
    at = {"old": "2026-10-10T10:00:00+00:00", "older": "2026-09-01T10:00:00+00:00"}
    return [
        said("a", "Le pain est froid", "ana", url="https://www.forum.example/1", place="Quai"),
        said("b", "Le pain est chaud", "bea", 1, url="https://forum.example/2", place="Quai"),
        said("c", "Encore du pain", "ana", url="https://forum.example/3") | {"at": at["old"]},
        said("d", "Toujours du pain", "zoe", url="https://forum.example/4") | {"at": at["older"]},
        said("e", "Lisez https://blog.example/x et https://forum.example/1", "leo", 3),
        said("f", "Un courriel https://secret.example/x", "max", 4, visibility="private"),
        said("g", "Nous-mêmes", "levain", 5, ours=True, url="https://ours.example/"),
    ]


def test_what_was_said_where_is_counted(organisation: Organisation, tmp_path: Path) -> None:
    hear(organisation, tmp_path, rows())
    assert set(Site.objects.values_list("host", flat=True)) == {"forum.example", "blog.example", "test"}
    assert figures("forum.example") == (2, 3, 2, 1)
    assert figures("blog.example") == (0, 0, 0, 1)
    assert figures("test") == (1, 1, 1, 0)
    site = Site.objects.get(host="forum.example")
    assert site.first_heard_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert site.channels == [[Channel.objects.get().pk, 3]]
    assert site.places == [["Quai", 2]]
    assert site.negative_30 + site.neutral_30 + site.positive_30 == 3


def test_the_columns_agree_with_the_rows(
    organisation: Organisation, alice: Membership, tmp_path: Path
) -> None:
    channel = hear(organisation, tmp_path, rows())
    with later():
        hear_more(channel, [said("a", "Tout autre chose, loin d'ici", "ana", kind="edited")])
        hear_more(channel, [said("b", "", "bea", 1, kind="deleted")])
    drop_by_hand(Mention.objects.get(key="c"), by=alice, reason="spam") if _watched("c") else None
    with later(5):
        while locate(100):
            continue
        for site in Site.objects.all():
            assert {name: getattr(site, name) for name in counts_of(site, clock.now())} == counts_of(
                site, clock.now()
            )
            said_here = Appearance.objects.filter(
                site=site, linked=False, said_at__gt=clock.now() - timedelta(days=30)
            )
            assert site.said_30 == said_here.count()
    assert figures("forum.example")[1] == 2 - (0 if Mention.objects.filter(key="c").exists() else 1)


def _watched(key: str) -> bool:
    return not hasattr(Mention.objects.get(key=key), "part")


def test_days_pass_where_nobody_speaks(organisation: Organisation, tmp_path: Path) -> None:
    hear(organisation, tmp_path, rows())
    with clock.at(NOW + timedelta(days=8)):
        assert locate(100) == 3
        assert locate(100) == 0
    assert figures("forum.example") == (0, 2, 2, 1)
    with clock.at(NOW + timedelta(days=8) + AGE / 2):
        assert locate(100) == 0


def test_other_organisations_have_their_own_map(
    organisation: Organisation, elsewhere: Organisation, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, rows()[:1])
    hear(elsewhere, tmp_path, rows()[:2], name="there")
    assert sorted(Site.objects.values_list("organisation__slug", "said_30")) == [
        ("ailleurs", 2),
        ("levain", 1),
    ]


def test_what_is_gone_goes_from_the_map(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, rows()[4:5])
    hear_more(channel, [said("e", "", "leo", 3, kind="deleted")])
    with later():
        locate(100)
    assert Site.objects.count() == 0


def test_a_site_is_followed_by_its_own_feed(
    organisation: Organisation, admin: Membership, alice: Membership, settings
) -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    with local_server() as server:
        settings.HTTP_ALLOW = [server.host]
        server.routes["/topic"] = Answer(page.encode(), headers={"Content-Type": "text/html"})
        server.routes["/feed.xml"] = rss()
        site = _site(organisation, f"{server.url}/topic")
        with pytest.raises(FollowRefused, match="not_allowed"):
            follow(site, by=alice)
        channel = follow(site, by=admin)
    site.refresh_from_db()
    assert (channel.kind, channel.sources.get().address) == ("feed", f"{server.url}/feed.xml")
    assert channel.name == site.host
    assert (site.channel, channels_of([site])) == (channel, {site.pk: channel})
    with pytest.raises(FollowRefused, match="followed"):
        follow(site, by=admin)


def test_without_a_feed_nothing_is_opened(
    organisation: Organisation, admin: Membership, charlie: Membership
) -> None:
    site = _site(organisation, "")
    with pytest.raises(FollowRefused, match="no_feed"):
        follow(site, by=admin)
    with pytest.raises(FollowRefused, match="not_yours"):
        ignore(site, by=charlie)
    assert Channel.objects.count() == 0


def test_ignoring_is_a_decision_that_can_be_taken_back(
    organisation: Organisation, manager: Membership, alice: Membership
) -> None:
    site = _site(organisation, "")
    with pytest.raises(FollowRefused, match="not_allowed"):
        ignore(site, by=alice)
    ignore(site, by=manager)
    ignore(site, by=manager)
    site.refresh_from_db()
    assert (site.ignored_by, site.ignored_at) == (manager.user, NOW)
    locate(10)
    assert Site.objects.filter(pk=site.pk).exists()
    ignore(site, by=manager, on=False)
    assert list(Audit.objects.order_by("pk").values_list("verb", flat=True)) == ["ignore_site", "notice_site"]


def _site(organisation: Organisation, example: str) -> Site:
    return Site.objects.create(
        organisation=organisation,
        host="nowhere.invalid",
        first_heard_at=NOW,
        last_heard_at=NOW,
        example=example,
    )
