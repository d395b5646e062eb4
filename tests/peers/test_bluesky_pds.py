"""The Bluesky connector and the listener against Bluesky's own server software."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel
from entendu.channels.doors import open_door
from entendu.channels.models import Channel
from entendu.connectors.bluesky import BlueskyConnector
from entendu.conversations.models import Conversation, Reply
from entendu.conversations.reply import reply
from entendu.kit import clock
from entendu.mentions.models import Forgotten, Mention, Receipt
from entendu.mentions.reconcile import reconcile
from entendu.wire import NeedsAuth, Refused
from entendu.worker.listener import Listener
from entendu.worker.loop import Loop
from make import make_query
from peers.bluesky_server import BlueskyServer, SlammingDoor, bluesky

pytestmark = [pytest.mark.peers, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def house() -> Iterator[BlueskyServer]:
    with bluesky() as server:
        yield server


@pytest.fixture
def server(house: BlueskyServer) -> Iterator[BlueskyServer]:
    settings.HTTP_ALLOW = house.allow
    yield house
    settings.HTTP_ALLOW = []


class Ear:
    """A listener that the test turns; it may be stopped and another take its place."""

    def __init__(self) -> None:
        self.listener = Listener(lambda: False)

    def until(self, done: Callable[[], bool]) -> None:
        for _ in range(200):
            self.listener._looked_at = -10.0
            self.listener.turn(0.1)
            if done():
                return
        raise AssertionError("it did not come to that")

    def listening(self) -> None:
        """Waits until the server's present is reached: what was said before is not asked for."""
        self.until(lambda: any(source.ears for source in self.listener.sources.values()))

    def stop(self) -> None:
        for source in list(self.listener.sources.values()):
            self.listener.close(source)
            if source.thread is not None:
                source.thread.join(10)


@pytest.fixture
def ear() -> Iterator[Ear]:
    one = Ear()
    yield one
    one.stop()


def marque(server: BlueskyServer, organisation: Organisation, **more: str) -> Channel:
    """Our channel: it hears everything that this server says, from its beginning."""
    all_said = {"firehose": server.firehose, "from_start": "yes"} | more
    return add_channel(
        organisation,
        kind="bluesky",
        name="Bluesky",
        settings=server.settings(server.person("marque"), **all_said),
    )


def facets(did: str, text: str, word: str) -> list[dict[str, object]]:
    start = len(text[: text.index(word)].encode())
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    index = {"byteStart": start, "byteEnd": start + len(word.encode())}
    return [{"index": index, "features": [feature]}]


def test_post_edit_delete_and_what_concerns_nobody(
    server: BlueskyServer, organisation: Organisation, ear: Ear
) -> None:
    make_query(organisation, "croquembouche")
    channel, marie = marque(server, organisation), server.person("marie")
    first = marie.post("Mon croquembouche est écrasé, voyez https://ex.test/photo")
    marie.post("Il pleut")
    text = "Hé @marque.test, on se parle ?"
    marie.post(text, facets=facets(server.person("marque").did, text, "@marque.test"))
    ear.until(lambda: ear.listener.tally.kept == 2 and ear.listener.tally.units >= 3)
    Loop().run_once()
    said = {one.text: one for one in Mention.objects.all()}
    hello = said[text]
    assert hello.addressed and hello.author.key == marie.did and not hello.ours
    assert Conversation.objects.get().author == hello.author
    assert Forgotten.objects.get(channel=channel).count == ear.listener.tally.units - 2
    marie.post("Mon croquembouche est arrivé, finalement", first)
    ear.until(lambda: ear.listener.tally.kept == 3)
    Loop().run_once()
    changed = Mention.objects.get(key__endswith=first)
    assert changed.text == "Mon croquembouche est arrivé, finalement"
    assert [one.text for one in changed.revisions.all()] == [
        "Mon croquembouche est écrasé, voyez https://ex.test/photo"
    ]
    marie.delete(first)
    ear.until(lambda: ear.listener.tally.kept == 4)
    Loop().run_once()
    changed.refresh_from_db()
    assert changed.deleted_at and changed.text == "" and not changed.revisions.exists()
    assert not any(
        bytes(one.content) for one in Receipt.objects.filter(key__contains=first).exclude(about=None)
    )


