"""A hub tells at once: only what we asked for is confirmed, only what it signed is believed, and the pull goes on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel
from entendu.channels.hub import subscribe_due
from entendu.channels.models import Channel, Endpoint, Host, Source, Subscription
from entendu.channels.turn import take_turns
from entendu.connectors.feed import polite
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt
from entendu.mentions.visit import keep_looks, look
from entendu.worker.loop import Loop
from fake_hub import FakeHub
from feed_docs import NOW, item, rss
from local_http import Answer, LocalServer, local_server


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
def hub(server: LocalServer) -> FakeHub:
    return FakeHub(server)


@pytest.fixture
def followed(organisation: Organisation, server: LocalServer, hub: FakeHub) -> Channel:
    """A channel that follows a feed with a hub; looked at once."""
    server.routes["/feed"] = page(hub, item(1))
    channel = add_channel(organisation, kind="feed", name="Presse", settings={"url": f"{server.url}/feed"})
    visit()
    return channel


def page(hub: FakeHub, *items: str) -> Answer:
    links = f'<title>J</title><link>/</link><atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="urn:t"/>'
    return rss(*items, channel=links.replace("urn:t", f"{hub.server.url}/feed"))


def visit() -> int:
    sources = take_turns(9)
    keep_looks([look(source) for source in sources])
    return len(sources)


def later(**apart: float):
    return clock.at(clock.now() + timedelta(**apart))


def test_a_hub_that_could_not_reach_us_is_not_asked(
    organisation: Organisation, server: LocalServer, hub: FakeHub
) -> None:
    answer = page(hub, item(1))
    server.routes["/feed"] = Answer(answer.body.replace(hub.url.encode(), b"https://hub.example/"))
    add_channel(organisation, kind="feed", name="Presse", settings={"url": f"{server.url}/feed"})
    visit()
    assert not Endpoint.objects.exists() and subscribe_due(9) == 0


def test_only_the_topic_that_we_asked_for_is_confirmed(followed: Channel, hub: FakeHub) -> None:
    assert subscribe_due(9) == 1 and subscribe_due(9) == 0
    (one,) = hub.subscribers
    assert (one.mode, one.topic) == ("subscribe", f"{hub.server.url}/feed")
    for change in ({"topic": "https://other.example/"}, {"mode": "unsubscribe"}, {"challenge": ""}):
        assert hub.verify(one, **change).status_code in (400, 404)
    assert Subscription.objects.get().state == "asked"
    answer = hub.verify(one)
    assert (answer.status_code, answer.content) == (200, b"challenge-7")
    assert answer["Content-Type"].startswith("text/plain")
    assert Subscription.objects.get().state == "active"


def test_a_refusal_is_noted_and_the_pull_goes_on(
    followed: Channel, hub: FakeHub, server: LocalServer
) -> None:
    subscribe_due(9)
    hub.verify(hub.subscribers[0], mode="denied")
    assert Subscription.objects.get().state == "denied"
    server.routes["/feed"] = page(hub, item(1), item(2))
    with later(days=1):
        assert visit() == 1
    assert Receipt.objects.count() == 2


def test_a_hub_that_does_not_answer_is_asked_less_and_less(followed: Channel, hub: FakeHub) -> None:
    hub.answer = Answer(status=503)
    now, times = NOW, 0
    for _step in range(24 * 12):
        with clock.at(now):
            times += subscribe_due(9)
        now += timedelta(minutes=5)
    assert 5 <= times <= 10


def test_it_is_asked_again_before_its_grant_ends(followed: Channel, hub: FakeHub) -> None:
    subscribe_due(9)
    hub.verify(hub.subscribers[0], lease=100_000)
    with later(seconds=79_000):
        assert subscribe_due(9) == 0
    with later(seconds=81_000):
        assert subscribe_due(9) == 1
        assert hub.verify(hub.subscribers[1], lease=100_000).status_code == 200
        assert Subscription.objects.get().active_until == clock.now() + timedelta(seconds=100_000)


def test_what_is_not_signed_by_the_hub_is_not_kept(followed: Channel, hub: FakeHub) -> None:
    subscribe_due(9)
    one = hub.subscribers[0]
    body = page(hub, item(5)).body
    assert hub.publish(one, body, secret="guessed").status_code == 401
    assert hub.publish(one, body, method="md5").status_code == 401
    assert Receipt.objects.count() == 1
    assert Endpoint.objects.get().refused_code == "webhook_not_authentic"


def test_what_the_hub_sends_is_heard_once_whoever_brings_it(
    followed: Channel, hub: FakeHub, server: LocalServer
) -> None:
    subscribe_due(9)
    one = hub.subscribers[0]
    hub.verify(one)
    news = page(hub, item(2, "Du nouveau")).body
    assert hub.publish(one, news).json() == {"received": 1, "new": 1}
    assert hub.publish(one, news).json() == {"received": 0, "new": 0}
    server.routes["/feed"] = page(hub, item(1), item(2, "Du nouveau, et du faux"))
    with later(days=1):
        Loop().run_once()
    assert sorted(Mention.objects.values_list("text", flat=True)) == ["Du nouveau, et du faux", "Texte 1"]
    assert server.asked[-1].headers.get("if-none-match") is None


def test_news_during_a_look_are_left_to_the_next_look(
    followed: Channel, hub: FakeHub, server: LocalServer
) -> None:
    subscribe_due(9)
    one = hub.subscribers[0]
    with later(days=1):
        (held,) = take_turns(9)
        assert hub.publish(one, page(hub, item(2, "Du nouveau")).body).json() == {"received": 1, "new": 0}
        server.routes["/feed"] = page(hub, item(1), item(2, "Du nouveau"))
        assert Source.objects.get().next_check_at <= clock.now()
        keep_looks([look(held)])
    assert Receipt.objects.count() == 2


def test_while_a_hub_tells_us_the_pull_is_slow_and_never_ends(
    followed: Channel, hub: FakeHub, server: LocalServer
) -> None:
    subscribe_due(9)
    hub.verify(hub.subscribers[0], lease=864_000)
    server.routes["/feed"] = page(hub, item(1), item(2))
    with later(hours=7):
        assert visit() == 1
        wait = Source.objects.get().next_check_at - clock.now()
    assert timedelta(hours=2) <= wait <= timedelta(hours=6)
    assert Host.objects.get().next_at is not None
