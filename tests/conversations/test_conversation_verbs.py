"""What verbs do: the outcome that a colleague or a customer would notice."""

from datetime import timedelta

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Topic
from entendu.channels.models import Channel
from entendu.conversations import close, correct, note, opening, presence, promise, snooze, take, topic
from entendu.conversations.boxes import box
from entendu.conversations.close import reopen_on_reply
from entendu.conversations.models import Conversation, Event, Nudge, Part, Promise
from entendu.conversations.promise import PromiseTerms
from entendu.conversations.reweigh import reweigh_due
from entendu.conversations.snooze import wake_on_reply
from entendu.kit import clock
from make import make_conversation, make_member, make_mention


def kinds(conversation: Conversation) -> list[str]:
    return list(Event.objects.filter(conversation=conversation).order_by("id").values_list("kind", flat=True))


def terms(**delta: float) -> PromiseTerms:
    return PromiseTerms("A call", clock.now() + timedelta(**(delta or {"hours": 2})))


def customer_speaks(conversation: Conversation, text: str = "Hello?") -> None:
    mention = make_mention(conversation.channel, text, at=clock.now())
    Part.objects.create(conversation=conversation, mention=mention, why="parent", at=clock.now())


def test_take_gives_an_owner_once(conversation: Conversation, alice: Membership) -> None:
    take.take(conversation, by=alice)
    take.take(conversation, by=alice)
    assert conversation.owner == alice.user
    assert kinds(conversation) == ["opened", "taken"]
    assert conversation.version == 2


def test_release_puts_it_back_among_those_to_take(conversation: Conversation, alice: Membership) -> None:
    take.take(conversation, by=alice)
    assert not box(alice, "to_take").exists()
    take.release(conversation, by=alice)
    assert box(alice, "to_take").get() == conversation


def test_assign_moves_it_and_says_to_whom(
    conversation: Conversation, alice: Membership, carol: Membership, manager: Membership
) -> None:
    take.take(conversation, by=alice)
    take.assign(conversation, by=manager, to=carol)
    assert conversation.owner == carol.user
    assert conversation.assignments.filter(ended_at__isnull=True).get().user == carol.user
    said = Event.objects.filter(kind="assigned").get()
    assert (said.by, said.data["name"]) == (manager.user, "Carol Haddad")


def test_take_next_takes_the_heaviest_then_the_oldest(
    channel: Channel, alice: Membership, carol: Membership, watch: object
) -> None:
    now = clock.now()
    light = make_conversation(channel, "light", at=now - timedelta(hours=3))
    old = make_conversation(channel, "old", at=now - timedelta(hours=2))
    Conversation.objects.filter(pk=light.pk).update(priority=10)
    young = make_conversation(channel, "young", at=now - timedelta(hours=1))
    got = [take.take_next(by=member) for member in (alice, carol, alice, carol)]
    assert got == [old, young, light, None]


def test_take_next_sees_only_its_own_organisation(conversation: Conversation, charlie: Membership) -> None:
    assert take.take_next(by=charlie) is None


@pytest.mark.parametrize("name", ["@karim", "@Karim", "@karim.chef", "(@karïm)", "see @karim, please"])
def test_a_note_nudges_whom_it_names(
    name: str, conversation: Conversation, alice: Membership, expert: Membership
) -> None:
    note.note(conversation, by=alice, text=f"The pastry, {name}?")
    assert list(box(expert, "nudges")) == [conversation]
    assert note.see(conversation, by=expert) == 1
    assert not box(expert, "nudges").exists()


@pytest.mark.parametrize(
    "text", ["karim", "mail karim@chef.example", "@karimi", "@alice", "@charlie", "@@karim"]
)
def test_a_note_nudges_nobody_else(
    text: str, conversation: Conversation, alice: Membership, expert: Membership, charlie: Membership
) -> None:
    note.note(conversation, by=alice, text=text)
    assert not Nudge.objects.exists()


