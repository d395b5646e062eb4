"""The listener, against a fake firehose of ours: what is kept, what is counted, what waits, what goes on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError

from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel, change_channel, switch
from entendu.channels.lease import lease, lease_next
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions import hear as hearing
from entendu.mentions.ledger import ledger
from entendu.mentions.models import Forgotten, Mention, Query, Receipt
from entendu.mentions.opt_outs import add_opt_out
from entendu.mentions.queries import change_query, terms_of
from entendu.worker import listener as listening
from entendu.worker.inbox import BATCH, Bell, Inbox
from entendu.worker.listener import Listener
from entendu.worker.loop import Loop
from fake_firehose import START, STEP, FakeFirehose, event, fake_firehose, mention
from make import make_query

US = "did:plc:levain"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def firehose() -> Iterator[FakeFirehose]:
    with fake_firehose() as fake:
        settings.HTTP_ALLOW = [f"127.0.0.1:{fake.port}"]
        yield fake
        settings.HTTP_ALLOW = []


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Its reader threads run; the test turns the writer itself. It looks around at every turn."""
    one = Listener(lambda: False)
    yield one
    for source in list(one.sources.values()):
        one.close(source)
        if source.thread is not None:
            source.thread.join(5)


def open_firehose(
    organisation: Organisation, fake: FakeFirehose, name: str = "Bluesky", own: str = US
) -> Channel:
    return add_channel(
        organisation,
        kind="bluesky",
        name=name,
        settings={"firehose": fake.url},
        own_handles=[own] if own else [],
    )


def turn_until(listener: Listener, done: Callable[[], bool]) -> None:
    for _ in range(200):
        listener._looked_at = -10.0
        listener.turn(0.05)
        if done():
            return
    raise AssertionError("it did not come to that")


def heard(listener: Listener, fake: FakeFirehose) -> Callable[[], bool]:
    """Whether somebody listens."""
    return lambda: bool(fake.asked) and bool(listener.sources)


def keys() -> list[str]:
    return sorted(key.split("/")[-1].split("#")[0] for key in Receipt.objects.values_list("key", flat=True))


def forgotten() -> int:
    return sum(Forgotten.objects.values_list("count", flat=True))


