"""What was answered and stays quiet closes by itself; nobody who waits is closed away."""

from datetime import timedelta

from entendu.channels.models import Channel
from entendu.conversations.models import Conversation, Promise
from entendu.conversations.stages import close_quiet
from entendu.kit import clock
from make import make_conversation


def test_nobody_who_waits_or_was_promised_something_is_closed_away(channel: Channel) -> None:
    waits = make_conversation(channel)
    promised = make_conversation(channel, author="ed")
    due = clock.now() + timedelta(days=40)
    Promise.objects.create(conversation=promised, what="un bon", due_at=due, at=clock.now())
    Conversation.objects.filter(pk=promised.pk).update(waiting_since=None, due_at=due)
    with clock.at(clock.now() + timedelta(days=30)):
        assert close_quiet(10) == 0
    waits.refresh_from_db()
    assert waits.state == "open"


def test_answered_and_quiet_closes_with_its_reason(channel: Channel) -> None:
    conversation = make_conversation(channel)
    Conversation.objects.update(waiting_since=None)
    with clock.at(clock.now() + timedelta(days=13)):
        assert close_quiet(10) == 0
    with clock.at(clock.now() + timedelta(days=15)):
        assert close_quiet(10) == 1
    conversation.refresh_from_db()
    assert (conversation.state, conversation.version) == ("closed", 2)
    assert conversation.closures.get().reason == "quiet"
    assert conversation.events.latest("id").kind == "closed"
