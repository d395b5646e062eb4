"""Many addresses, politely: no host is asked twice at once nor too soon, no bad one stops another, nothing is lost."""

from collections.abc import Iterator
from datetime import timedelta
from queue import Queue

import pytest
from django.conf import LazySettings

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel, look_now, switch
from entendu.channels.follow import follow
from entendu.channels.models import Channel, Host, Source
from entendu.channels.turn import take_turns
from entendu.connectors.feed import polite
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt, Revision
from entendu.mentions.visit import keep_looks, look, visit_due
from entendu.wire import Address
from entendu.worker.loop import Loop
from feed_docs import NOW, item, rss
from local_http import Answer, LocalServer, local_server


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands still: what rests, rests. Within the process nothing waits."""
    monkeypatch.setattr(polite, "INTERVAL", 0.0)
    monkeypatch.setattr(polite, "_next_slot", {})
    with clock.at(NOW):
        yield


@pytest.fixture
def servers(settings: LazySettings) -> Iterator[list[LocalServer]]:
    """Three hosts."""
    with local_server() as one, local_server() as two, local_server() as three:
        settings.HTTP_ALLOW = [one.host, two.host, three.host]
        yield [one, two, three]


@pytest.fixture
def press(organisation: Organisation) -> Channel:
    return add_channel(organisation, kind="feed", name="Presse", settings={})


def later(**apart: float):
    return clock.at(clock.now() + timedelta(**apart))


def visited() -> int:
    """One round: what is due now is looked at, until all is back."""
    sources = take_turns(50)
    keep_looks([look(source) for source in sources])
    return len(sources)


def test_what_is_no_address_is_told_and_the_rest_is_followed(press: Channel) -> None:
    done = follow(
        press, [Address("ftp://x.test/"), Address("https://a.test/feed"), Address("https://a.test/feed")]
    )
    assert (done.new, done.known, done.refused) == (1, 0, ["ftp://x.test/"])
    again = follow(press, [Address("https://a.test/feed"), Address("https://a.test/other")])
    assert (again.new, again.known) == (1, 1)
    assert list(Host.objects.values_list("name", flat=True)) == ["a.test"]


def test_each_host_is_asked_by_one_and_rests(press: Channel, servers: list[LocalServer]) -> None:
    for server in servers[:2]:
        for number in range(3):
            server.routes[f"/{number}"] = rss(item(number + 1, guid=f"urn:{server.port}:{number}"))
    follow(press, [Address(f"{server.url}/{number}") for server in servers[:2] for number in range(3)])
    held = take_turns(50)
    assert sorted(source.host.name for source in held) == sorted(server.host for server in servers[:2])
    assert take_turns(50) == [], "a host that is being asked is asked by nobody else"
    keep_looks([look(source) for source in held])
    assert take_turns(50) == [], "it rests for a second"
    with later(seconds=1.1):
        assert visited() == 2
    with later(seconds=2.2):
        assert visited() == 2
    with later(seconds=3.3):
        assert visited() == 0, "each was looked at once"
    assert Receipt.objects.count() == 6
    assert [len(server.asked) for server in servers] == [3, 3, 0]


def test_a_host_that_asks_us_to_wait_is_left_alone_by_all(
    organisation: Organisation, press: Channel, servers: list[LocalServer]
) -> None:
    busy, other = servers[0], servers[1]
    busy.routes["/a"] = Answer(b"", 429, {"Retry-After": "600"})
    busy.routes["/b"] = other.routes["/c"] = rss(item(1))
    second = add_channel(organisation, kind="feed", name="Blogs", settings={})
    follow(press, [Address(f"{busy.url}/a")])
    assert visited() == 1
    follow(second, [Address(f"{busy.url}/b"), Address(f"{other.url}/c")])
    look_now(press)
    with later(minutes=9):
        assert visited() == 1
        assert (len(busy.asked), len(other.asked)) == (1, 1)
    polite._next_slot.clear()  # the process remembers too, by its own clock
    with later(minutes=11):
        assert visited() == 1
    assert len(busy.asked) == 2


def test_a_host_that_is_away_is_asked_less_and_less(press: Channel, servers: list[LocalServer]) -> None:
    gone = servers[0]
    gone.close()
    follow(press, [Address(f"{gone.url}/{number}") for number in range(40)])
    asked, now = 0, NOW
    for _minute in range(120):
        with clock.at(now):
            asked += visited()
        now += timedelta(minutes=1)
    assert asked <= 8, "half a minute, a minute … up to an hour"
    press.refresh_from_db()
    assert Source.objects.filter(state_code="connect_failed").count() == asked


def test_no_source_of_a_large_host_starves(press: Channel, servers: list[LocalServer]) -> None:
    for number in range(12):
        servers[0].routes[f"/{number}"] = rss(item(1, guid=f"urn:{number}"), channel="<ttl>1</ttl>")
    follow(press, [Address(f"{servers[0].url}/{number}") for number in range(12)])
    now = NOW
    for _second in range(12):
        with clock.at(now):
            visited()
        now += timedelta(seconds=2)
    assert sorted(asked.path for asked in servers[0].asked) == sorted(f"/{number}" for number in range(12))


@pytest.mark.parametrize(
    "bad",
    [
        Answer(b"<html>no feed</html>"),
        Answer(b"\x00\xff" * 100),
        Answer(b"", 410),
        Answer(b"x" * 5_100_000),
        Answer(b"", 302, {"Location": "http://169.254.169.254/latest/"}),
    ],
)
def test_a_bad_one_stops_no_other(press: Channel, servers: list[LocalServer], bad: Answer) -> None:
    servers[0].routes["/bad"] = bad
    servers[1].routes["/good"] = rss(item(1))
    follow(press, [Address(f"{servers[0].url}/bad"), Address(f"{servers[1].url}/good")])
    visited()
    assert Receipt.objects.count() == 1
    told = Source.objects.get(address__endswith="/bad")
    assert told.state_code != "" and told.next_check_at is not None
    press.refresh_from_db()
    assert press.state == "ok", "one that works is enough"


def test_a_connector_that_falls_is_its_sources_trouble(
    press: Channel, servers: list[LocalServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(press, [Address(f"{servers[0].url}/a")])
    monkeypatch.setattr("entendu.connectors.feed.connector.FeedConnector._pull", lambda *args: 1 / 0)
    visited()
    assert Source.objects.get().state_code == "connector_fault"
    press.refresh_from_db()
    assert press.state_code == "connector_fault"


def test_what_never_worked_is_in_difficulty_at_once_and_one_fault_of_what_works_is_not(
    press: Channel, servers: list[LocalServer]
) -> None:
    servers[0].routes["/a"] = rss(item(1))
    servers[1].routes["/b"] = Answer(b"", 500)
    follow(press, [Address(f"{servers[0].url}/a"), Address(f"{servers[1].url}/b")])
    visited()
    servers[0].routes["/a"] = Answer(b"", 500)
    with later(hours=3):
        visited()
    states = dict(Source.objects.values_list("address", "state"))
    assert [states[f"{servers[0].url}/a"], states[f"{servers[1].url}/b"]] == ["ok", "degraded"]


def test_what_a_channel_that_is_off_follows_is_not_asked(
    press: Channel, servers: list[LocalServer], admin
) -> None:
    servers[0].routes["/a"] = rss(item(1))
    follow(press, [Address(f"{servers[0].url}/a")])
    switch(press, by=admin, on=False)
    assert visited() == 0
    switch(press, by=admin, on=True)
    assert visited() == 1


def test_what_a_dead_worker_held_is_asked_again_and_its_late_news_are_not_written(
    press: Channel, servers: list[LocalServer]
) -> None:
    servers[0].routes["/a"] = rss(item(1))
    follow(press, [Address(f"{servers[0].url}/a")])
    lost = [look(source) for source in take_turns(5)]
    with later(minutes=4):
        assert visited() == 1
        keep_looks(lost)
    assert Receipt.objects.count() == 1
    assert Host.objects.get().lease is None


def test_two_feeds_of_a_channel_cannot_take_each_others_keys(
    press: Channel, servers: list[LocalServer]
) -> None:
    servers[0].routes["/a"] = rss(item(1, "Le vrai", guid="urn:shared"))
    servers[1].routes["/a"] = rss(item(1, "Le faux", guid="urn:shared"))
    follow(press, [Address(f"{server.url}/a") for server in servers[:2]])
    Loop().run_once()
    assert sorted(Mention.objects.values_list("text", flat=True)) == ["Le faux", "Le vrai"]


def test_the_loop_hears_an_edition_keeps_what_was_and_buries_what_was_taken_back(
    press: Channel, servers: list[LocalServer]
) -> None:
    server = servers[0]
    server.routes["/a"] = rss(item(1, "Bon dessert"), item(2, "Autre"))
    follow(press, [Address(f"{server.url}/a")])
    Loop().run_once()
    assert Mention.objects.count() == 2
    server.routes["/a"] = rss(item(1, "Mauvais dessert"))
    look_now(press)
    with later(hours=1):
        Loop().run_once()
    assert Mention.objects.get(key="urn:post:1").text == "Mauvais dessert"
    assert Revision.objects.get().text == "Bon dessert"
    left = Mention.objects.get(key="urn:post:2")
    assert (left.text, left.deleted_at) == ("Autre", None), "what left the document was not taken back"
    server.routes["/a"] = Answer(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><id>urn:f</id>'
        b'<at:deleted-entry ref="urn:post:2" when="2026-11-20T10:00:00Z"/>'
        b'<at:deleted-entry ref="urn:post:1" when="2026-11-20T10:00:00Z"/></feed>'
    )
    look_now(press)
    with later(hours=2):
        Loop().run_once()
    for one in Mention.objects.all():
        assert (one.text, one.title, one.deleted_at is not None) == ("", "", True)
    assert not Revision.objects.exists()
    assert Receipt.objects.filter(end="").count() == 0


def test_the_stage_sends_looks_out_and_keeps_them_as_they_come_back(
    press: Channel, servers: list[LocalServer]
) -> None:
    """A server that does not answer holds nobody up: the others' news are kept meanwhile."""
    gate: Queue[None] = Queue()

    def slow(handler: object) -> Answer:
        gate.get(timeout=20)
        return rss(item(1, guid="urn:slow"))

    servers[0].routes["/slow"] = slow
    servers[1].routes["/fast"] = rss(item(1, guid="urn:fast"))
    follow(press, [Address(f"{servers[0].url}/slow"), Address(f"{servers[1].url}/fast")])
    while not Receipt.objects.exists():
        visit_due(100)
    assert Receipt.objects.get().key.endswith("urn:fast")
    gate.put(None)
    Loop().run_once()
    assert Receipt.objects.count() == 2
