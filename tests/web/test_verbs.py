"""Each button: what it does, what it says, and how it refuses. With and without JavaScript."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Topic
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation
from entendu.conversations.take import take
from entendu.kit import clock
from make import make_conversation
from web.conftest import HTMX


def do(client: Client, verb: str, conversation: Conversation, htmx: bool = True, **data: str):
    url = reverse(verb, args=[conversation.number]) + "?box=all"
    answer = client.post(url, data, headers=HTMX if htmx else {})
    conversation.refresh_from_db()
    return answer


def test_without_javascript_a_verb_returns_to_the_conversation_and_says_what_was_done(
    alice_s: Client, conversation: Conversation
) -> None:
    answer = do(alice_s, "take", conversation, htmx=False)
    assert answer["Location"] == f"/inbox/all/{conversation.number}/"
    assert "You take care of it." in alice_s.get(answer["Location"]).content.decode()


def test_with_htmx_a_verb_shows_the_conversation_and_how_to_undo(
    alice_s: Client, conversation: Conversation
) -> None:
    page = (answer := do(alice_s, "take", conversation)).content.decode()
    assert "with me" in page
    assert reverse("release", args=[conversation.number]) in page
    assert json.loads(answer["HX-Trigger"])["entendu:changed"] == {"number": conversation.number}


def test_what_a_colleague_has_is_not_taken_away(
    alice_s: Client, manager: Membership, conversation: Conversation
) -> None:
    take(conversation, by=manager)
    answer = do(alice_s, "take", conversation)
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert answer.content.decode() == "Maud Orchestre is taking care of this conversation."
    page = alice_s.get(do(alice_s, "take", conversation, htmx=False)["Location"]).content.decode()
    assert "notice-error" in page
    assert conversation.owner == manager.user


def test_take_next_opens_the_first(alice_s: Client, channel: Channel) -> None:
    light, heavy = make_conversation(channel, "bof"), make_conversation(channel, "vite")
    Conversation.objects.filter(pk=heavy.pk).update(priority=4000)
    answer = alice_s.post(reverse("take_next"))
    assert answer["Location"] == f"/inbox/mine/{heavy.number}/"
    light.refresh_from_db()
    assert light.owner is None


def test_take_next_with_nothing_to_take(alice_s: Client) -> None:
    answer = alice_s.post(reverse("take_next"), follow=True)
    assert "Nothing waits for anybody" in answer.content.decode()


def test_pause_asks_until_when(alice_s: Client, conversation: Conversation) -> None:
    for moment in ("", "yesterday", "2026-02-31T10:00", "2026-13-01T00:00"):
        answer = do(alice_s, "snooze", conversation, moment=moment)
        assert (answer.status_code, answer.content.decode()) == (422, "Choose until when.")
    assert do(alice_s, "snooze", conversation, moment="2001-01-01T10:00").status_code == 422
    assert conversation.state == "open"


def test_pause_and_its_undo(alice_s: Client, conversation: Conversation) -> None:
    assert "Paused until" in do(alice_s, "snooze", conversation, until="tomorrow").content.decode()
    assert conversation.state == "snoozed"
    do(alice_s, "wake", conversation)
    assert conversation.state == "open"


def test_a_custom_moment_is_local_to_the_organisation(
    alice_s: Client, organisation: Organisation, conversation: Conversation
) -> None:
    Organisation.objects.update(timezone="America/Montreal")
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    do(alice_s, "snooze", conversation, moment=f"{day}T09:00")
    assert conversation.wakes_at.hour in {13, 14}  # nine o'clock in Montreal, in UTC, summer or winter


def test_close_for_a_reason_and_reopen(alice_s: Client, conversation: Conversation) -> None:
    assert do(alice_s, "close", conversation, reason="boredom").status_code == 422
    assert "Closed." in do(alice_s, "close", conversation, reason="no_answer").content.decode()
    assert conversation.state == "closed"
    assert "opened it again" in do(alice_s, "reopen", conversation).content.decode()


def test_hand_over_only_to_those_who_answer_here(
    alice_s: Client, bob: Membership, charlie: Membership, manager: Membership, conversation: Conversation
) -> None:
    assert do(alice_s, "assign", conversation, to=str(charlie.pk)).status_code == 404
    assert do(alice_s, "assign", conversation, to="nobody").status_code == 404
    assert do(alice_s, "assign", conversation, to=str(bob.pk)).status_code == 422
    do(alice_s, "assign", conversation, to=str(manager.pk))
    assert conversation.owner == manager.user


def test_topic_of_another_organisation_does_not_exist(
    alice_s: Client, organisation: Organisation, elsewhere: Organisation, conversation: Conversation
) -> None:
    Topic.objects.create(organisation=elsewhere, slug="secret", name_en="Secret", name_fr="Secret")
    Topic.objects.create(organisation=organisation, slug="cream", name_en="Cream", name_fr="Crème")
    assert do(alice_s, "topic", conversation, topic="secret").status_code == 404
    assert "Cream" in do(alice_s, "topic", conversation, topic="cream").content.decode()
    do(alice_s, "topic", conversation, topic="")
    assert conversation.topic is None


def test_attach_by_number_and_undo(alice_s: Client, channel: Channel, conversation: Conversation) -> None:
    other = make_conversation(channel, "La même histoire")
    assert do(alice_s, "attach", conversation, into="999").status_code == 422
    assert do(alice_s, "attach", conversation, into=f"#{conversation.number}").status_code == 422
    assert (
        f"Attached to #{other.number}"
        in do(alice_s, "attach", conversation, into=f"#{other.number}").content.decode()
    )
    assert conversation.state == "closed"
    do(alice_s, "detach", conversation)
    assert conversation.state == "open"


def test_a_correction_keeps_both_words(alice_s: Client, conversation: Conversation) -> None:
    mention = conversation.parts.get().mention
    data = {"mention": str(mention.pk), "facet": "sentiment", "before": "negative"}
    assert do(alice_s, "correct", conversation, **data, value="purple").status_code == 422
    page = do(alice_s, "correct", conversation, **data, value="positive").content.decode()
    assert "the machine said “negative”; Alice Roy corrected it" in page
    assert conversation.sentiment == "positive"


def test_a_message_of_another_conversation_is_not_corrected_here(
    alice_s: Client, channel: Channel, conversation: Conversation
) -> None:
    foreign = make_conversation(channel, "Autre").parts.get().mention
    answer = do(
        alice_s, "correct", conversation, mention=str(foreign.pk), facet="sentiment", value="positive"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("number", [0, 999])
def test_a_conversation_that_does_not_exist(alice_s: Client, db: None, number: int) -> None:
    answer = alice_s.post(reverse("take", args=[number]), headers=HTMX)
    assert answer.status_code == 404
    assert answer.content.decode() == "This page does not exist, or it is not yours to see."
