"""An account is asked what was said to it: what polls or the firehose missed is found."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel
from entendu.channels.lease import lease
from entendu.channels.models import Alarm, Channel
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt, Reconciliation
from entendu.mentions.reconcile import can_reconcile, reconcile
from entendu.worker.loop import Loop
from fake_appview import US, FakeAppview
from feed_docs import NOW
from local_http import local_server


@pytest.fixture
def view(settings: LazySettings) -> Iterator[FakeAppview]:
    with local_server() as server, clock.at(NOW):
        settings.HTTP_ALLOW = [server.host]
        yield FakeAppview(server)


def account(organisation: Organisation, view: FakeAppview, **more: str) -> Channel:
    return add_channel(organisation, kind="bluesky", name="Bluesky", settings=view.settings(**more))


def fresh(channel: Channel) -> Channel:
    return Channel.objects.select_related("organisation").get(pk=channel.pk)


def counts(row: Reconciliation) -> tuple[str, int, int, int, int]:
    return row.verdict, row.there, row.here, row.fetched, row.missing


def said_for_days(view: FakeAppview) -> list[str]:
    """A post a day for ten days, and what is no post to us."""
    uris = [
        view.say(f"3k{day}", f"Jour {day}", NOW - timedelta(days=10 - day, hours=-1)) for day in range(10)
    ]
    view.say("like", "", NOW - timedelta(hours=1), reason="like")
    return uris


def test_a_channel_without_account_cannot_be_asked(organisation: Organisation, view: FakeAppview) -> None:
    firehose = {"firehose": "wss://example.test/subscribe"}
    silent = add_channel(
        organisation, kind="bluesky", name="Flux", settings=firehose | {"accounts": "a.test"}
    )
    assert not can_reconcile(silent)
    assert can_reconcile(account(organisation, view, **firehose))


def test_all_that_was_polled_agrees_and_pages_end_at_the_day(
    organisation: Organisation, view: FakeAppview
) -> None:
    said_for_days(view)
    channel = account(organisation, view)
    Loop().run_once()
    before = view.asked("listNotifications")
    assert counts(reconcile(fresh(channel))) == ("agrees", 7, 7, 0, 0)
    assert Receipt.objects.count() == 10 and not Alarm.objects.exists()
    # Eight entries of the last days on pages of three: three pages, and a poll of its own.
    assert view.asked("listNotifications") - before <= 3 + 4


def test_what_a_poll_passed_over_is_found_and_told(organisation: Organisation, view: FakeAppview) -> None:
    uris = said_for_days(view)
    view.hidden = {uris[6], uris[8]}  # the view was behind when it was polled
    channel = account(organisation, view)
    Loop().run_once()
    view.hidden = set()
    with clock.at(NOW + timedelta(minutes=5)):
        Loop().run_once()
        assert Mention.objects.count() == 8, "polls go on after the newest"
        assert counts(reconcile(fresh(channel))) == ("mended", 7, 5, 2, 0)
        Loop().run_once()
    found = Mention.objects.get(key=uris[6])
    assert (found.text, found.addressed, found.author.handle) == ("Jour 6", True, "marie.test")
    assert Alarm.objects.get().facts["fetched"] == 2
    with clock.at(NOW + timedelta(minutes=10)):
        assert counts(reconcile(fresh(channel))) == ("agrees", 7, 7, 0, 0)


def test_what_is_gone_when_it_is_fetched_is_named(organisation: Organisation, view: FakeAppview) -> None:
    uris = said_for_days(view)
    view.hidden = {uris[6]}
    channel = account(organisation, view)
    Loop().run_once()
    view.hidden, view.gone = set(), {uris[6]}
    with clock.at(NOW + timedelta(minutes=5)):
        row = reconcile(fresh(channel))
    assert (counts(row), row.keys) == (("gap", 7, 6, 0, 1), [f"{uris[6]}#bafy3k6"])


def test_a_server_without_a_view_is_no_gap(organisation: Organisation, view: FakeAppview) -> None:
    channel = account(organisation, view)
    view.down = True
    row = reconcile(fresh(channel))
    assert (row.verdict, row.code) == ("failed", "http_502") and not Alarm.objects.exists()


def heard_by_firehose(organisation: Organisation, view: FakeAppview) -> Channel:
    """A firehose since five days, heard by a listener of another process."""
    with clock.at(NOW - timedelta(days=5)):
        channel = account(organisation, view, firehose="wss://example.test/subscribe")
    assert lease(channel)
    Channel.objects.update(worked_at=NOW)
    return fresh(channel)


def test_what_a_firehose_missed_is_found_without_taking_the_channel_from_its_listener(
    organisation: Organisation, view: FakeAppview
) -> None:
    said_for_days(view)
    view.say("new", "à l’instant", NOW - timedelta(minutes=2))
    view.say("aside", "entre eux", NOW - timedelta(hours=3), reason="reply", did="did:plc:jules")
    view.said[-1]["record"]["facets"] = []  # in a thread of ours perhaps, but not to us
    channel = heard_by_firehose(organisation, view)
    assert channel.own_handles == [] and channel.firehose
    row = reconcile(channel)
    assert counts(row) == ("mended", 5, 0, 5, 0), "since it listens, to us, and not what may be on its way"
    Loop().run_once()
    assert sorted(Mention.objects.values_list("text", flat=True)) == [f"Jour {day}" for day in range(5, 10)]
    assert fresh(channel).lease == channel.lease, "the listener holds it still"
    assert counts(reconcile(fresh(channel))) == ("agrees", 5, 5, 0, 0)
    assert US not in Mention.objects.values_list("author__key", flat=True)


def test_while_a_firehose_is_not_heard_nothing_is_compared(
    organisation: Organisation, view: FakeAppview
) -> None:
    said_for_days(view)
    channel = heard_by_firehose(organisation, view)
    Channel.objects.update(worked_at=NOW - timedelta(hours=1))
    row = reconcile(channel)
    assert (row.verdict, row.code) == ("failed", "not_listening")
    assert not Receipt.objects.exists()
