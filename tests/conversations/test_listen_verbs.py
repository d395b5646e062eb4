"""A person opens a conversation from the stream, or drops what concerns nobody."""

from pathlib import Path

import pytest

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.channels.models import Channel
from entendu.conversations.errors import VerbRefused
from entendu.conversations.listen import drop_by_hand, open_by_hand
from entendu.conversations.models import Conversation, Event
from entendu.mentions.ledger import ledger
from entendu.mentions.models import Mention, Receipt, SearchEntry
from entendu.worker.loop import Loop
from hear import hear, hear_more, said
from make import make_conversation, make_mention


@pytest.fixture
def watched(organisation: Organisation, tmp_path: Path) -> Mention:
    hear(organisation, tmp_path, [said("a", "La boulangerie du coin sent bon", addressed=False)])
    return Mention.objects.get()


def refusal_of(verb: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(VerbRefused) as caught:
        verb(*args, **kwargs)  # type: ignore[operator]
    assert str(caught.value)
    return caught.value.code


def test_strangers_and_readers_decide_nothing(watched: Mention, charlie: Membership, bob: Membership) -> None:
    assert refusal_of(open_by_hand, watched, by=charlie) == "no_mention"
    assert refusal_of(drop_by_hand, watched, by=charlie, reason="spam") == "no_mention"
    assert refusal_of(open_by_hand, watched, by=bob) == "not_allowed"
    assert refusal_of(drop_by_hand, watched, by=bob, reason="spam") == "not_allowed"
    assert not Conversation.objects.exists()
    assert Mention.objects.filter(pk=watched.pk).exists()


def test_what_is_in_a_conversation_is_neither_opened_nor_dropped(channel: Channel, alice: Membership) -> None:
    mention = make_conversation(channel).parts.get().mention
    assert refusal_of(open_by_hand, mention, by=alice) == "in_conversation"
    assert refusal_of(drop_by_hand, mention, by=alice, reason="spam") == "in_conversation"


def test_our_own_and_deleted_words_open_nothing(channel: Channel, alice: Membership) -> None:
    ours = make_mention(channel, "Merci !", ours=True)
    deleted = make_mention(channel, "", deleted_at="2026-11-01T00:00Z")
    assert refusal_of(open_by_hand, ours, by=alice) == "said_by_us"
    assert refusal_of(open_by_hand, deleted, by=alice) == "deleted_there"


def test_drop_needs_a_known_reason(watched: Mention, alice: Membership) -> None:
    assert refusal_of(drop_by_hand, watched, by=alice, reason="because") == "bad_drop_reason"


def test_opening_makes_work_and_ends_the_receipt(watched: Mention, alice: Membership) -> None:
    conversation = open_by_hand(watched, by=alice)
    conversation.refresh_from_db()
    assert (conversation.number, conversation.state, conversation.owner) == (1, "open", None)
    assert conversation.title == "La boulangerie du coin sent bon"
    assert conversation.waiting_since == watched.said_at
    event = Event.objects.get(conversation=conversation)
    assert (event.kind, event.by, event.data["why"]) == ("opened", alice.user, "by_hand")
    assert event.version == conversation.version
    (line,) = ledger(Receipt.objects.all())
    assert (line.conversation, line.watched, line.balanced) == (1, 0, True)
    assert refusal_of(open_by_hand, watched, by=alice) == "in_conversation"


def test_loop_leaves_what_was_opened_where_it_is(
    organisation: Organisation, alice: Membership, tmp_path: Path
) -> None:
    channel = hear(organisation, tmp_path, [said("a", "Je passe devant", addressed=False)])
    conversation = open_by_hand(Mention.objects.get(), by=alice)
    hear_more(channel, [said("a", "Je passe devant chaque matin", kind="edited")])
    conversation.refresh_from_db()
    assert conversation.title == "Je passe devant chaque matin"
    assert Conversation.objects.count() == 1


def test_dropping_forgets_the_text_and_keeps_the_line(watched: Mention, alice: Membership) -> None:
    drop_by_hand(watched, by=alice, reason="namesake")
    assert not Mention.objects.exists()
    assert not SearchEntry.objects.exists()
    receipt = Receipt.objects.get()
    assert (receipt.end, receipt.reason, bytes(receipt.content)) == ("dropped", "namesake", b"")
    trail = Audit.objects.get(verb="drop_mention")
    assert (trail.by, trail.data) == (alice.user, {"reason": "namesake"})
    (line,) = ledger(Receipt.objects.all())
    assert (line.dropped, line.reasons, line.balanced) == (1, {"namesake": 1}, True)
    Loop().run_once()
    assert not Mention.objects.exists()
