"""A conversation lived at random: whatever people and the loop do, its columns agree with its rows, nobody shares
it, its version only grows, no word is lost, and an attachment can be undone exactly."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from entendu.conversations import attach, close, note, promise, reply, snooze, take
from entendu.conversations.columns import refresh
from entendu.conversations.doubt import settle_doubtful
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import (
    Assignment,
    Closure,
    Conversation,
    Event,
    Part,
    Promise,
    Reply,
    Snooze,
)
from entendu.conversations.promise import PromiseTerms
from entendu.conversations.reweigh import reweigh_due
from entendu.conversations.send import send_waiting
from entendu.kit import clock
from entendu.mentions.models import Mention
from fake_channel import FakeDoor
from make import make_channel, make_conversation, make_member, make_mention, make_organisation

WHICH = st.integers(0, 2)
WHO = st.integers(0, 2)
COLUMNS = [
    "state", "owner_id", "last_at", "waiting_since", "due_at", "wakes_at", "preview", "sentiment", "intent",
    "urgency", "disappointed", "has_photo",
]  # fmt: skip


def columns(conversation: Conversation) -> dict[str, Any]:
    return {name: getattr(conversation, name) for name in COLUMNS}


class Life(RuleBasedStateMachine):
    """Three conversations, three colleagues, a customer, a channel that fails, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
        self.held: list[Any] = []
        self.forward(timedelta())
        organisation = make_organisation("levain", "Levain")
        self.people = [make_member(organisation, name, "agent") for name in ("Alice A", "Bea B")]
        self.people.append(make_member(organisation, "Rita R", "reader"))
        channel = make_channel(organisation, "Fake")
        self.door = FakeDoor(Path(mkdtemp()) / "ledger", "read_back", lag=60)
        self.patch = pytest.MonkeyPatch()
        for module in ("reply", "send"):
            self.patch.setattr(f"entendu.conversations.{module}.open_door", lambda channel: self.door)
        self.conversations = [make_conversation(channel, f"c{n}", f"author{n}") for n in range(3)]
        for conversation in self.conversations:
            refresh(conversation, reading=True)
        self.versions = {conversation.pk: 1 for conversation in self.conversations}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.patch.undo()
        while self.held:
            self.held.pop().__exit__(None, None, None)

    def forward(self, delta: timedelta) -> None:
        self.now += delta
        held = clock.at(self.now)
        held.__enter__()
        self.held.append(held)

    def act(self, verb: Any, *args: Any, **values: Any) -> Any:
        """A verb acts, or refuses and writes nothing."""
        before = Event.objects.count()
        try:
            return verb(*args, **values)
        except VerbRefused:
            assert Event.objects.count() == before
            return None

    def one(self, which: int) -> Conversation:
        return Conversation.objects.get(pk=self.conversations[which].pk)

    @rule(delta=st.sampled_from([1, 30, 3600, 90000]))
    def time_goes_on(self, delta: int) -> None:
        self.forward(timedelta(seconds=delta))

    @rule(which=WHICH, who=WHO)
    def take(self, which: int, who: int) -> None:
        self.act(take.take, self.one(which), by=self.people[who])

    @rule(who=WHO)
    def take_next(self, who: int) -> None:
        self.act(take.take_next, by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def release(self, which: int, who: int) -> None:
        self.act(take.release, self.one(which), by=self.people[who])

    @rule(which=WHICH, who=WHO, to=WHO)
    def assign(self, which: int, who: int, to: int) -> None:
        self.act(take.assign, self.one(which), by=self.people[who], to=self.people[to])

    @rule(
        which=WHICH,
        who=WHO,
        fault=st.sampled_from(["", "cut", "later", "refuse", "lost"]),
        told=st.booleans(),
    )
    def reply(self, which: int, who: int, fault: str, told: bool) -> None:
        if fault:
            self.door.faults.append(fault)
        terms = PromiseTerms("x", self.now + timedelta(hours=1)) if told else None
        seen, by = self.one(which).version, self.people[who]
        text = f"reply {Reply.objects.count()}"
        given = {"visibility": "public", "seen_version": seen, "promise": terms}
        self.act(reply.reply, self.one(which), by=by, text=text, **given)

    @rule(who=WHO)
    def unsend(self, who: int) -> None:
        if last := Reply.objects.order_by("-id").first():
            self.act(reply.unsend, last, by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def note(self, which: int, who: int) -> None:
        self.act(note.note, self.one(which), by=self.people[who], text="@bea look")

    @rule(which=WHICH, who=WHO)
    def promise(self, which: int, who: int) -> None:
        terms = PromiseTerms("x", self.now + timedelta(hours=2))
        self.act(promise.promise, self.one(which), by=self.people[who], terms=terms)

    @rule(who=WHO, renew=st.booleans(), data=st.data())
    def settle_promise(self, who: int, renew: bool, data: st.DataObject) -> None:
        made = list(Promise.objects.order_by("id"))
        if not made:
            return
        one = data.draw(st.sampled_from(made))
        if renew:
            terms = PromiseTerms("y", self.now + timedelta(hours=3))
            self.act(promise.renew, one, by=self.people[who], terms=terms)
        else:
            self.act(promise.keep, one, by=self.people[who])

    @rule(which=WHICH, who=WHO, hours=st.integers(-1, 30))
    def snooze(self, which: int, who: int, hours: int) -> None:
        until = self.now + timedelta(hours=hours)
        self.act(snooze.snooze, self.one(which), by=self.people[who], until=until)

    @rule(which=WHICH, who=WHO)
    def wake(self, which: int, who: int) -> None:
        self.act(snooze.wake, self.one(which), by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def close(self, which: int, who: int) -> None:
        self.act(close.close, self.one(which), by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def reopen(self, which: int, who: int) -> None:
        self.act(close.reopen, self.one(which), by=self.people[who])

    @rule(which=WHICH, into=WHICH, who=WHO)
    def attach(self, which: int, into: int, who: int) -> None:
        self.act(attach.attach, self.one(which), into=self.one(into), by=self.people[who])

    @rule(which=WHICH, who=WHO)
    def detach(self, which: int, who: int) -> None:
        self.act(attach.detach, self.one(which), by=self.people[who])

    @rule(which=WHICH, into=WHICH)
    def attach_and_detach(self, which: int, into: int) -> None:
        """Undone at once, an attachment leaves no trace but its events."""
        before = [columns(self.one(index)) for index in (which, into)]
        parts = list(Part.objects.order_by("id").values())
        try:
            attach.attach(self.one(which), into=self.one(into), by=self.people[0])
        except VerbRefused:
            return
        assert not Part.objects.filter(conversation=self.conversations[which]).exists()
        attach.detach(self.one(which), by=self.people[1])
        assert list(Part.objects.order_by("id").values()) == parts
        assert [columns(self.one(index)) for index in (which, into)] == before

    @rule(which=WHICH, ours=st.booleans(), urgency=st.sampled_from(["normal", "safety"]))
    def somebody_speaks(self, which: int, ours: bool, urgency: str) -> None:
        """As gathering does it: to where the thread is now."""
        home = self.conversations[which]
        part = Part.objects.filter(mention__author=home.author_id).order_by("id").first()
        conversation = part.conversation if part else home
        author = "levain" if ours else home.author.key
        mention = make_mention(home.channel, "more", author, at=self.now, ours=ours, urgency=urgency)
        Part.objects.create(conversation=conversation, mention=mention, why="parent", at=self.now)
        if not ours:
            snooze.wake_on_reply(conversation)
            close.reopen_on_reply(conversation)
        refresh(conversation, reading=True)

    @rule()
    def the_loop_turns(self) -> None:
        for stage in (send_waiting, settle_doubtful, snooze.wake_due, promise.break_overdue, reweigh_due):
            stage(100)

    @invariant()
    def one_owner_at_most_and_the_columns_agree(self) -> None:
        for conversation in Conversation.objects.all():
            owners = Assignment.objects.filter(conversation=conversation, ended_at=None)
            closed = Closure.objects.filter(conversation=conversation, reopened_at=None).exists()
            pauses = Snooze.objects.filter(conversation=conversation, ended_at=None)
            assert [one.user_id for one in owners] == [conversation.owner_id] * (
                conversation.owner_id is not None
            )
            assert conversation.state == ("closed" if closed else "snoozed" if pauses else "open")
            assert not (closed and pauses)
            shown = columns(conversation)
            refresh(conversation)
            assert columns(conversation) == shown

    @invariant()
    def the_version_only_grows_by_events(self) -> None:
        for pk, version in Conversation.objects.values_list("pk", "version"):
            events = Event.objects.filter(conversation=pk).order_by("id").values_list("version", flat=True)
            assert list(events) == list(range(1, version + 1))
            assert version >= self.versions[pk]
            self.versions[pk] = version

    @invariant()
    def no_word_is_lost(self) -> None:
        assert Part.objects.count() == Mention.objects.count()

    @invariant()
    def no_reply_is_doubled(self) -> None:
        texts = self.door.texts()
        assert len(set(texts)) == len(texts)
        known = ["sent", "sending", "queued", "unsent", "refused", "uncertain"]
        for text, state in Reply.objects.values_list("text", "state"):
            assert state in known
            assert (text in texts) <= (state in {"sent", "sending", "uncertain"})
            assert (state == "sent") <= (text in texts)


@pytest.mark.django_db
def test_a_conversation_lived_at_random_stays_true() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=int(os.environ.get("LIVES", "6")),
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
