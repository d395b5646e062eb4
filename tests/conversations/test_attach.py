"""Two conversations become one, and two again."""

from datetime import timedelta

import pytest

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations import attach, snooze
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Conversation, Part
from entendu.kit import clock
from make import make_conversation, make_mention


def where() -> list[dict[str, object]]:
    return list(Part.objects.order_by("id").values("pk", "conversation", "moved_from", "by", "at", "why"))


def test_messages_move_and_the_source_closes(
    conversation: Conversation, channel: Channel, alice: Membership
) -> None:
    other = make_conversation(channel, "Other", "omar")
    attach.attach(conversation, into=other, by=alice)
    assert other.parts.count() == 2
    assert conversation.state == "closed"
    assert conversation.closures.get().reason == "attached"
    moved = other.parts.get(moved_from=conversation)
    assert moved.by == alice.user


def test_attachments_of_attachments_are_undone_one_by_one(
    conversation: Conversation, channel: Channel, alice: Membership, carol: Membership
) -> None:
    middle, last = make_conversation(channel, "Middle", "omar"), make_conversation(channel, "Last", "zoe")
    apart = where()
    attach.attach(conversation, into=middle, by=alice)
    joined = where()
    attach.attach(middle, into=last, by=carol)
    assert last.parts.count() == 3
    assert last.parts.filter(moved_from=conversation).count() == 1  # the first home is not forgotten
    with pytest.raises(VerbRefused) as caught:
        attach.detach(conversation, by=alice)
    assert caught.value.code == "attached_elsewhere"
    attach.detach(middle, by=alice)
    assert where() == joined
    attach.detach(conversation, by=alice)
    assert where() == apart
    assert {one.state for one in Conversation.objects.all()} == {"open"}


def test_a_pause_survives_an_attachment_unless_its_date_came(
    conversation: Conversation, channel: Channel, alice: Membership, watch: object
) -> None:
    other = make_conversation(channel, "Other", "omar")
    until = clock.now() + timedelta(days=1)
    snooze.snooze(conversation, by=alice, until=until)
    attach.attach(conversation, into=other, by=alice)
    attach.detach(conversation, by=alice)
    assert (conversation.state, conversation.wakes_at) == ("snoozed", until)
    attach.attach(conversation, into=other, by=alice)
    watch.forward(days=2)
    attach.detach(conversation, by=alice)
    assert (conversation.state, conversation.wakes_at) == ("open", None)


def test_what_was_said_after_stays_where_it_was_said(
    conversation: Conversation, channel: Channel, alice: Membership
) -> None:
    other = make_conversation(channel, "Other", "omar")
    attach.attach(conversation, into=other, by=alice)
    later = Part.objects.create(
        conversation=other, mention=make_mention(channel, "Still here"), why="thread", at=clock.now()
    )
    attach.detach(conversation, by=alice)
    later.refresh_from_db()
    assert later.conversation == other
    assert conversation.parts.count() == 1