def test_a_name_borne_by_two_nudges_both(
    organisation: Organisation, conversation: Conversation, alice: Membership, expert: Membership
) -> None:
    make_member(organisation, "Karim Compta", "agent")
    note.note(conversation, by=alice, text="@karim @karim.compta")
    assert Nudge.objects.count() == 2


def test_a_promise_kept_in_time_counts_as_kept(conversation: Conversation, alice: Membership) -> None:
    made = promise.promise(conversation, by=alice, terms=terms())
    assert conversation.owner == alice.user
    assert conversation.due_at == made.due_at
    promise.keep(made, by=alice)
    assert (made.state, conversation.due_at) == ("kept", None)


def test_an_overdue_promise_is_broken_and_at_risk_until_made_good(
    conversation: Conversation, alice: Membership, watch: object
) -> None:
    made = promise.promise(conversation, by=alice, terms=terms(hours=2))
    assert not box(alice, "at_risk").exists()
    watch.forward(hours=1, minutes=30)
    assert list(box(alice, "at_risk")) == [conversation]
    watch.forward(hours=1)
    assert promise.break_overdue(10) == 1
    assert promise.break_overdue(10) == 0
    made.refresh_from_db()
    conversation.refresh_from_db()
    assert made.state == "broken"
    assert "promise_broken" in conversation.reasons
    assert list(box(alice, "at_risk")) == [conversation]
    promise.keep(made, by=alice)
    assert made.state == "broken"  # the figure stays honest
    conversation.refresh_from_db()
    assert conversation.due_at is None
    assert kinds(conversation)[-2:] == ["broken", "kept"]


def test_a_promise_renewed_in_time_is_not_broken(conversation: Conversation, alice: Membership) -> None:
    made = promise.promise(conversation, by=alice, terms=terms(hours=2))
    again = promise.renew(made, by=alice, terms=terms(hours=5))
    made.refresh_from_db()
    assert (made.state, again.state, again.renews) == ("renewed", "open", made)
    conversation.refresh_from_db()
    assert conversation.due_at == again.due_at


@pytest.mark.parametrize("swept", [True, False])
def test_a_promise_renewed_or_kept_after_its_date_counts_as_broken(
    swept: bool, conversation: Conversation, alice: Membership, watch: object
) -> None:
    first = promise.promise(conversation, by=alice, terms=terms(hours=1))
    second = promise.promise(conversation, by=alice, terms=terms(hours=1))
    watch.forward(hours=2)
    if swept:
        promise.break_overdue(10)
    promise.renew(first, by=alice, terms=terms(hours=1))
    promise.keep(second, by=alice)
    assert sorted(Promise.objects.values_list("state", flat=True)) == ["broken", "broken", "open"]
    assert kinds(conversation).count("broken") == 2


def test_snooze_sleeps_until_its_date(conversation: Conversation, alice: Membership, watch: object) -> None:
    snooze.snooze(conversation, by=alice, until=clock.now() + timedelta(days=1))
    assert list(box(alice, "paused")) == [conversation]
    assert not box(alice, "to_take").exists()
    assert snooze.wake_due(10) == 0
    watch.forward(days=1)
    assert snooze.wake_due(10) == 1
    assert list(box(alice, "to_take")) == [conversation]
    assert kinds(conversation)[-1] == "woken"


def test_snooze_again_replaces_the_date(conversation: Conversation, alice: Membership, watch: object) -> None:
    snooze.snooze(conversation, by=alice, until=clock.now() + timedelta(days=1))
    later = clock.now() + timedelta(days=3)
    snooze.snooze(conversation, by=alice, until=later)
    assert conversation.wakes_at == later
    watch.forward(days=2)
    assert snooze.wake_due(10) == 0


def test_a_snoozed_conversation_wakes_when_the_customer_speaks(
    conversation: Conversation, alice: Membership
) -> None:
    assert not wake_on_reply(conversation)
    snooze.snooze(conversation, by=alice, until=clock.now() + timedelta(days=1))
    customer_speaks(conversation)
    assert wake_on_reply(conversation)
    assert conversation.state == "open"
    assert conversation.wakes_at is None