def forgotten() -> int:
    return sum(Forgotten.objects.values_list("count", flat=True))


def test_restart_from_the_position_that_was_stored(
    server: BlueskyServer, organisation: Organisation, ear: Ear
) -> None:
    make_query(organisation, "religieuse*")
    channel, marie = marque(server, organisation), server.person("marie")
    kept = Receipt.objects.filter(note__contains="eligieuse")
    marie.post("Une religieuse au café")
    ear.until(kept.exists)
    ear.stop()
    channel.refresh_from_db()
    assert channel.lease is None and int(channel.cursor) > 0
    receipts, before = Receipt.objects.count(), forgotten()
    marie.post("Deux religieuses, ou une religieuse et demie")
    marie.post("Rien")
    again = Ear()
    again.until(lambda: again.listener.tally.units == 2)
    again.stop()
    assert (kept.count(), Receipt.objects.count()) == (2, receipts + 1)
    assert forgotten() == before + 1
    Channel.objects.update(cursor=b"999999999", next_check_at=clock.now())
    lost = Ear()  # the server began anew, say: it knows no such position
    lost.until(lambda: Channel.objects.filter(cursor=b"0").exists())
    with clock.at(clock.now() + timedelta(minutes=10)):
        lost.until(lambda: lost.listener.tally.units >= receipts + before + 2)
    lost.stop()
    assert Receipt.objects.count() == receipts + 1


def test_reply_is_sent_once_after_a_cut_connection(
    server: BlueskyServer, organisation: Organisation, alice: Membership, ear: Ear
) -> None:
    us, marie = server.person("marque"), server.person("marie")
    door = SlammingDoor(server.port, b"putRecord")
    settings.HTTP_ALLOW = [*server.allow, f"localhost:{door.port}"]
    marque(server, organisation, service=f"http://localhost:{door.port}")
    before = len(us.posts())
    text = "@marque.test mon colis ?"
    marie.post(text, facets=facets(us.did, text, "@marque.test"))
    ear.until(lambda: Receipt.objects.filter(note=text).exists())
    Loop().run_once()
    conversation = Conversation.objects.get(parts__mention__text=text)
    door.slams = 1
    answer = reply(
        conversation, by=alice, text="On regarde : https://ex.test/suivi?n=1", visibility="public",
        seen_version=conversation.version,
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(seconds=30)):
        Loop().run_once()
    answer.refresh_from_db()
    assert (answer.state, len(us.posts())) == ("sending", before + 1)  # it left, and we cannot know
    with clock.at(clock.now() + timedelta(minutes=10)):
        Loop().run_once()
    answer.refresh_from_db()
    assert (answer.state, answer.attempts) == ("sent", 2)
    posts = us.posts()
    assert len(posts) == before + 1
    ours = next(one for one in posts if one["uri"] == answer.native_key)
    assert ours["value"]["reply"]["parent"]["uri"] == answer.answers.key
    assert ours["value"]["facets"][0]["features"][0]["uri"] == "https://ex.test/suivi?n=1"
    ear.until(lambda: Receipt.objects.filter(key__startswith=answer.native_key).exists())
    Loop().run_once()  # our own words come back, and are known
    assert Receipt.objects.get(key__startswith=answer.native_key).reason == "echo"
    assert Reply.objects.count() == 1
    found = open_door(Channel.objects.get()).find_sent(_draft(answer))
    assert found is not None and found.key == answer.native_key
    door.close()


def _draft(answer: Reply):
    from entendu.conversations.draft import draft_of

    return draft_of(answer)


