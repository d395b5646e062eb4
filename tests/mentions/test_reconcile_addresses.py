"""Feeds are asked what they hold: each address once a day, politely, and what was lost on the way is found."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core import mail

from entendu.accounts.letters import send_letters
from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel, switch
from entendu.channels.follow import follow, unfollow
from entendu.channels.models import Alarm, Channel, Source
from entendu.channels.tell import tell_alarms
from entendu.channels.turn import take_questions, take_turns
from entendu.connectors.feed import polite
from entendu.kit import clock
from entendu.mentions import reconcile_addresses as asking
from entendu.mentions.models import Mention, Receipt, Reconciliation
from entendu.mentions.reconcile import reconcile, reconcile_due
from entendu.mentions.reconcile_addresses import ask, ask_due, catch_up, go_on, question_of
from entendu.mentions.visit import keep_looks, look
from entendu.wire import Address
from entendu.worker.loop import Loop
from feed_docs import NOW, item, rss
from local_http import Answer, LocalServer, local_server

DAY = timedelta(days=1)
START = NOW - 5 * DAY  # the addresses are followed since the 15th


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(polite, "INTERVAL", 0.0)
    monkeypatch.setattr(polite, "_next_slot", {})
    with clock.at(START):
        yield


@pytest.fixture
def servers(settings: LazySettings) -> Iterator[list[LocalServer]]:
    """Two hosts."""
    with local_server() as one, local_server() as two:
        settings.HTTP_ALLOW = [one.host, two.host]
        yield [one, two]


@pytest.fixture
def press(organisation: Organisation, manager: Membership) -> Channel:
    channel = add_channel(organisation, kind="feed", name="Presse", settings={})
    channel.owner = manager.user
    channel.save()
    return channel


def look_round() -> None:
    keep_looks([look(source) for source in take_turns(50)])


def questions(most: int = 50) -> list[str]:
    """One round of questions, to the end; the addresses that were asked."""
    sources = take_questions(asking.asking_kinds(), most, asking.EVERY)
    for source in sources:
        one = ask(question_of(source))
        while go_on(one):
            catch_up(one)
    return [source.address for source in sources]


def asked(server: LocalServer) -> list[str]:
    paths = [one.path for one in server.asked]
    server.asked.clear()
    return paths


def counts() -> tuple[str, int, int, int, int, int, int]:
    row = Reconciliation.objects.get()
    return row.verdict, row.asked, row.unanswered, row.there, row.here, row.fetched, row.missing


def lose(key: str) -> None:
    """As a store that was put back from an older copy did: the cursor knows it, the ledger does not."""
    Mention.objects.filter(key=key).delete()
    assert Receipt.objects.filter(key__endswith=key).delete()[0]


def lose_all() -> None:
    Mention.objects.all().delete()
    Receipt.objects.all().delete()


def test_who_is_off_in_trouble_new_or_unfollowed_is_not_asked(
    press: Channel, servers: list[LocalServer], admin: Membership
) -> None:
    servers[0].routes["/a"] = rss(item(16))
    servers[1].routes["/b"] = Answer(b"", 410)
    follow(press, [Address(f"{servers[0].url}/a"), Address(f"{servers[1].url}/b")])
    assert questions() == [], "nobody has looked there yet"
    look_round()
    assert questions() == [], "its first day is not over"
    with clock.at(START + DAY):
        switch(press, by=admin, on=False)
        assert questions() == []
        switch(press, by=admin, on=True)
        taken = take_questions(["feed"], 50, DAY)
        assert [source.address for source in taken] == [f"{servers[0].url}/a"]
        one = ask(question_of(taken[0]))
        unfollow(press.sources.all(), by=admin)
        assert not go_on(one) and not Reconciliation.objects.exists()


def test_when_all_is_there_one_request_was_enough(press: Channel, servers: list[LocalServer]) -> None:
    answer = rss(item(10), item(16))
    answer.headers["ETag"] = '"1"'
    servers[0].routes["/a"] = answer
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    asked(servers[0])
    with clock.at(START + DAY):
        questions()
        assert "if-none-match" not in servers[0].asked[0].headers, "it is asked for the whole"
    assert asked(servers[0]) == ["/a"]
    assert counts() == ("agrees", 1, 0, 1, 1, 0, 0), "what was said before it was followed is not asked for"
    assert not Alarm.objects.exists()


def test_what_the_ledger_lost_is_heard_again_and_told_as_a_hole(
    press: Channel, servers: list[LocalServer], manager: Membership
) -> None:
    servers[0].routes["/a"] = rss(item(16, "Le pain est rassis"), item(17))
    follow(press, [Address(f"{servers[0].url}/a")])
    Loop().run_once()
    lose("urn:post:16")
    with clock.at(START + timedelta(hours=7)):
        Loop().run_once()
    assert Mention.objects.count() == 1, "looks do not find it: their cursor knows it"
    with clock.at(START + DAY):
        questions()
        Loop().run_once()
        assert counts() == ("mended", 1, 0, 2, 1, 1, 0)
        assert Mention.objects.get(key="urn:post:16").text == "Le pain est rassis"
        tell_alarms(10)
        send_letters(10)
    with clock.at(START + DAY + timedelta(minutes=20)):
        tell_alarms(10)
        send_letters(10)
    said = mail.outbox[0]
    assert said.to == [manager.user.email] and f"{servers[0].url}/a" in said.body
    assert Alarm.objects.get().kind == "gap" and Alarm.objects.get().ended_at is not None
    with clock.at(START + 2 * DAY):
        questions()
    assert list(Reconciliation.objects.order_by("at").values_list("verdict", flat=True)) == [
        "mended",
        "agrees",
    ]
    assert Mention.objects.count() == 2


def test_a_server_that_says_for_ever_that_nothing_is_new_is_found_out(
    press: Channel, servers: list[LocalServer]
) -> None:
    def stubborn(handler) -> Answer:
        first = "If-None-Match" not in handler.headers
        return Answer(rss(*shown).body, headers={"ETag": '"1"'}) if first else Answer(b"", 304)

    shown = [item(16)]
    servers[0].routes["/a"] = stubborn
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    shown.append(item(17))
    with clock.at(START + timedelta(hours=20)):
        look_round()
    assert Receipt.objects.count() == 1
    with clock.at(START + DAY):
        questions()
    assert counts() == ("mended", 1, 0, 2, 1, 1, 0)


def test_what_has_just_been_said_is_no_hole(press: Channel, servers: list[LocalServer]) -> None:
    servers[0].routes["/a"] = rss(item(16))
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    servers[0].routes["/a"] = rss(item(16), item(17))
    with clock.at(START + DAY):
        questions()
    assert counts() == ("agrees", 1, 0, 2, 2, 0, 0)
    assert Receipt.objects.count() == 2 and not Alarm.objects.exists()


def test_what_scrolled_away_between_two_looks_is_found_in_the_archive(
    press: Channel, servers: list[LocalServer]
) -> None:
    older = '<title>J</title><link>/</link><atom:link rel="prev-archive" href="/old"/>'
    servers[0].routes["/a"] = rss(item(14), channel=older)
    servers[0].routes["/old"] = rss(item(13), item(12))
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    servers[0].routes["/a"] = rss(item(18), item(19), channel=older)
    servers[0].routes["/old"] = rss(item(14), item(16), item(17))
    with clock.at(NOW):
        look_round()
        assert Receipt.objects.count() == 3
    with clock.at(NOW + timedelta(seconds=2)):
        questions()
    assert counts() == ("mended", 1, 0, 4, 2, 2, 0)
    assert not Receipt.objects.filter(key__endswith="urn:post:13").exists(), "of before it was followed"


def test_what_was_shown_counts_though_the_archive_is_broken(
    press: Channel, servers: list[LocalServer]
) -> None:
    older = '<title>J</title><link>/</link><atom:link rel="prev-archive" href="/old"/>'
    servers[0].routes["/a"] = rss(item(16), channel=older)
    servers[0].routes["/old"] = Answer(b"", 503)
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    lose_all()
    with clock.at(START + DAY):
        questions()
    assert counts() == ("mended", 1, 0, 1, 0, 1, 0) and not Reconciliation.objects.get().whole


def test_a_feed_that_moved_keeps_the_keys_of_its_entries(press: Channel, servers: list[LocalServer]) -> None:
    servers[0].routes["/a"] = rss(item(16, guid="16"))
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    servers[0].routes["/a"] = Answer(b"", 301, {"Location": "/b"})
    servers[0].routes["/b"] = rss(item(16, guid="16"))
    with clock.at(START + timedelta(hours=20)):
        look_round()
    with clock.at(START + DAY):
        questions()
    assert counts()[0] == "agrees" and Receipt.objects.count() == 1


def test_each_is_asked_once_a_day_the_longest_wait_first_and_one_of_a_host_at_a_time(
    press: Channel, servers: list[LocalServer]
) -> None:
    for server in servers:
        for number in range(3):
            server.routes[f"/{number}"] = rss(item(16, guid=f"urn:{server.port}:{number}"))
    addresses = [f"{server.url}/{number}" for number in range(3) for server in servers]
    follow(press, [Address(one) for one in addresses])
    for second in range(3):
        with clock.at(START + timedelta(seconds=2 * second)):
            look_round()
    for place, address in enumerate(addresses):
        due = START + DAY + timedelta(minutes=place)
        Source.objects.filter(address=address).update(reconcile_at=due)
    found = []
    for second in range(10):
        with clock.at(START + 2 * DAY + timedelta(seconds=2 * second)):
            held = take_questions(["feed"], 50, DAY)
            assert len({source.host_id for source in held}) == len(held)
            assert not set(take_turns(50)) & set(held) and take_questions(["feed"], 50, DAY) == []
            for source in held:
                assert not go_on(ask(question_of(source)))
                found.append(source.address)
            assert take_questions(["feed"], 50, DAY) == [], "its host rests for a second"
    assert found == addresses
    assert counts() == ("agrees", 6, 0, 6, 6, 0, 0), "one row a day, however many are asked"


def test_one_that_does_not_answer_is_counted_and_stops_no_other(
    press: Channel, servers: list[LocalServer]
) -> None:
    servers[0].routes["/a"] = servers[1].routes["/b"] = rss(item(16))
    follow(press, [Address(f"{servers[0].url}/a"), Address(f"{servers[1].url}/b")])
    look_round()
    lose_all()
    servers[0].routes["/a"] = Answer(b"", 503, {"Retry-After": "900"})
    with clock.at(START + DAY):
        questions()
        assert counts() == ("mended", 2, 1, 1, 0, 1, 0)
        assert Source.objects.get(address__endswith="/a").host.rest_until == clock.now() + timedelta(
            minutes=15
        )
    assert Reconciliation.objects.get().code == "http_503"


def test_without_any_answer_nothing_is_claimed(press: Channel, servers: list[LocalServer]) -> None:
    servers[0].routes["/a"] = rss(item(16))
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    servers[0].routes["/a"] = Answer(
        b"<html><body>Closed</body></html>", headers={"Content-Type": "text/html"}
    )
    with clock.at(START + DAY):
        questions()
    assert counts() == ("failed", 1, 1, 0, 0, 0, 0) and not Alarm.objects.exists()


def test_a_person_asks_sooner_but_not_within_the_hour(
    press: Channel, servers: list[LocalServer], manager: Membership
) -> None:
    servers[0].routes["/a"] = rss(item(16))
    follow(press, [Address(f"{servers[0].url}/a")])
    look_round()
    with clock.at(START + timedelta(hours=2)):
        row = reconcile(press, by=manager)
        assert (row.asked, row.by) == (0, manager.user)
        assert len(questions()) == 1
        assert counts()[:2] == ("agrees", 1)
        reconcile(press, by=manager)
        assert questions() == [], "it was asked just now"
    with clock.at(START + timedelta(hours=3, minutes=1)):
        reconcile(press, by=manager)
        assert len(questions()) == 1
    with clock.at(START + 2 * DAY):
        assert reconcile_due(1) == 0, "the channel itself is no source"


def test_the_stage_asks_and_keeps_what_comes_back(press: Channel, servers: list[LocalServer]) -> None:
    for server in servers:
        server.routes["/a"] = rss(item(16, guid=f"urn:{server.port}"))
    follow(press, [Address(f"{server.url}/a") for server in servers])
    look_round()
    lose(f"urn:{servers[0].port}")
    with clock.at(START + DAY):
        while ask_due(100) or asking.under_way():
            pass
    assert counts() == ("mended", 2, 0, 2, 1, 1, 0)
