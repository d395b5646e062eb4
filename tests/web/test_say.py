"""What is written: answers, notes and promises. Nothing typed is ever lost."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation, Promise, Reply
from entendu.conversations.note import note
from entendu.conversations.presence import look
from entendu.kit import clock
from make import make_conversation
from web.conftest import HTMX

TEXT = "Bonjour, vous avez raison d’être déçue."


def answer(client: Client, conversation: Conversation, htmx: bool = True, **data: str):
    data = {
        "text": TEXT,
        "visibility": "public",
        "seen_version": str(conversation.version),
        "key": "k1",
    } | data
    return client.post(reverse("reply", args=[conversation.number]), data, headers=HTMX if htmx else {})


def test_a_stale_answer_is_stopped_and_shows_what_is_new_above_the_kept_text(
    alice_s: Client, manager: Membership, conversation: Conversation
) -> None:
    seen = conversation.version
    note(conversation, by=manager, text="Je m’en charge déjà")
    for htmx in (True, False):
        stopped = answer(alice_s, conversation, htmx=htmx, seen_version=str(seen))
        page = stopped.content.decode()
        assert stopped.status_code == 409
        assert "Maud Orchestre wrote a note" in page
        assert page.index("wrote a note") < page.index(TEXT)
        assert f'id="seen-version" value="{seen}"' not in page
    assert not Reply.objects.exists()


def test_having_seen_what_is_new_one_may_send(
    alice_s: Client, manager: Membership, conversation: Conversation
) -> None:
    note(conversation, by=manager, text="Attention")
    page = answer(alice_s, conversation, seen_version="1").content.decode()
    seen = page.split('id="seen-version" value="')[1].split('"')[0]
    assert answer(alice_s, conversation, seen_version=seen).status_code == 200
    assert Reply.objects.get().text == TEXT


def test_what_the_channel_refuses_is_said_before_and_the_text_is_kept(
    alice_s: Client, channel: Channel, conversation: Conversation
) -> None:
    for bad in ({"text": "  "}, {"visibility": "shouted"}, {"seen_version": "x"}):
        stopped = answer(alice_s, conversation, **bad)
        assert stopped.status_code == 422
        assert 'role="alert"' in stopped.content.decode()
    Channel.objects.update(state="blocked")
    page = alice_s.get(reverse("conversation", args=["all", conversation.number])).content.decode()
    assert "The channel refuses us for now." in page
    assert 'id="reply-form"' not in page
    assert not Reply.objects.exists()


def test_an_answer_leaves_in_a_few_seconds_and_can_be_taken_back(
    alice_s: Client, conversation: Conversation
) -> None:
    page = answer(alice_s, conversation).content.decode()
    reply = Reply.objects.get()
    undo = reverse("unsend", args=[conversation.number, reply.pk])
    assert undo in page
    back = alice_s.post(undo, headers=HTMX).content.decode()
    assert f">{TEXT}</textarea>" in back
    reply.refresh_from_db()
    assert reply.state == "unsent"


def test_taken_back_too_late_says_so(alice_s: Client, conversation: Conversation) -> None:
    answer(alice_s, conversation)
    Reply.objects.update(state="sent", sent_at=clock.now())
    late = alice_s.post(reverse("unsend", args=[conversation.number, Reply.objects.get().pk]), headers=HTMX)
    assert late.status_code == 422
    assert "This reply has already left." in late.content.decode()


def test_a_double_click_sends_once(alice_s: Client, conversation: Conversation) -> None:
    assert answer(alice_s, conversation).status_code == 200
    assert answer(alice_s, conversation).status_code == 200
    assert Reply.objects.count() == 1


def test_the_draft_is_given_up_only_when_the_words_are_safe(
    alice_s: Client, manager: Membership, conversation: Conversation
) -> None:
    assert "entendu:sent" not in answer(alice_s, conversation, text="").headers.get("HX-Trigger", "")
    assert "entendu:sent" in answer(alice_s, conversation)["HX-Trigger"]


def test_a_promise_without_a_moment_is_asked_again(alice_s: Client, conversation: Conversation) -> None:
    stopped = answer(alice_s, conversation, promise_what="Un gâteau", promise_when="", promise_at="")
    page = stopped.content.decode()
    assert stopped.status_code == 422
    assert "Say before when you promise it." in page
    assert TEXT in page
    assert 'value="Un gâteau"' in page
    assert not Reply.objects.exists()


def test_a_promise_told_in_an_answer_is_kept_from_the_page(
    alice_s: Client, conversation: Conversation
) -> None:
    answer(
        alice_s,
        conversation,
        promise_what="Un gâteau",
        promise_when="1h",
        promise_conditions="sur présentation du ticket",
    )
    promise = Promise.objects.get()
    assert promise.told_in == Reply.objects.get()
    assert timedelta(minutes=59) < promise.due_at - clock.now() <= timedelta(hours=1)
    page = alice_s.post(
        reverse("keep", args=[conversation.number, promise.pk]), headers=HTMX
    ).content.decode()
    assert "Promise kept." in page
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_renewing_needs_a_moment(alice_s: Client, conversation: Conversation) -> None:
    answer(alice_s, conversation, promise_what="Un gâteau", promise_when="1h")
    promise = Promise.objects.get()
    url = reverse("renew", args=[conversation.number, promise.pk])
    assert alice_s.post(url, {"promise_what": "Un gâteau"}, headers=HTMX).status_code == 422
    assert (
        alice_s.post(url, {"promise_what": "Un gâteau", "promise_when": "2d"}, headers=HTMX).status_code
        == 200
    )
    promise.refresh_from_db()
    assert promise.state == "renewed"


def test_promises_and_replies_of_others_do_not_exist(
    charlie_s: Client, charlie: Membership, alice_s: Client, conversation: Conversation
) -> None:
    answer(alice_s, conversation, promise_what="Un gâteau", promise_when="1h")
    reply, promise = Reply.objects.get(), Promise.objects.get()
    for name, pk in (("unsend", reply.pk), ("settle", reply.pk), ("keep", promise.pk), ("renew", promise.pk)):
        assert charlie_s.post(reverse(name, args=[conversation.number, pk]), headers=HTMX).status_code == 404


def test_a_note_is_for_colleagues_and_an_empty_one_is_refused(
    alice_s: Client, manager: Membership, conversation: Conversation
) -> None:
    url = reverse("note", args=[conversation.number])
    assert alice_s.post(url, {"text": " "}, headers=HTMX).status_code == 422
    page = alice_s.post(url, {"text": "@maud la crème du lot de mardi ?"}, headers=HTMX).content.decode()
    assert "Internal note" in page
    assert "@Maud Orchestre" in page
    assert not Reply.objects.exists()


def test_an_uncertain_answer_is_settled_by_a_person(alice_s: Client, conversation: Conversation) -> None:
    answer(alice_s, conversation)
    reply = Reply.objects.get()
    Reply.objects.update(state="uncertain", code="unknown")
    page = alice_s.get(reverse("conversation", args=["all", conversation.number])).content.decode()
    assert "The customer has it" in page
    url = reverse("settle", args=[conversation.number, reply.pk])
    assert alice_s.post(url, {"outcome": "perhaps"}, headers=HTMX).status_code == 422
    alice_s.post(url, {"outcome": "sent"}, headers=HTMX)
    reply.refresh_from_db()
    assert reply.state == "sent"


def test_presence_tells_the_others_and_not_oneself(
    alice_s: Client, manager: Membership, conversation: Conversation
) -> None:
    url = reverse("presence", args=[conversation.number])
    assert alice_s.post(url, {"writing": "1"}).content.decode().strip() == ""
    look(conversation, by=manager, writing=True)
    assert "Maud Orchestre is writing…" in alice_s.post(url, {"writing": "0"}).content.decode()
    assert alice_s.post(url, {"leaving": "1"}).status_code == 204


def test_a_reader_is_present_too(bob_s: Client, conversation: Conversation) -> None:
    assert bob_s.post(reverse("presence", args=[conversation.number]), {"writing": "0"}).status_code == 200


def test_the_fresh_parts_leave_alone_what_is_being_written(alice_s: Client, channel: Channel) -> None:
    one = make_conversation(channel, "Encore moi")
    page = alice_s.get(reverse("fresh", args=[one.number]), headers=HTMX).content.decode()
    assert "<textarea" not in page
    assert 'id="timeline" hx-swap-oob' in page
