"""What verbs refuse: strangers, roles without the right, states in which they make no sense. Nothing is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from entendu.accounts.models import Membership
from entendu.analysis.models import Topic
from entendu.channels.models import Channel
from entendu.conversations import (
    attach,
    close,
    correct,
    note,
    presence,
    promise,
    reply,
    settle,
    snooze,
    take,
    topic,
)
from entendu.conversations.errors import SENTENCES, VerbRefused
from entendu.conversations.models import Conversation, Event
from entendu.conversations.promise import PromiseTerms
from entendu.kit import clock
from make import make_channel, make_conversation, make_organisation

Act = Callable[[Conversation, Membership], object]


def later(**delta: float) -> object:
    return clock.now() + timedelta(**(delta or {"hours": 2}))


def terms() -> PromiseTerms:
    return PromiseTerms("A fresh dessert", clock.now() + timedelta(hours=2))


def write(conversation: Conversation, by: Membership, **values: object) -> object:
    given: dict[str, object] = {"text": "Hello", "visibility": "public", "seen_version": 99} | values
    return reply.reply(conversation, by=by, **given)  # type: ignore[arg-type]


def first_mention(conversation: Conversation) -> object:
    return conversation.parts.get().mention


VERBS: dict[str, tuple[Act, set[str]]] = {  # verb -> how to call it, the roles that may
    "take": (lambda c, m: take.take(c, by=m), {"agent", "manager", "admin"}),
    "assign": (lambda c, m: take.assign(c, by=m, to=m), {"agent", "manager", "admin"}),
    "reply": (write, {"agent", "manager", "admin"}),
    "note": (lambda c, m: note.note(c, by=m, text="Look"), {"agent", "manager", "admin", "expert"}),
    "promise": (lambda c, m: promise.promise(c, by=m, terms=terms()), {"agent", "manager", "admin"}),
    "snooze": (lambda c, m: snooze.snooze(c, by=m, until=later()), {"agent", "manager", "admin"}),
    "close": (lambda c, m: close.close(c, by=m), {"agent", "manager", "admin"}),
    "topic": (lambda c, m: topic.set_topic(c, by=m, topic=None), {"agent", "manager", "admin"}),
    "correct": (
        lambda c, m: correct.correct(first_mention(c), by=m, facet="intent", value="idea"),
        {"agent", "manager", "admin", "expert"},
    ),
    "look": (
        lambda c, m: presence.look(c, by=m, writing=True),
        {"agent", "manager", "admin", "expert", "reader"},
    ),
}


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(VerbRefused) as caught:
        act()
    assert str(caught.value)  # it can be said to the user
    return caught.value.code


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_acts_for_another_organisation(
    verb: str, conversation: Conversation, charlie: Membership
) -> None:
    act, _roles = VERBS[verb]
    assert refused(lambda: act(conversation, charlie)) == "not_yours"
    assert Event.objects.filter(conversation=conversation).count() == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ["agent", "manager", "admin", "expert", "reader"])
def test_each_verb_acts_for_the_roles_that_may(
    verb: str, role: str, conversation: Conversation, alice: Membership
) -> None:
    act, roles = VERBS[verb]
    alice.role = role
    alice.save()
    if role in roles:
        act(conversation, alice)
    else:
        assert refused(lambda: act(conversation, alice)) == "not_allowed"
        assert Event.objects.filter(conversation=conversation).count() == 1


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_acts_for_someone_who_left(verb: str, conversation: Conversation, alice: Membership) -> None:
    act, _roles = VERBS[verb]
    alice.user.is_active = False
    alice.user.save()
    assert refused(lambda: act(conversation, alice)) == "not_allowed"


@pytest.mark.parametrize("verb", [name for name in VERBS if name != "correct"])
def test_a_deleted_conversation_is_said_to_be_gone(
    verb: str, conversation: Conversation, alice: Membership
) -> None:
    act, _roles = VERBS[verb]
    Conversation.objects.filter(pk=conversation.pk).delete()
    assert refused(lambda: act(conversation, alice)) == "gone"


@pytest.mark.parametrize("verb", ["take", "assign", "promise", "snooze"])
def test_a_closed_conversation_must_be_reopened_first(
    verb: str, conversation: Conversation, alice: Membership
) -> None:
    close.close(conversation, by=alice)
    act, _roles = VERBS[verb]
    assert refused(lambda: act(conversation, alice)) == "closed"


@pytest.mark.parametrize("verb", ["take", "reply", "promise", "snooze"])
def test_an_attached_conversation_takes_no_act(
    verb: str, conversation: Conversation, channel: Channel, alice: Membership
) -> None:
    attach.attach(conversation, into=make_conversation(channel, "Other", "omar"), by=alice)
    act, _roles = VERBS[verb]
    assert refused(lambda: act(conversation, alice)) == "attached_elsewhere"
    assert refused(lambda: close.reopen(conversation, by=alice)) == "attached_elsewhere"
    assert refused(lambda: close.close(conversation, by=alice)) == "already_closed"


def test_take_refuses_what_a_colleague_has(
    conversation: Conversation, alice: Membership, carol: Membership
) -> None:
    take.take(conversation, by=alice)
    with pytest.raises(VerbRefused, match="Alice Roy"):
        take.take(conversation, by=carol)
    conversation.refresh_from_db()
    assert conversation.owner_id == alice.user_id


def test_release_refuses_who_does_not_have_it(
    conversation: Conversation, alice: Membership, carol: Membership, manager: Membership
) -> None:
    assert refused(lambda: take.release(conversation, by=alice)) == "nobody_has_it"
    take.take(conversation, by=alice)
    assert refused(lambda: take.release(conversation, by=carol)) == "not_owner"
    take.release(conversation, by=manager)
    assert conversation.owner is None


def test_assign_refuses_strangers_and_readers(
    conversation: Conversation, alice: Membership, bob: Membership, charlie: Membership
) -> None:
    assert refused(lambda: take.assign(conversation, by=alice, to=charlie)) == "nobody"
    assert refused(lambda: take.assign(conversation, by=alice, to=bob)) == "cannot_answer"


@pytest.mark.parametrize(
    ("delta", "code"),
    [({"seconds": 0}, "in_the_past"), ({"days": -1}, "in_the_past"), ({"days": 400}, "too_far")],
)
def test_moments_must_be_ahead_and_near(
    delta: dict[str, float], code: str, conversation: Conversation, alice: Membership
) -> None:
    at = clock.now() + timedelta(**delta)
    assert refused(lambda: snooze.snooze(conversation, by=alice, until=at)) == code
    assert refused(lambda: promise.promise(conversation, by=alice, terms=PromiseTerms("x", at))) == code


@pytest.mark.parametrize(
    ("what", "code"), [("  ", "empty"), ("x" * 301, "promise_too_long"), ("x" * 300, "")]
)
def test_promise_refuses_words_that_do_not_fit(
    what: str, code: str, conversation: Conversation, alice: Membership
) -> None:
    given = PromiseTerms(what, clock.now() + timedelta(hours=1))
    if code:
        assert refused(lambda: promise.promise(conversation, by=alice, terms=given)) == code
    else:
        promise.promise(conversation, by=alice, terms=given)


def test_a_promise_is_settled_once(conversation: Conversation, alice: Membership) -> None:
    made = promise.promise(conversation, by=alice, terms=terms())
    promise.keep(made, by=alice)
    assert refused(lambda: promise.keep(made, by=alice)) == "promise_settled"
    assert refused(lambda: promise.renew(made, by=alice, terms=terms())) == "promise_settled"


def test_promises_of_others_cannot_be_touched(
    conversation: Conversation, alice: Membership, charlie: Membership
) -> None:
    made = promise.promise(conversation, by=alice, terms=terms())
    assert refused(lambda: promise.keep(made, by=charlie)) == "not_yours"
    assert refused(lambda: promise.renew(made, by=charlie, terms=terms())) == "not_yours"


def test_close_refuses_while_a_promise_binds(conversation: Conversation, alice: Membership) -> None:
    made = promise.promise(conversation, by=alice, terms=terms())
    assert refused(lambda: close.close(conversation, by=alice)) == "promise_running"
    promise.keep(made, by=alice)
    close.close(conversation, by=alice)


def test_close_and_reopen_refuse_what_makes_no_sense(conversation: Conversation, alice: Membership) -> None:
    assert refused(lambda: close.close(conversation, by=alice, reason="attached")) == "bad_reason"
    assert refused(lambda: close.reopen(conversation, by=alice)) == "not_closed"
    assert refused(lambda: snooze.wake(conversation, by=alice)) == "not_snoozed"


def test_note_refuses_nothing_said(conversation: Conversation, expert: Membership) -> None:
    assert refused(lambda: note.note(conversation, by=expert, text=" \n ")) == "empty"


def test_topics_of_others_do_not_exist(conversation: Conversation, alice: Membership) -> None:
    other = Topic.objects.create(organisation=make_organisation("x", "X"), slug="s", name_en="S", name_fr="S")
    assert refused(lambda: topic.set_topic(conversation, by=alice, topic=other)) == "bad_topic"


@pytest.mark.parametrize(("facet", "value"), [("mood", "x"), ("intent", "x"), ("urgency", "")])
def test_corrections_have_known_values(
    facet: str, value: str, conversation: Conversation, alice: Membership
) -> None:
    mention = conversation.parts.get().mention
    assert refused(lambda: correct.correct(mention, by=alice, facet=facet, value=value)) == "bad_value"


def test_attach_refuses_itself_strangers_and_promises(
    conversation: Conversation, channel: Channel, alice: Membership, charlie: Membership
) -> None:
    other = make_conversation(channel, "Other", "omar")
    assert refused(lambda: attach.attach(conversation, into=conversation, by=alice)) == "itself"
    assert refused(lambda: attach.attach(conversation, into=other, by=charlie)) == "not_yours"
    assert refused(lambda: attach.detach(conversation, by=alice)) == "nothing_to_detach"
    assert refused(lambda: attach.detach(conversation, by=charlie)) == "not_yours"
    promise.promise(conversation, by=alice, terms=terms())
    assert refused(lambda: attach.attach(conversation, into=other, by=alice)) == "promise_running"


def test_attach_refuses_a_conversation_of_another_organisation_as_target(
    conversation: Conversation, alice: Membership, charlie: Membership
) -> None:
    foreign = make_conversation(make_channel(charlie.organisation, "Theirs"), "Secret", "zoe")
    assert refused(lambda: attach.attach(conversation, into=foreign, by=alice)) == "not_yours"


def test_only_uncertain_replies_are_settled(
    conversation: Conversation, alice: Membership, charlie: Membership
) -> None:
    written = write(conversation, alice)
    assert refused(lambda: settle.settle(written, by=charlie, outcome="sent")) == "not_yours"
    assert refused(lambda: settle.settle(written, by=alice, outcome="lost")) == "bad_outcome"
    assert refused(lambda: settle.settle(written, by=alice, outcome="sent")) == "not_uncertain"
    assert refused(lambda: reply.unsend(written, by=charlie)) == "not_yours"


@pytest.mark.parametrize("code", SENTENCES)
def test_every_refusal_can_be_said(code: str) -> None:
    filled = {"name": "Alice", "length": 300, "most": 200, "number": 7, "found": "IBAN"}
    said = str(VerbRefused(code, **filled))
    assert said
    assert "%" not in said
