"""Replies leave once. A fake channel cuts, refuses, is slow and forgets; the ledger that it keeps is the truth."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations import send as sending
from entendu.conversations.boxes import box
from entendu.conversations.close import close
from entendu.conversations.doubt import settle_doubtful
from entendu.conversations.draft import draft_of
from entendu.conversations.models import Conversation, Event, Reply
from entendu.conversations.outbox import LEASE, Claim, claim, finish
from entendu.conversations.reply import reply, unsend
from entendu.conversations.send import send_waiting
from entendu.conversations.settle import settle, uncertain
from fake_channel import FakeDoor
from make import make_channel, make_conversation

ALL_RULES = ["idempotent", "read_back", "park"]
WATCHED = [  # fault, rule
    (fault, rule) for fault in ("cut", "crash") for rule in ALL_RULES
]


def write(conversation: Conversation, by: Membership, text: str = "Sorry!") -> Reply:
    return reply(conversation, by=by, text=text, visibility="public", seen_version=conversation.version)


def states() -> list[str]:
    return list(Reply.objects.order_by("id").values_list("state", flat=True))


def fates() -> list[str]:
    kinds = ["sent", "refused", "uncertain"]
    return list(Event.objects.filter(kind__in=kinds).order_by("id").values_list("kind", flat=True))


def drain(watch: object, hours: int = 30) -> None:
    """Lets the stages run while time goes on."""
    for _step in range(hours * 12):
        send_waiting(100)
        settle_doubtful(100)
        if not Reply.objects.filter(state__in=["queued", "sending"]).exists():
            return
        watch.forward(minutes=5)


def test_nothing_leaves_before_its_time(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    assert send_waiting(10) == 0
    watch.forward(seconds=5)
    assert send_waiting(10) == 1
    assert door.texts() == ["Sorry!"]
    found = Reply.objects.get()
    assert (found.state, found.native_key, found.url) == ("sent", "f1", "https://fake.example/f1")
    assert found.sent_at == watch.now
    assert fates() == ["sent"]
    assert send_waiting(10) == 0


def test_what_was_taken_back_never_leaves(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    unsend(write(conversation, alice), by=alice)
    drain(watch)
    assert door.posts() == []


def test_the_draft_says_whom_it_answers_and_who_writes(
    conversation: Conversation,
    alice: Membership,
    door: FakeDoor,
    watch: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drafts = []
    accept = door._accept
    monkeypatch.setattr(door, "_accept", lambda draft: drafts.append(draft) or accept(draft))
    written = write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    draft, mention = drafts[0], conversation.parts.get().mention
    assert (draft.key, draft.parent_key, draft.to_key) == (written.key, mention.key, "dalila")
    assert (draft.signature, draft.visibility) == ("Alice", "public")


def test_rights_are_checked_again_when_it_leaves(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    alice.role = "reader"
    alice.save()
    drain(watch)
    assert (door.posts(), states(), Reply.objects.get().code) == ([], ["refused"], "no_longer_allowed")
    conversation.refresh_from_db()
    assert conversation.waiting_since  # the customer still waits


@pytest.mark.parametrize("gone", ["deactivated", "left", "erased"])
def test_nothing_leaves_in_the_name_of_who_is_gone(
    gone: str, conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    if gone == "deactivated":
        alice.user.is_active = False
        alice.user.save()
    else:
        (alice if gone == "left" else alice.user).delete()
    drain(watch)
    assert (door.posts(), states()) == ([], ["refused"])


def test_a_reply_to_a_deleted_message_stops(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    mention = conversation.parts.get().mention
    mention.deleted_at = watch.now
    mention.save()
    drain(watch)
    assert (door.posts(), Reply.objects.get().code) == ([], "message_deleted")


def test_a_reply_of_a_closed_conversation_leaves_all_the_same(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    close(conversation, by=alice)
    drain(watch)
    assert door.texts() == ["Sorry!"]
    conversation.refresh_from_db()
    assert conversation.state == "closed"


def test_a_refusal_is_told_and_the_customer_waits_again(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    waiting = conversation.waiting_since
    door.faults = ["refuse"]
    write(conversation, alice)
    drain(watch)
    found = Reply.objects.get()
    assert (found.state, found.code, found.detail) == ("refused", "forbidden_word", "no")
    assert fates() == ["refused"]
    conversation.refresh_from_db()
    assert conversation.waiting_since == waiting


@pytest.mark.parametrize("rule", ALL_RULES)
def test_a_passing_fault_waits_and_tries_again(
    rule: str,
    conversation: Conversation,
    alice: Membership,
    open_fake: Callable[..., FakeDoor],
    watch: object,
) -> None:
    door = open_fake(rule)
    door.faults = ["later", "later"]
    write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    assert (states(), Reply.objects.get().code) == (["queued"], "busy")
    assert send_waiting(10) == 0
    watch.forward(seconds=5)
    send_waiting(10)
    watch.forward(seconds=9)
    assert send_waiting(10) == 0  # the wait doubles
    watch.forward(seconds=1)
    send_waiting(10)
    assert (door.texts(), states()) == (["Sorry!"], ["sent"])


def test_retry_after_holds_for_the_whole_channel(
    conversation: Conversation, channel: Channel, alice: Membership, door: FakeDoor, watch: object
) -> None:
    door.faults, door.retry_after = ["later"], 600
    write(conversation, alice)
    write(make_conversation(channel, "Other", "omar"), alice, "Second")
    watch.forward(seconds=5)
    assert send_waiting(10) == 1
    watch.forward(seconds=599)
    assert send_waiting(10) == 0
    watch.forward(seconds=1)
    assert send_waiting(10) == 2


@pytest.mark.parametrize(("asked", "waited"), [(0.0, 1), (1e9, 3600)])
def test_an_odd_retry_after_is_bounded(
    asked: float, waited: int, conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    door.faults, door.retry_after = ["later"], asked
    write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    assert Reply.objects.get().leaves_at - watch.now == timedelta(seconds=waited)


def test_expired_credentials_are_told_and_the_reply_waits_for_a_day(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object, channel: Channel
) -> None:
    door.faults = ["auth"] * 1000
    write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    channel.refresh_from_db()
    assert (channel.state, states()) == ("needs_auth", ["queued"])
    drain(watch)
    assert (states(), Reply.objects.get().code, door.posts()) == (["refused"], "gave_up", [])


def test_signing_in_again_lets_it_leave(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    door.faults = ["auth"]
    write(conversation, alice)
    drain(watch)
    assert (door.texts(), states()) == (["Sorry!"], ["sent"])


def test_a_channel_in_difficulty_does_not_hold_up_the_others(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    other = make_conversation(make_channel(conversation.organisation, "Other"), "Other", "omar")
    write(conversation, alice, "First")
    write(conversation, alice, "Second")
    write(other, alice, "Third")
    door.faults = ["later"]
    watch.forward(seconds=5)
    send_waiting(10)
    assert door.texts() == ["Third"]


def test_replies_of_a_conversation_leave_in_their_order(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice, "First")
    write(conversation, alice, "Second")
    door.faults = ["later"]
    drain(watch)
    assert door.texts() == ["First", "Second"]


@pytest.mark.parametrize(("fault", "rule"), WATCHED)
def test_an_accepted_reply_whose_answer_was_cut_is_never_doubled(
    fault: str,
    rule: str,
    conversation: Conversation,
    alice: Membership,
    open_fake: Callable[..., FakeDoor],
    watch: object,
) -> None:
    door = open_fake(rule, lag=60)
    door.faults = [fault]
    write(conversation, alice)
    drain(watch)
    assert door.texts() == ["Sorry!"]
    assert states() == ["uncertain" if rule == "park" else "sent"]
    assert fates() == states()


@pytest.mark.parametrize("rule", ALL_RULES)
def test_a_reply_that_was_lost_on_its_way_is_sent_again_or_parked(
    rule: str,
    conversation: Conversation,
    alice: Membership,
    open_fake: Callable[..., FakeDoor],
    watch: object,
) -> None:
    door = open_fake(rule, lag=60)
    door.faults = ["lost"]
    write(conversation, alice)
    drain(watch)
    assert len(door.posts()) == (0 if rule == "park" else 1)
    assert states() == ["uncertain" if rule == "park" else "sent"]


def test_a_read_back_waits_until_it_can_be_believed(
    conversation: Conversation, alice: Membership, open_fake: Callable[..., FakeDoor], watch: object
) -> None:
    door = open_fake("read_back", lag=60)
    door.faults = ["cut"]
    write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    watch.forward(seconds=59)
    assert settle_doubtful(10) == 0
    watch.forward(seconds=1)
    assert settle_doubtful(10) == 1
    assert (len(door.posts()), states(), Reply.objects.get().native_key) == (1, ["sent"], "f1")


def test_a_read_back_that_cannot_look_proves_nothing(
    conversation: Conversation, alice: Membership, open_fake: Callable[..., FakeDoor], watch: object
) -> None:
    door = open_fake("read_back")
    door.faults = ["lost"] + ["later"] * 1000
    write(conversation, alice)
    drain(watch)
    assert (door.posts(), states()) == ([], ["uncertain"])
    assert door.looks > 3


@pytest.mark.parametrize("fault", ["blind", "crash"])
def test_a_channel_that_cannot_know_asks_a_person_at_once(
    fault: str,
    conversation: Conversation,
    alice: Membership,
    open_fake: Callable[..., FakeDoor],
    watch: object,
) -> None:
    door = open_fake("read_back")
    door.faults = ["cut", fault]
    write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    watch.forward(seconds=5)
    settle_doubtful(10)
    assert (len(door.posts()), states(), door.looks) == (1, ["uncertain"], 1)


@pytest.mark.parametrize("rule", ALL_RULES)
@pytest.mark.parametrize("accepted", [True, False])
def test_what_a_dead_worker_held_is_settled_by_the_rule_of_its_channel(
    rule: str,
    accepted: bool,
    conversation: Conversation,
    alice: Membership,
    open_fake: Callable[..., FakeDoor],
    watch: object,
) -> None:
    door = open_fake(rule, lag=60)
    write(conversation, alice)
    watch.forward(seconds=5)
    found = Reply.objects.select_related(*sending.LOADED).get()
    assert claim(found, lease=LEASE, settle_wait=60)
    if accepted:
        door.send(draft_of(found))
    watch.forward(minutes=5)
    assert settle_doubtful(10) == 0  # its lease and the wait of its channel are not over
    watch.forward(minutes=1)
    assert settle_doubtful(10) == 1
    assert states() == ["uncertain" if rule == "park" else "sent"]
    assert len(door.posts()) == (1 if accepted or rule != "park" else 0)


def test_a_real_file_channel_holds_the_reply_once(channel: Channel, alice: Membership, watch: object) -> None:
    conversation = make_conversation(channel)
    write(conversation, alice, "Désolés !")
    drain(watch)
    lines = Path(channel.settings["outbox"]).read_text().splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["Désolés !"]
    assert states() == ["sent"]


def test_a_forgotten_key_is_not_believed(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    door.faults = ["cut"]
    write(conversation, alice)
    watch.forward(seconds=5)
    send_waiting(10)
    door.ledger.rename(door.ledger.with_suffix(".forgotten"))  # the channel forgets its keys
    watch.forward(hours=2)
    settle_doubtful(10)
    assert (door.posts(), states()) == ([], ["uncertain"])


def test_a_refusal_after_a_doubt_proves_nothing(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    door.faults = ["cut", "later", "refuse"]
    write(conversation, alice)
    drain(watch, hours=1)
    assert (len(door.posts()), states()) == (1, ["uncertain"])
    assert Reply.objects.get().code == "refused_after_doubt"


def test_an_uncertain_reply_is_shown_by_name_until_a_person_settles_it(
    conversation: Conversation,
    alice: Membership,
    charlie: Membership,
    open_fake: Callable[..., FakeDoor],
    watch: object,
) -> None:
    door = open_fake("park")
    door.faults = ["cut"]
    written = write(conversation, alice)
    drain(watch)
    assert Event.objects.get(kind="uncertain").data["to"] == "Alice Roy"
    assert list(uncertain(alice)) == [written]
    assert list(box(alice, "at_risk")) == [conversation]
    assert not uncertain(charlie).exists()
    settle(written, by=alice, outcome="sent")
    assert not uncertain(alice).exists()
    assert not box(alice, "at_risk").exists()


def test_a_person_lets_it_leave_again_or_gives_it_up(
    conversation: Conversation, alice: Membership, open_fake: Callable[..., FakeDoor], watch: object
) -> None:
    door = open_fake("park")
    door.faults = ["lost", "lost"]
    written = write(conversation, alice)
    drain(watch)
    settle(written, by=alice, outcome="again")
    drain(watch)
    assert (door.posts(), states()) == ([], ["uncertain"])
    written.refresh_from_db()
    settle(written, by=alice, outcome="refused")
    conversation.refresh_from_db()
    assert conversation.waiting_since


def test_two_workers_on_the_same_reply_send_once(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    watch.forward(seconds=5)
    mine, yours = Reply.objects.get(), Reply.objects.get()
    assert claim(mine, lease=LEASE, settle_wait=0)
    assert claim(yours, lease=LEASE, settle_wait=0) is None
    assert send_waiting(10) == settle_doubtful(10) == 0


def test_a_worker_that_slept_past_its_lease_sends_nothing_and_writes_nothing(
    conversation: Conversation, alice: Membership, open_fake: Callable[..., FakeDoor], watch: object
) -> None:
    door = open_fake("read_back")
    write(conversation, alice)
    watch.forward(seconds=5)
    slept = claim(Reply.objects.select_related(*sending.LOADED).get(), lease=LEASE, settle_wait=0)
    assert slept
    watch.forward(minutes=10)
    assert settle_doubtful(10) == 1
    assert sending.attempt(slept, door)
    assert not finish(slept, "refused", code="too_slow")
    assert (door.texts(), states(), fates()) == (["Sorry!"], ["sent"], ["sent"])


def test_a_stranger_s_lease_writes_nothing(
    conversation: Conversation, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    watch.forward(seconds=5)
    found = Reply.objects.get()
    assert claim(found, lease=LEASE, settle_wait=0)
    assert not finish(Claim(found, uuid.uuid4(), watch.now + LEASE), "sent", native_key="x")
    assert states() == ["sending"]


def test_a_slow_channel_lets_the_loop_listen_again(
    conversation: Conversation, channel: Channel, alice: Membership, door: FakeDoor, watch: object
) -> None:
    for number in range(4):
        write(make_conversation(channel, "Slow", f"author{number}"), alice)
    watch.forward(seconds=5)
    door.during = lambda step: watch.forward(seconds=4) if step == "sending" else None
    assert send_waiting(100) == 2
    assert send_waiting(100) == 2


def test_a_reply_of_a_deleted_conversation_disturbs_nobody(
    conversation: Conversation, channel: Channel, alice: Membership, door: FakeDoor, watch: object
) -> None:
    write(conversation, alice)
    write(make_conversation(channel, "Other", "omar"), alice, "Second")
    watch.forward(seconds=5)

    def delete(step: str) -> None:
        Conversation.objects.filter(pk=conversation.pk).delete()

    door.during = delete
    send_waiting(10)
    assert states() == ["sent"]


def test_a_reply_without_its_connector_is_refused(
    conversation: Conversation, alice: Membership, watch: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(conversation, alice)
    Channel.objects.update(kind="telex")
    monkeypatch.undo()
    drain(watch)
    assert (states(), Reply.objects.get().code) == (["refused"], "connector_absent")
