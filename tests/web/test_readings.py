"""How well do we read?: blind checks, what was learned, history read again."""

import pytest
from django.test import Client

from entendu.accounts.models import Membership
from entendu.analysis.models import Analysis, Correction, Proposal, Rereading, Topic
from entendu.channels.models import Channel
from entendu.kit import clock
from make import make_mention
from web.conftest import browser_of
from web.test_listen import price


def test_readers_do_not_check_and_agents_do_not_reread(bob_s: Client, alice_s: Client) -> None:
    assert bob_s.get("/readings/check/").status_code == 403
    assert alice_s.post("/readings/again/start/").status_code == 403
    assert not Rereading.objects.exists()


def test_a_check_does_not_tell_what_the_machine_read(channel: Channel, alice_s: Client) -> None:
    make_mention(channel, "Pain rassis", sentiment="negative")
    page = alice_s.get("/readings/check/").content.decode()
    assert "Pain rassis" in page
    assert "checked" not in page


def test_an_empty_check_and_a_strangers_message_are_refused(
    channel: Channel, alice_s: Client, charlie: Membership
) -> None:
    mention = make_mention(channel, "Pain rassis")
    assert alice_s.post("/readings/check/", {"mention": mention.pk}).status_code == 422
    asked = {"mention": mention.pk, "sentiment": "negative"}
    assert browser_of(charlie).post("/readings/check/", asked).status_code == 404
    assert alice_s.post("/readings/check/", {"mention": "x", "sentiment": "negative"}).status_code == 404
    assert not Correction.objects.exists()


def test_checks_count_as_agreement_and_win(channel: Channel, alice_s: Client) -> None:
    first = make_mention(channel, "Pain rassis", sentiment="positive", intent="complaint")
    answer = {"mention": first.pk, "sentiment": "negative", "intent": "complaint"}
    told = alice_s.post("/readings/check/", answer, follow=True).content.decode()
    assert "positive" in told
    assert Analysis.objects.get(mention=first).sentiment == "negative"
    page = alice_s.get("/readings/").content.decode()
    assert "<strong>" not in page  # two checks say little: shown, but not as a fact
    assert "50 %" in page or "100 %" in page
    assert "0 %" in page


def test_an_everyday_correction_is_no_check(channel: Channel, alice: Membership, alice_s: Client) -> None:
    mention = make_mention(channel, "Pain rassis", sentiment="positive")
    alice_s.post(f"/listen/{mention.pk}/correct/", {"facet": "sentiment", "value": "negative"})
    assert "Nobody checked yet" in alice_s.get("/readings/").content.decode()


def test_checked_messages_are_not_drawn_again(channel: Channel, alice_s: Client) -> None:
    mention = make_mention(channel, "Pain rassis")
    alice_s.post("/readings/check/", {"mention": mention.pk, "intent": "complaint"})
    assert alice_s.get("/readings/check/").status_code == 302


def test_the_page_costs_the_same_with_many_checks(channel: Channel, alice_s: Client) -> None:
    for _ in range(2):
        _check(channel, alice_s)
    few = price(alice_s, "/readings/")
    for _ in range(6):
        _check(channel, alice_s)
    assert price(alice_s, "/readings/") == few


def _check(channel: Channel, browser: Client) -> None:
    mention = make_mention(channel, "Pain rassis")
    browser.post("/readings/check/", {"mention": mention.pk, "sentiment": "negative"})


@pytest.fixture
def proposal(channel: Channel) -> Proposal:
    said = [make_mention(channel, f"Parking plein {number}").pk for number in range(3)]
    return Proposal.objects.create(
        organisation=channel.organisation,
        phrases=["parking", "plein"],
        mentions=said,
        people=3,
        made_at=clock.now(),
    )


def test_a_proposal_needs_both_names_and_is_decided_once(proposal: Proposal, manager: Membership) -> None:
    browser = browser_of(manager)
    url = f"/readings/proposals/{proposal.pk}"
    assert "Parking plein 1" in browser.get("/readings/learned/").content.decode()
    assert browser.post(f"{url}/take/", {"name_fr": "Parking", "name_en": ""}).status_code == 422
    assert not Topic.objects.exists()
    browser.post(f"{url}/take/", {"name_fr": "Stationnement", "name_en": "Parking"})
    assert Topic.objects.get().name_fr == "Stationnement"
    again = browser.post(f"{url}/refuse/", follow=True).content.decode()
    assert "A colleague decided on it meanwhile" in again


def test_history_is_read_again_from_the_page(channel: Channel, manager: Membership) -> None:
    make_mention(channel, "Pain rassis")
    browser = browser_of(manager)
    browser.post("/readings/again/start/", {"since": "gestern"})
    assert not Rereading.objects.exists()
    browser.post("/readings/again/start/", {"since": ""})
    assert "0 of 1 messages" in browser.get("/readings/again/").content.decode()
    browser.post(f"/readings/again/{Rereading.objects.get().pk}/stop/")
    assert Rereading.objects.get().stopped_by == manager.user
