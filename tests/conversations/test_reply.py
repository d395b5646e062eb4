"""Writing a reply: what is refused before a word is typed, what is refused when it is sent, what follows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations import close, note, promise, snooze, take, topic
from entendu.conversations.errors import Stale, VerbRefused
from entendu.conversations.models import Conversation, Event, Part, Promise, Reply
from entendu.conversations.promise import PromiseTerms
from entendu.conversations.reply import can_reply, reply, unsend
from entendu.kit import clock
from fake_channel import FakeDoor
from make import make_channel, make_conversation, make_mention


def write(conversation: Conversation, by: Membership, text: str = "Sorry!", **values: object) -> Reply:
    given: dict[str, object] = {"visibility": "public", "seen_version": conversation.version} | values
    return reply(conversation, by=by, text=text, **given)  # type: ignore[arg-type]


def refused(
    conversation: Conversation, by: Membership, text: str = "Sorry!", **values: object
) -> VerbRefused:
    with pytest.raises(VerbRefused) as caught:
        write(conversation, by, text, **values)
    assert not Reply.objects.exists()
    conversation.refresh_from_db()
    assert conversation.owner is None
    return caught.value


def test_an_empty_reply_is_refused(conversation: Conversation, alice: Membership) -> None:
    assert refused(conversation, alice, " \n\t").code == "empty"


def test_a_reply_that_the_channel_would_cut_is_refused(
    conversation: Conversation, alice: Membership, open_fake: Callable[..., FakeDoor]
) -> None:
    open_fake(max_length=10)
    assert refused(conversation, alice, "x" * 11).params == {"length": 11, "most": 10}
    write(conversation, alice, "x" * 10)


@pytest.mark.parametrize(
    ("public", "private", "visibility", "code"),
    [
        (True, False, "private", "not_in_private"),
        (False, True, "public", "not_in_public"),
        (False, False, "public", "channel_cannot_reply"),
        (True, True, "secret", "bad_value"),
    ],
)
def test_a_visibility_that_the_channel_lacks_is_refused(
    public: bool,
    private: bool,
    visibility: str,
    code: str,
    conversation: Conversation,
    alice: Membership,
    open_fake: Callable[..., FakeDoor],
) -> None:
    open_fake(reply_public=public, reply_private=private)
    assert refused(conversation, alice, visibility=visibility).code == code


def test_what_was_said_in_private_is_not_answered_in_public(
    channel: Channel, alice: Membership, door: FakeDoor, watch: object
) -> None:
    private = make_conversation(channel, "My number is 12", visibility="private")
    options = can_reply(private)
    assert (options.public, options.private, options.usual) == (False, True, "private")
    assert refused(private, alice).code == "not_in_public"


@pytest.mark.parametrize(
    ("state", "code"),
    [("needs_auth", "channel_needs_auth"), ("blocked", "channel_blocked"), ("off", "channel_off")],
)
def test_a_shut_channel_is_known_before_a_word_is_typed(
    state: str, code: str, conversation: Conversation, alice: Membership, channel: Channel
) -> None:
    channel.state = state
    channel.save()
    options = can_reply(conversation)
    assert (options.possible, options.code) == (False, code)
    assert refused(conversation, alice).code == code


def test_a_channel_whose_connector_fails_does_not_break_the_page(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(channel: Channel) -> None:
        raise RuntimeError("a connector from elsewhere")

    monkeypatch.setattr("entendu.conversations.reply.open_door", fail)
    assert can_reply(conversation).code == "channel_unreadable"


def test_a_conversation_of_our_own_words_only_has_nobody_to_answer(
    channel: Channel, alice: Membership, door: FakeDoor, watch: object
) -> None:
    ours = make_conversation(channel, "Good morning!", "levain", ours=True)
    assert refused(ours, alice).code == "nothing_to_answer"


def test_only_messages_of_the_conversation_are_answered(
    conversation: Conversation, channel: Channel, alice: Membership
) -> None:
    stranger = make_mention(channel, "Elsewhere", "omar")
    assert refused(conversation, alice, answers=stranger).code == "not_in_conversation"


def test_a_reply_reaches_the_last_word_where_a_reply_is_possible(
    conversation: Conversation, organisation: object, alice: Membership, watch: object
) -> None:
    dead = make_channel(conversation.organisation, "Dead")
    dead.state = "needs_auth"
    dead.save()
    mention = make_mention(dead, "And by mail", at=clock.now())
    Part.objects.create(conversation=conversation, mention=mention, why="person", at=clock.now())
    assert can_reply(conversation).answers == conversation.parts.order_by("id")[0].mention
    assert can_reply(conversation, answers=mention).code == "channel_needs_auth"


def test_a_reply_to_what_moved_on_is_refused_and_shows_what_is_new(
    conversation: Conversation, alice: Membership, carol: Membership
) -> None:
    seen = conversation.version
    note.note(conversation, by=carol, text="Called her: solved")
    found = refused(conversation, alice, seen_version=seen)
    assert isinstance(found, Stale)
    assert [(event.kind, event.by) for event in found.events] == [("noted", carol.user)]
    write(conversation, alice, seen_version=conversation.version)


def test_ones_own_acts_and_quiet_ones_do_not_make_stale(
    conversation: Conversation, alice: Membership, carol: Membership
) -> None:
    seen = conversation.version
    take.take(conversation, by=alice)
    note.note(conversation, by=alice, text="I write to her")
    topic.set_topic(conversation, by=carol, topic=None)
    write(conversation, alice, seen_version=seen)


def test_a_double_click_writes_one_reply(conversation: Conversation, alice: Membership) -> None:
    seen = conversation.version
    first = write(conversation, alice, seen_version=seen, key="form-1")
    assert write(conversation, alice, seen_version=seen, key="form-1") == first
    assert Event.objects.filter(kind="replied").count() == 1
    assert write(conversation, alice, key="form-2") != first


def test_the_same_form_with_another_text_is_refused(conversation: Conversation, alice: Membership) -> None:
    first = write(conversation, alice, key="form-1")
    with pytest.raises(VerbRefused, match="another text"):
        write(conversation, alice, "Other", key="form-1")
    unsend(first, by=alice)
    with pytest.raises(VerbRefused, match="taken back"):
        write(conversation, alice, key="form-1")


def test_a_strangers_form_cannot_meet_ours(
    conversation: Conversation, alice: Membership, carol: Membership, channel: Channel
) -> None:
    first = write(conversation, alice, key="1")
    second = write(conversation, carol, key="1", seen_version=99)
    third = write(make_conversation(channel, "Other", "omar"), alice, key="1")
    assert len({first.key, second.key, third.key}) == 3


def test_a_reply_takes_what_nobody_has_and_ends_the_wait(
    conversation: Conversation, alice: Membership
) -> None:
    assert conversation.waiting_since
    written = write(conversation, alice)
    assert conversation.owner == alice.user
    assert conversation.waiting_since is None
    assert conversation.reasons == []
    assert written.leaves_at - written.composed_at == timedelta(seconds=5)


def test_a_colleagues_reply_leaves_the_owner(
    conversation: Conversation, alice: Membership, carol: Membership
) -> None:
    take.take(conversation, by=alice)
    write(conversation, carol)
    assert conversation.owner == alice.user


def test_a_word_heard_after_the_reply_waits_even_if_it_was_said_before(
    conversation: Conversation, alice: Membership, watch: object
) -> None:
    said = clock.now() - timedelta(minutes=1)
    write(conversation, alice)
    watch.forward(minutes=5)
    late = make_mention(conversation.channel, "And the box was open!", at=said)
    Part.objects.create(conversation=conversation, mention=late, why="author", at=clock.now())
    note.note(conversation, by=alice, text="x")
    take.release(conversation, by=alice)
    assert conversation.waiting_since == said


def test_a_reply_taken_back_leaves_the_customer_waiting(
    conversation: Conversation, alice: Membership
) -> None:
    waiting = conversation.waiting_since
    terms = PromiseTerms("A new one", clock.now() + timedelta(days=1))
    written = write(conversation, alice, promise=terms)
    assert conversation.due_at == terms.due_at
    assert unsend(written, by=alice).state == "unsent"
    conversation.refresh_from_db()
    assert conversation.waiting_since == waiting
    assert conversation.due_at is None
    assert not Promise.objects.exists()


def test_a_bad_promise_writes_no_reply(conversation: Conversation, alice: Membership) -> None:
    terms = PromiseTerms("A new one", clock.now() - timedelta(days=1))
    assert refused(conversation, alice, promise=terms).code == "in_the_past"


def test_a_reply_that_is_leaving_cannot_be_taken_back(conversation: Conversation, alice: Membership) -> None:
    written = write(conversation, alice)
    Reply.objects.update(state="sending")
    with pytest.raises(VerbRefused) as caught:
        unsend(written, by=alice)
    assert caught.value.code == "too_late"


def test_a_reply_reopens_a_closed_conversation_and_leaves_a_paused_one_asleep(
    conversation: Conversation, channel: Channel, alice: Membership
) -> None:
    close.close(conversation, by=alice)
    write(conversation, alice)
    assert conversation.state == "open"
    paused = make_conversation(channel, "Later", "omar")
    snooze.snooze(paused, by=alice, until=clock.now() + timedelta(days=1))
    write(paused, alice)
    assert paused.state == "snoozed"


def test_a_promise_told_in_a_reply_is_tied_to_it(conversation: Conversation, alice: Membership) -> None:
    terms = PromiseTerms("A new one", clock.now() + timedelta(days=1), "if you keep the box")
    written = write(conversation, alice, promise=terms)
    made = written.promises.get()
    assert (made.what, made.conditions, made.by) == ("A new one", "if you keep the box", alice.user)
    assert promise.keep(made, by=alice).state == "kept"
