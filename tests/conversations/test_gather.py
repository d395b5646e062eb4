"""What is heard finds its conversation, once, for a reason; the rest is watched or dropped, and says why."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.conversations.attach import detach
from entendu.conversations.close import close
from entendu.conversations.models import Conversation, Event, Part, Reply
from entendu.conversations.renew import renew
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt
from hear import hear, hear_more, said
from make import make_query

SOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def present():
    with clock.at(SOON):
        yield


def ends(organisation: Organisation) -> dict[str, tuple[str, str]]:
    return {r.key: (r.end, r.reason) for r in Receipt.objects.filter(organisation=organisation)}


def listen(organisation: Organisation, text: str, opens: bool = False) -> None:
    make_query(organisation, text, opens_conversations=opens)


def test_nothing_said_to_us_opens_nothing(organisation: Organisation, tmp_path: Path) -> None:
    hear(organisation, tmp_path, [said("a", "Il fait beau", addressed=False)])
    assert not Conversation.objects.exists()
    assert ends(organisation) == {"a": ("watched", "")}


def test_what_no_query_finds_is_dropped_and_its_text_forgotten(
    organisation: Organisation, tmp_path: Path
) -> None:
    listen(organisation, "levain")
    hear(
        organisation,
        tmp_path,
        [said("a", "Parapluie zorglub", addressed=False), said("b", "Au levain !", addressed=False)],
    )
    assert ends(organisation) == {"a": ("dropped", "no_match"), "b": ("watched", "")}
    assert not Mention.objects.filter(key="a").exists()
    assert bytes(Receipt.objects.get(key="a").content) == b""


def test_a_query_that_opens_conversations_opens_one(organisation: Organisation, tmp_path: Path) -> None:
    listen(organisation, "levain", opens=True)
    hear(organisation, tmp_path, [said("a", "Le pain au levain était rassis", addressed=False)])
    assert Conversation.objects.get().number == 1
    assert ends(organisation) == {"a": ("conversation", "")}


def test_a_stranger_does_not_enter_a_private_conversation_by_its_link(
    organisation: Organisation, tmp_path: Path
) -> None:
    private = {"visibility": "private"}
    hear(
        organisation,
        tmp_path,
        [
            said("a", "Ma commande 20817 est perdue", "dalila", **private),
            said("b", "Re: votre commande, donnez-moi le numéro", "mallory", 5, parent_key="a", **private),
            said("c", "Du nouveau ?", "dalila", 9, parent_key="a", **private),
        ],
    )
    first, second = Conversation.objects.order_by("number")
    assert set(first.parts.values_list("mention__key", flat=True)) == {"a", "c"}
    assert second.author.key == "mallory"


def test_answers_join_and_our_word_ends_the_wait(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, [said("a", "Où est ma commande ?")])
    assert Conversation.objects.get().waiting_since is not None
    hear_more(
        channel, [said("b", "Elle arrive demain.", "levain", 20, parent_key="a", ours=True, addressed=False)]
    )
    conversation = Conversation.objects.get()
    assert conversation.waiting_since is None
    assert ends(organisation) == {"a": ("conversation", ""), "b": ("attached", "")}
    hear_more(channel, [said("c", "Toujours rien !", minute=60, parent_key="b")])
    conversation.refresh_from_db()
    assert conversation.waiting_since == datetime(2026, 11, 1, 11, 0, tzinfo=UTC)
    assert list(conversation.events.values_list("kind", flat=True).order_by("id")) == [
        "opened",
        "heard",
        "heard",
    ]


def test_a_parent_that_comes_late_joins_two_halves(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(
        organisation,
        tmp_path,
        [
            said("b", "Oui, la même chose", "ed", 10, parent_key="a"),
            said("c", "Et moi !", minute=12, parent_key="a"),
        ],
    )
    assert Conversation.objects.exclude(state="closed").count() == 2
    hear_more(channel, [said("a", "Crème tournée à Saint-Denis")])
    conversation = Conversation.objects.exclude(state="closed").get()
    assert set(conversation.parts.values_list("mention__key", flat=True)) == {"a", "b", "c"}
    assert conversation.opened_at == datetime(2026, 11, 1, 10, 0, tzinfo=UTC)


def test_what_answers_our_publication_is_a_conversation_for_each(
    organisation: Organisation, tmp_path: Path
) -> None:
    hear(
        organisation,
        tmp_path,
        [
            said("ad", "Nos croissants : 100 % beurre", "levain", ours=True, addressed=False),
            said("x", "C'est faux, c'est de la margarine", "dalila", 5, parent_key="ad"),
            said("y", "Miam", "ed", 6, parent_key="ad"),
            said("z", "Bonjour, nous vérifions.", "levain", 9, parent_key="x", ours=True, addressed=False),
        ],
    )
    assert Conversation.objects.count() == 2
    assert Conversation.objects.get(author__key="dalila").parts.count() == 2
    assert ends(organisation)["ad"] == ("watched", "ours")


def test_the_echo_of_our_reply_is_not_shown_twice(
    organisation: Organisation, tmp_path: Path, alice: Membership
) -> None:
    channel = hear(organisation, tmp_path, [said("a", "Bonjour, ouvert lundi ?")])
    conversation = Conversation.objects.get()
    Reply.objects.create(
        conversation=conversation,
        channel=channel,
        answers=Mention.objects.get(key="a"),
        visibility="public",
        text="Oui",
        key="r1",
        by=alice.user,
        composed_at=SOON,
        leaves_at=SOON,
        state="sent",
        sent_at=SOON,
        native_key="native-1",
    )
    hear_more(channel, [said("native-1", "Oui", "levain", 30, parent_key="a", ours=True, addressed=False)])
    assert ends(organisation)["native-1"] == ("dropped", "echo")
    assert conversation.parts.count() == 1
    hear_more(channel, [said("d", "Merci !", minute=40, parent_key="native-1")])
    assert conversation.parts.count() == 2


def test_what_comes_again_changes_nothing(organisation: Organisation, tmp_path: Path) -> None:
    rows = [said("a", "Pain rassis"), said("b", "Vraiment rassis", minute=3, parent_key="a")]
    hear(organisation, tmp_path, rows)
    hear(organisation, tmp_path, rows, name="again")
    assert Mention.objects.count() == Part.objects.count() == 2
    assert {r.reason for r in Receipt.objects.filter(channel__name="again")} == {"duplicate"}


def test_an_edition_keeps_the_earlier_words_and_a_deletion_keeps_none(
    organisation: Organisation, tmp_path: Path
) -> None:
    channel = hear(organisation, tmp_path, [said("a", "Zorglub au beurre")])
    hear_more(channel, [said("a", "Zorglub à la margarine", minute=10, kind="edited")])
    mention = Mention.objects.get()
    assert mention.text == "Zorglub à la margarine"
    assert [r.text for r in mention.revisions.all()] == ["Zorglub au beurre"]
    hear_more(channel, [said("a", "", minute=20, kind="deleted")])
    mention.refresh_from_db()
    assert mention.deleted_at and not mention.text and not mention.revisions.exists()
    assert not [r for r in Receipt.objects.all() if b"orglub" in bytes(r.content)]
    conversation = Conversation.objects.get()
    assert conversation.waiting_since is None
    assert "orglub" not in conversation.title + conversation.preview


def test_a_customer_who_comes_back_reopens_within_the_window_only(
    organisation: Organisation, tmp_path: Path, alice: Membership
) -> None:
    channel = hear(organisation, tmp_path, [said("a", "Pain rassis")])
    conversation = Conversation.objects.get()
    close(conversation, by=alice)
    hear_more(channel, [said("b", "Encore !", minute=30, parent_key="a")])
    conversation.refresh_from_db()
    assert conversation.state == "open"
    close(conversation, by=alice)
    with clock.at(SOON + timedelta(days=200)):
        hear_more(channel, [said("c", "Six mois après", minute=40, parent_key="b")])
    assert Conversation.objects.count() == 2


def test_a_row_that_cannot_be_read_is_kept_and_the_rest_goes_on(
    organisation: Organisation, tmp_path: Path
) -> None:
    hear(
        organisation,
        tmp_path,
        [
            said("a", "Un"),
            {"key": "b", "author": {"key": "x"}, "at": "never", "text": "?"},
            said("c", "Trois"),
        ],
    )
    assert ends(organisation)["b"] == ("", "unreadable")
    receipt = Receipt.objects.get(key="b")
    assert bytes(receipt.content) and "bad_date" in receipt.detail and "2" in receipt.detail
    assert Conversation.objects.count() == 2


def test_every_event_is_one_step_of_the_version(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(
        organisation,
        tmp_path,
        [said(str(n), f"mot {n}", minute=n, parent_key=str(n - 1) if n else "") for n in range(5)],
    )
    hear_more(channel, [said("5", "mot 5", minute=5, parent_key="4")])
    conversation = Conversation.objects.get()
    versions = list(
        Event.objects.filter(conversation=conversation).order_by("id").values_list("version", flat=True)
    )
    assert versions == list(range(1, 7))
    assert conversation.version == 6


def test_a_word_said_before_our_answer_but_heard_after_it_still_waits(
    organisation: Organisation, tmp_path: Path, alice: Membership
) -> None:
    channel = hear(organisation, tmp_path, [said("a", "Pain rassis")])
    conversation = Conversation.objects.get()
    moment = SOON + timedelta(minutes=1)
    Reply.objects.create(
        conversation=conversation,
        channel=channel,
        answers=Mention.objects.get(key="a"),
        visibility="public",
        text="Pardon",
        key="r1",
        by=alice.user,
        composed_at=moment,
        leaves_at=moment,
        state="sent",
        sent_at=moment,
    )
    with clock.at(SOON + timedelta(minutes=2)):
        hear_more(channel, [said("b", "Et la brioche aussi", minute=1, parent_key="a")])
    conversation.refresh_from_db()
    assert conversation.waiting_since == datetime(2026, 11, 1, 10, 1, tzinfo=UTC)


def test_a_late_parent_can_be_taken_out_again(
    organisation: Organisation, tmp_path: Path, alice: Membership
) -> None:
    rows = [said("b", "Oui", "ed", 10, parent_key="a"), said("c", "Et moi !", minute=12, parent_key="a")]
    channel = hear(organisation, tmp_path, rows)
    hear_more(channel, [said("a", "Crème tournée")])
    joined = Conversation.objects.filter(state="closed").order_by("number").last()
    detach(joined, by=alice)
    joined.refresh_from_db()
    assert joined.state == "open"
    assert joined.parts.count() == 1


def test_an_urgency_that_the_machine_doubts_moves_nobody_up(
    organisation: Organisation, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [said("a", "Où est ma commande ?")])
    conversation = Conversation.objects.get()
    analysis = Mention.objects.get().analysis
    for unsure, urgency in ((["urgency"], "normal"), ([], "high")):
        analysis.urgency, analysis.unsure = "high", unsure
        analysis.save()
        renew(conversation)
        assert conversation.urgency == urgency