def test_only_what_somebody_wants_is_stored_and_the_rest_is_counted(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche")
    channel = open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(
        event(1, "did:plc:a", "a", "Une BRIOCHE !"),
        event(2, "did:plc:b", "b", "rien"),
        event(3, "did:plc:c", "c", "Hé vous", facets=mention(US)),
        event(4, US, "d", "Nous parlons"),
        event(5, "did:plc:e", "e", "à eux", facets=mention("did:plc:autre")),
        event(6, "did:plc:f", "f", "et vous ?", reply={"parent": {"uri": f"at://{US}/app.bsky.feed.post/d"}}),
        b"not an event",
    )
    turn_until(listener, lambda: listener.tally.units == 7)
    assert keys() == sorted(["a", "c", "d", "f", keys()[-1]]) and keys()[-1].startswith("unreadable:")
    assert forgotten() == 2
    channel.refresh_from_db()
    assert channel.cursor == str(START + 6 * STEP).encode()
    Loop().run_once()
    said = {one.text: one for one in Mention.objects.all()}
    assert set(said) == {"Une BRIOCHE !", "Hé vous", "Nous parlons", "et vous ?"}
    assert said["Hé vous"].addressed and said["et vous ?"].addressed and not said["Une BRIOCHE !"].addressed
    assert said["Nous parlons"].ours
    (line,) = ledger(Receipt.objects.all(), Forgotten.objects.all())
    assert (line.came, line.received, line.forgotten, line.balanced) == (7, 5, 2, True)
    assert line.aside == 1


def test_two_organisations_share_a_connection_and_not_a_post(
    organisation: Organisation, elsewhere: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche channel:social")
    make_query(elsewhere, "brioche OR tarte")
    make_query(elsewhere, "flan channel:social")
    mine = open_firehose(organisation, firehose, "Social")
    theirs = open_firehose(elsewhere, firehose, "Réseau", own="did:plc:eux")
    turn_until(listener, heard(listener, firehose))
    assert len(listener.sources) == 1
    firehose.say(
        event(1, "did:plc:a", "a", "brioche"),
        event(2, "did:plc:a", "b", "tarte"),
        event(3, "did:plc:a", "c", "flan"),
        event(4, "did:plc:a", "d", "pour eux", facets=mention("did:plc:eux")),
    )
    turn_until(listener, lambda: listener.tally.units == 8)
    kept = {(one.channel_id, one.key[-6]) for one in Receipt.objects.all()}
    assert {(one, key) for one, key in Receipt.objects.values_list("channel", "note")} == {
        (mine.pk, "brioche"), (theirs.pk, "brioche"), (theirs.pk, "tarte"), (theirs.pk, "pour eux"),
    }, kept  # fmt: skip
    assert {one.channel_id: one.count for one in Forgotten.objects.all()} == {mine.pk: 3, theirs.pk: 1}


def test_changes_of_what_is_held_are_kept_and_of_nothing_else(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche OR gâteau")
    open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(event(1, "did:plc:a", "read", "brioche"))
    turn_until(listener, lambda: listener.tally.units == 1)
    Loop().run_once()
    firehose.say(event(2, "did:plc:a", "unread", "brioche encore"))
    turn_until(listener, lambda: listener.tally.units == 2)
    firehose.say(
        event(3, "did:plc:a", "read", "plus rien", operation="update"),
        event(4, "did:plc:a", "unread", operation="delete"),
        event(5, "did:plc:a", "same", "brioche, aussitôt reprise"),
        event(6, "did:plc:a", "same", operation="delete"),
        event(7, "did:plc:x", "unknown", operation="delete"),
        event(8, "did:plc:x", "unknown2", "rien", operation="update"),
        event(9, "did:plc:x", "late", "un gâteau, finalement", operation="update"),
        event(10, US, "ours-but-unknown", operation="delete"),
    )
    turn_until(listener, lambda: listener.tally.units == 10)
    assert keys() == sorted(["read", "read", "unread", "unread", "same", "same", "late"])
    assert forgotten() == 3
    Loop().run_once()
    said = {one.key.split("/")[-1]: one for one in Mention.objects.all()}
    assert said["read"].text == "plus rien" and said["read"].revisions.get().text == "brioche"
    assert said["unread"].deleted_at and said["unread"].text == ""
    assert said["same"].deleted_at and said["same"].text == ""
    assert said["late"].text == "un gâteau, finalement" and not said["late"].edited_at
    assert all(line.balanced and not line.waiting for line in ledger(Receipt.objects.all()))


def test_all_posts_of_a_deleted_account_go(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche")
    open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(
        *(event(n, "did:plc:a", f"k{n}", f"brioche {n}") for n in (1, 2)),
        event(3, "did:plc:b", "k3", "brioche 3"),
    )
    turn_until(listener, lambda: listener.tally.units == 3)
    Loop().run_once()
    account = (
        b'{"did":"did:plc:%s","time_us":%d,"kind":"account","account":{"active":false,"status":"%s","seq":9}}'
    )
    firehose.say(account % (b"a", START + 9 * STEP, b"deleted"), account % (b"b", START + 10 * STEP, b"deactivated"),
                 account % (b"unknown", START + 11 * STEP, b"deleted"))  # fmt: skip
    turn_until(listener, lambda: listener.tally.units == 5)
    Loop().run_once()
    texts = dict(Mention.objects.values_list("key", "text"))
    assert sorted(texts.values()) == ["", "", "brioche 3"]
    assert forgotten() == 1


def test_cut_connection_goes_on_where_the_store_is(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche")
    channel = open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(event(1, "did:plc:a", "a", "brioche"), event(2, "did:plc:a", "b", "rien"))
    turn_until(listener, lambda: listener.tally.units == 2)
    firehose.cut()
    turn_until(listener, lambda: not listener.sources)
    firehose.say(event(3, "did:plc:a", "c", "brioche aussi"))
    channel.refresh_from_db()
    assert channel.failures == 1 and channel.lease is None
    with clock.at(clock.now() + timedelta(minutes=5)):
        turn_until(listener, lambda: listener.tally.units == 3)
    assert keys() == ["a", "c"] and forgotten() == 1
    assert (
        int(firehose.asked[-1]) <= START + 2 * STEP
    )  # a little before: moments are not in the same order everywhere


def test_queries_count_without_a_restart(
    organisation: Organisation, manager: Membership, firehose: FakeFirehose, listener: Listener
) -> None:
    query = make_query(organisation, "brioche")
    open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(event(1, "did:plc:a", "a", "tarte"))
    turn_until(listener, lambda: listener.tally.units == 1)
    change_query(query, replace(terms_of(query), text="tarte"), by=manager)
    listener._looked_at = -10.0
    firehose.say(event(2, "did:plc:a", "b", "tarte"), event(3, "did:plc:a", "c", "brioche"))
    turn_until(listener, lambda: listener.tally.units == 3)
    assert keys() == ["b"]
    Query.objects.update(active=False, changed_at=clock.now())
    listener._looked_at = -10.0
    firehose.say(event(4, "did:plc:a", "d", "tarte"))
    turn_until(listener, lambda: listener.tally.units == 4)
    assert keys() == ["b"] and len(listener.sieve) == 0


def test_who_asked_not_to_be_heard_and_incomplete_queries_are_obeyed_before_anything_is_stored(
    organisation: Organisation, manager: Membership, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche")
    Query.objects.filter(pk=make_query(organisation, "tarte").pk).update(reviewer=None)  # it listens no more
    add_opt_out(manager, network="bluesky", account="did:plc:no", reason="asked")
    open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(
        event(1, "did:plc:no", "a", "brioche"),
        event(2, "did:plc:no", "b", "pour vous", facets=mention(US)),
        event(3, "did:plc:a", "c", "tarte"),
        event(4, "did:plc:a", "d", "brioche"),
    )
    turn_until(listener, lambda: listener.tally.units == 4)
    assert keys() == ["b", "d"] and forgotten() == 2  # what they say to us is said to us


def test_switching_off_and_changing_settings_are_obeyed(
    organisation: Organisation, admin: Membership, firehose: FakeFirehose, listener: Listener
) -> None:
    channel = open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    switch(channel, by=admin, on=False)
    turn_until(listener, lambda: not listener.sources)
    channel.refresh_from_db()
    assert channel.lease is None and channel.state == "off"
    switch(channel, by=admin, on=True)
    turn_until(listener, lambda: bool(listener.sources))
    change_channel(channel, by=admin, name="Bluesky", settings={"handle": "levain.test"})
    turn_until(listener, lambda: not listener.sources)
    channel.refresh_from_db()
    assert not channel.firehose


def test_a_channel_that_another_process_hears_is_left_to_it(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche")
    channel = open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    Channel.objects.update(leased_until=None, lease=None)
    assert lease(channel)
    firehose.say(event(1, "did:plc:a", "a", "brioche"))
    turn_until(listener, lambda: not listener.sources)
    assert not Receipt.objects.exists() and not Forgotten.objects.exists()
    channel.refresh_from_db()
    assert channel.cursor == b"" and channel.lease is not None


def test_the_worker_does_not_pull_a_firehose(organisation: Organisation, firehose: FakeFirehose) -> None:
    open_firehose(organisation, firehose)
    assert lease_next() is None


def test_store_that_is_away_is_waited_for(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_query(organisation, "brioche")
    open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    times = iter([True, True, False])

    def busy(*args: object) -> None:
        if next(times):
            raise OperationalError("database is locked")
        hearing.store_heard(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(listening, "store_heard", busy)
    monkeypatch.setattr(listening, "PAUSE", 0.01)
    firehose.say(event(1, "did:plc:a", "a", "brioche"))
    turn_until(listener, lambda: listener.tally.units == 1)
    assert keys() == ["a"]


def test_a_batch_that_cannot_be_written_stops_its_source_before_the_next(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_query(organisation, "brioche")
    channel = open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))

    def broken(*args: object) -> None:
        raise ValueError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(listening, "store_heard", broken)
        firehose.say(event(1, "did:plc:a", "a", "brioche"))
        turn_until(listener, lambda: not listener.sources)
    channel.refresh_from_db()
    assert (channel.state_code, channel.cursor) == ("listener_fault", b"")


def test_no_text_and_no_raw_byte_of_the_forgotten_is_kept(
    organisation: Organisation, firehose: FakeFirehose, listener: Listener
) -> None:
    make_query(organisation, "brioche")
    open_firehose(organisation, firehose)
    turn_until(listener, heard(listener, firehose))
    firehose.say(event(1, "did:plc:a", "a", "brioche"), event(2, "did:plc:zyzzogeton", "b", "zyzzogeton"))
    turn_until(listener, lambda: listener.tally.units == 2)
    kept = b"".join(
        bytes(one.content) + one.note.encode() + one.key.encode() for one in Receipt.objects.all()
    )
    assert b"brioche" in kept and b"zyzzogeton" not in kept


def test_a_slow_writer_makes_the_reader_wait_and_nothing_is_dropped() -> None:
    inbox, said = Inbox(Bell()), iter([False] * 3)
    frames = [str(n).encode() for n in range(2 * BATCH)]
    for frame in frames:
        assert inbox.put(frame, lambda: False)
    assert not inbox.put(b"one too many", lambda: next(said, True))
    taken = inbox.take()
    assert taken == frames[:BATCH]
    assert inbox.put(b"now there is room", lambda: True)
    assert [*inbox.take(), *inbox.take()] == [*frames[BATCH:], b"now there is room"]