def test_a_closed_conversation_reopens_when_the_customer_speaks(
    conversation: Conversation, alice: Membership, watch: object, settings: object
) -> None:
    close.close(conversation, by=alice)
    assert conversation.waiting_since is None
    watch.forward(days=settings.REOPEN_DAYS - 1)
    customer_speaks(conversation)
    assert reopen_on_reply(conversation)
    assert conversation.state == "open"
    assert conversation.waiting_since == clock.now()  # what was closed is settled: only the new word waits
    assert kinds(conversation)[-1] == "reopened"


def test_a_conversation_closed_long_ago_stays_closed(
    conversation: Conversation, alice: Membership, watch: object, settings: object
) -> None:
    close.close(conversation, by=alice)
    watch.forward(days=settings.REOPEN_DAYS, minutes=1)
    assert not reopen_on_reply(conversation)
    conversation.refresh_from_db()
    assert conversation.state == "closed"


def test_a_closing_by_mistake_is_undone(conversation: Conversation, alice: Membership) -> None:
    waiting = conversation.waiting_since
    snooze.snooze(conversation, by=alice, until=clock.now() + timedelta(days=1))
    close.close(conversation, by=alice, reason="unwanted")
    assert (conversation.state, conversation.wakes_at) == ("closed", None)
    close.reopen(conversation, by=alice)
    assert (conversation.state, conversation.waiting_since) == ("open", waiting)


def test_topic_is_set_and_taken_away(
    organisation: Organisation, conversation: Conversation, alice: Membership
) -> None:
    cream = Topic.objects.create(organisation=organisation, slug="cream", name_en="Cream", name_fr="Crème")
    topic.set_topic(conversation, by=alice, topic=cream)
    topic.set_topic(conversation, by=alice, topic=cream)
    assert conversation.topic == cream
    topic.set_topic(conversation, by=alice, topic=None)
    assert conversation.topic is None
    assert kinds(conversation).count("topic") == 2


def test_a_correction_changes_what_comes_first(conversation: Conversation, alice: Membership) -> None:
    mention = conversation.parts.get().mention
    before = conversation.priority
    correct.correct(mention, by=alice, facet="urgency", value="safety")
    conversation.refresh_from_db()
    assert conversation.urgency == "safety"
    assert conversation.priority > before
    assert conversation.reasons[0] == "safety"


def test_a_mention_outside_of_conversations_can_be_corrected(
    channel: Channel, alice: Membership, door: object
) -> None:
    mention = make_mention(channel, "Nice")
    assert correct.correct(mention, by=alice, facet="sentiment", value="positive").machine == "negative"


def test_presence_shows_who_writes_and_fades(
    conversation: Conversation, alice: Membership, carol: Membership, charlie: Membership, watch: object
) -> None:
    presence.look(conversation, by=alice, writing=False)
    presence.look(conversation, by=alice, writing=True)
    assert [(one.user, one.writing) for one in presence.present(conversation, but=carol)] == [
        (alice.user, True)
    ]
    assert presence.present(conversation, but=alice) == []
    assert presence.present(conversation, but=charlie) == []
    watch.forward(seconds=31)
    assert presence.present(conversation, but=carol) == []
    presence.look(conversation, by=alice, writing=False)
    presence.leave(conversation, by=alice)
    assert presence.present(conversation, but=carol) == []
    assert conversation.version == 1


def test_time_alone_moves_a_conversation_up(channel: Channel, alice: Membership, watch: object) -> None:
    conversation = make_conversation(channel, at=clock.now())
    take.take(conversation, by=alice)
    first = conversation.priority
    assert reweigh_due(10) == 0
    watch.forward(hours=1)
    assert reweigh_due(10) == 1
    conversation.refresh_from_db()
    assert conversation.priority > first
    assert "waiting_1h" in conversation.reasons
    assert reweigh_due(10) == 0


def test_numbers_follow_each_other(organisation: Organisation, charlie: Membership) -> None:
    taken = [
        opening.next_number(organisation),
        opening.next_number(organisation, 3),
        opening.next_number(organisation),
    ]
    assert taken == [1, 2, 5]
    assert opening.next_number(charlie.organisation) == 1
