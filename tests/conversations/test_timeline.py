"""The timeline tells everything, in order, in a constant number of queries."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations import attach, note, take
from entendu.conversations.models import Conversation, Part, Reply
from entendu.conversations.promise import PromiseTerms
from entendu.conversations.reply import reply
from entendu.conversations.thread import timeline
from entendu.kit import clock
from make import make_conversation, make_mention


def add(conversation: Conversation, text: str, **values: object) -> None:
    mention = make_mention(conversation.channel, text, at=clock.now(), **values)
    Part.objects.create(conversation=conversation, mention=mention, why="parent", at=clock.now())


def fill(conversation: Conversation, by: Membership, watch: object, times: int = 1) -> None:
    for number in range(times):
        watch.forward(minutes=1)
        add(conversation, f"word {number}")
        watch.forward(minutes=1)
        note.note(conversation, by=by, text=f"note {number} @carol")
        watch.forward(minutes=1)
        conversation.refresh_from_db()
        terms = PromiseTerms("A call", clock.now() + timedelta(hours=1))
        seen = conversation.version
        reply(
            conversation, by=by, text=f"reply {number}", visibility="public", seen_version=seen, promise=terms
        )


def test_entries_come_in_order(
    conversation: Conversation, alice: Membership, carol: Membership, watch: object
) -> None:
    take.take(conversation, by=alice)
    fill(conversation, alice, watch)
    entries = timeline(conversation)
    assert [entry.kind for entry in entries] == ["mention", "event", "mention", "note", "reply", "promise"]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_the_number_of_queries_does_not_grow(
    conversation: Conversation, alice: Membership, carol: Membership, watch: object
) -> None:
    def look() -> int:
        with CaptureQueriesContext(connection) as queries:
            for entry in timeline(conversation):
                row = entry.row
                if entry.kind == "mention":
                    mention = row.mention
                    said = [mention.author.shown, mention.channel.name, mention.analysis.sentiment]
                    said += [*mention.attachments.all(), *mention.tags.all(), *mention.revisions.all()]
                    said += [*mention.analysis.corrections.all()]
                elif entry.kind == "note":
                    said = [row.by.name, [nudge.member.user.name for nudge in row.nudges.all()]]
                else:
                    said = [row.by and row.by.name]
                assert said
        return len(queries)

    fill(conversation, alice, watch)
    few = look()
    fill(conversation, alice, watch, times=5)
    assert look() == few <= 11


def test_the_echo_of_a_reply_is_not_told_twice(
    conversation: Conversation, alice: Membership, watch: object
) -> None:
    written = reply(conversation, by=alice, text="Sorry", visibility="public", seen_version=1)
    Reply.objects.filter(pk=written.pk).update(state="sent", native_key="post-9")
    add(conversation, "Sorry", ours=True, key="post-9")
    add(conversation, "We said more", ours=True, key="post-10")
    assert [entry.kind for entry in timeline(conversation) if entry.kind in {"mention", "reply"}] == [
        "mention",
        "mention",
        "reply",
    ]


def test_what_was_written_before_an_attachment_is_told_after_it(
    conversation: Conversation, channel: Channel, alice: Membership, carol: Membership, watch: object
) -> None:
    reply(conversation, by=alice, text="Sorry", visibility="public", seen_version=1)
    note.note(conversation, by=alice, text="Careful")
    middle = make_conversation(channel, "Middle", "omar")
    last = make_conversation(channel, "Last", "zoe")
    attach.attach(conversation, into=middle, by=alice)
    attach.attach(middle, into=last, by=alice)
    told = [(entry.kind, str(entry.row)) for entry in timeline(last)]
    assert ("reply", "Sorry") in told
    assert ("note", "Careful") in told
    assert [kind for kind, _row in told].count("mention") == 3


def test_a_reply_answers_only_those_who_were_there(
    conversation: Conversation, channel: Channel, alice: Membership, watch: object
) -> None:
    other = make_conversation(channel, "Other", "omar")
    watch.forward(minutes=1)
    reply(conversation, by=alice, text="Sorry", visibility="public", seen_version=1)
    watch.forward(minutes=1)
    attach.attach(conversation, into=other, by=alice)
    assert other.waiting_since == other.opened_at  # Omar was not answered
    watch.forward(minutes=1)
    reply(other, by=alice, text="Sorry, all", visibility="public", seen_version=other.version)
    assert other.waiting_since is None
    attach.detach(conversation, by=alice)
    assert conversation.waiting_since is None


def test_attached_words_wait_until_they_are_answered_where_they_are(
    conversation: Conversation, channel: Channel, alice: Membership, watch: object
) -> None:
    other = make_conversation(channel, "Other", "omar")
    watch.forward(minutes=1)
    reply(other, by=alice, text="Sorry, Omar", visibility="public", seen_version=1)
    watch.forward(minutes=1)
    attach.attach(conversation, into=other, by=alice)
    assert other.waiting_since == conversation.opened_at
    watch.forward(minutes=1)
    reply(other, by=alice, text="Sorry, Dalila", visibility="public", seen_version=other.version)
    assert other.waiting_since is None
