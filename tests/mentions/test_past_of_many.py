"""The past of a channel that follows many addresses: each in its turn, under its own keys, whoever is away."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import LazySettings

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel
from entendu.channels.follow import follow
from entendu.channels.models import Channel, Source
from entendu.connectors.feed import polite
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt
from entendu.mentions.past import past_of
from entendu.mentions.revive import store_past
from entendu.wire import Address, Refused
from entendu.worker.loop import Loop
from feed_docs import NOW, item, rss
from local_http import Answer, LocalServer, local_server

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(polite, "INTERVAL", 0.0)
    monkeypatch.setattr(polite, "_next_slot", {})
    with clock.at(NOW):
        yield


@pytest.fixture
def server(settings: LazySettings) -> Iterator[LocalServer]:
    with local_server() as running:
        settings.HTTP_ALLOW = [running.host]
        yield running


@pytest.fixture
def press(organisation: Organisation, server: LocalServer) -> Channel:
    """Three feeds: one with an archive, one that is gone, one more."""
    archive = '<title>J</title><link>/</link><atom:link rel="prev-archive" href="/a/old"/>'
    server.routes["/a"] = rss(item(15, guid="urn:a:15"), channel=archive)
    server.routes["/a/old"] = rss(item(5, guid="urn:a:5"))
    server.routes["/gone"] = Answer(b"", 410)
    server.routes["/b"] = rss(item(7, guid="urn:b:7"))
    channel = add_channel(organisation, kind="feed", name="Presse", settings={})
    follow(channel, [Address(f"{server.url}{path}") for path in ("/a", "/gone", "/b")])
    return channel


def dig(channel: Channel) -> list[str]:
    """Stores all of the past; the keys of what came."""
    cursor, more, keys = b"", True, []
    while more:
        page = past_of(channel, "pain", SINCE, UNTIL, cursor, 100)
        store_past(channel, page.raws)
        keys += [raw.key for raw in page.raws]
        cursor, more = page.cursor, page.more
    return keys


def test_a_cursor_that_is_none_of_ours_is_refused(press: Channel) -> None:
    for cursor in (b"{", b"[]", b'["x", ""]', b"[1, 2, 3]"):
        with pytest.raises(Refused, match="cursor_unreadable"):
            past_of(press, "pain", SINCE, UNTIL, cursor, 10)


def test_nothing_followed_is_no_past(organisation: Organisation) -> None:
    assert dig(add_channel(organisation, kind="feed", name="Vide", settings={})) == []


def test_each_address_gives_its_past_and_one_that_is_away_ends_nothing(press: Channel) -> None:
    first, _gone, last = Source.objects.order_by("pk")
    assert dig(press) == [f"{first.pk}:urn:a:15", f"{first.pk}:urn:a:5", f"{last.pk}:urn:b:7"]


def test_what_was_heard_then_is_not_heard_again_now(press: Channel) -> None:
    dig(press)
    Loop().run_once()
    assert (Receipt.objects.count(), Mention.objects.count()) == (3, 3)