def test_accounts_are_read_in_full_with_their_editions_and_deletions_by_asking_alone(
    server: BlueskyServer,
) -> None:
    jules = server.person("jules")
    keys = [jules.post(f"Message {n}") for n in range(3)]
    connector = BlueskyConnector(server.settings(accounts="jules.test") | {"allow": ",".join(server.allow)})
    first = connector.pull(b"", 2)
    second = connector.pull(first.cursor, 10)
    raws = [*first.raws, *second.raws]
    assert first.more and not second.more
    assert [connector.parse(one)[0].text for one in raws] == ["Message 0", "Message 1", "Message 2"]
    assert len({one.key for one in raws}) == 3
    assert not connector.pull(second.cursor, 10).raws
    jules.post("Message 0, corrigé", keys[0])
    jules.delete(keys[1])
    with clock.at(clock.now() + timedelta(hours=2)):
        third = connector.pull(second.cursor, 10)
        fourth = connector.pull(third.cursor, 10)
    found = [connector.parse(one)[0] for one in third.raws]
    assert {(one.kind, one.text, one.key.split("/")[-1]) for one in found} == {
        ("edited", "Message 0, corrigé", keys[0]), ("deleted", "", keys[1]),
    }  # fmt: skip
    assert not fourth.raws
    assert all(one.at.tzinfo for one in found) and all(a.key != b.key for a, b in pairwise(third.raws))


def test_what_polls_pass_over_in_a_repository_is_found_by_asking_what_it_holds(
    server: BlueskyServer, organisation: Organisation
) -> None:
    lucie = server.person("lucie")
    first = lucie.post("Un")
    lucie.post("Deux")
    channel = add_channel(
        organisation, kind="bluesky", name="Lucie", settings=server.settings(accounts="lucie.test")
    )
    Loop().run_once()
    lucie.post("Sous une clé plus ancienne", "3aaaaaaaaaa2a")  # polls read in the order of the keys
    lucie.post("Un, corrigé", first)
    with clock.at(clock.now() + timedelta(hours=2)):
        Loop().run_once()
        assert sorted(Mention.objects.values_list("text", flat=True)) == ["Deux", "Un, corrigé"]
        row = reconcile(Channel.objects.get(pk=channel.pk))
        assert (row.verdict, row.there, row.here, row.fetched, row.missing) == ("mended", 3, 2, 1, 0)
        Loop().run_once()
    assert Mention.objects.filter(text="Sous une clé plus ancienne").count() == 1
    lucie.post("Deux, et demi", lucie.posts()[0]["uri"].split("/")[-1])
    with clock.at(clock.now() + timedelta(hours=2, minutes=5)):  # before it is looked at again
        assert reconcile(Channel.objects.get(pk=channel.pk)).verdict == "mended"
        Loop().run_once()
        assert Mention.objects.get(text="Deux, et demi").revisions.get().text == "Deux"
        assert reconcile(Channel.objects.get(pk=channel.pk)).verdict == "agrees"
    assert Mention.objects.count() == 3


def test_the_session_is_kept_and_wrong_passwords_are_said(
    server: BlueskyServer, organisation: Organisation
) -> None:
    channel = marque(server, organisation)
    assert open_door(channel).health().state == "ok"
    channel.refresh_from_db()
    kept = bytes(channel.kept)
    assert kept and server.person("marque").password.encode() not in kept and b"eyJ" not in kept
    again = open_door(channel)
    assert again.health().state == "ok"
    channel.refresh_from_db()
    assert bytes(channel.kept) == kept  # nobody signed in again
    with clock.at(
        clock.now() + timedelta(hours=30)
    ):  # the key is out of date: it is renewed, not signed for anew
        assert open_door(channel).health().state == "ok"
    channel.refresh_from_db()
    assert bytes(channel.kept) != kept
    wrong = server.settings(server.person("marque")) | {"password": "no", "allow": ",".join(server.allow)}
    assert BlueskyConnector(wrong).health().state == "needs_auth"
    with pytest.raises(NeedsAuth):
        BlueskyConnector(wrong)._xrpc.key()
    with pytest.raises(Refused):
        BlueskyConnector(wrong | {"own": "nobody-here.test"}).own_accounts()
