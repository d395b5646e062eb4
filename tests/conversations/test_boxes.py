"""The boxes of the inbox, and their counts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entendu.accounts.models import Membership, Team, TeamMember
from entendu.channels.models import Channel
from entendu.conversations import close, note, snooze, take
from entendu.conversations.boxes import BOXES, COUNT_CAP, box, counts
from entendu.conversations.models import Conversation
from entendu.kit import clock
from make import make_conversation


def test_counts_agree_with_the_boxes_in_one_query(
    channel: Channel, alice: Membership, carol: Membership, charlie: Membership, door: object, watch: object
) -> None:
    made = [make_conversation(channel, f"c{n}", f"a{n}") for n in range(7)]
    take.take(made[0], by=alice)
    take.take(made[1], by=carol)
    snooze.snooze(made[2], by=alice, until=clock.now() + timedelta(days=1))
    close.close(made[3], by=alice)
    note.note(made[4], by=carol, text="@alice look")
    Conversation.objects.filter(pk=made[5].pk).update(urgency="safety")
    watch.forward(hours=1)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = counts(alice)
    assert len(queries) <= 2  # one for the teams, one for all counts
    assert found == {
        "to_take": 3,
        "mine": 1,
        "team": 1,
        "paused": 1,
        "at_risk": 1,
        "nudges": 1,
        "closed": 1,
        "all": 7,
    }
    assert found == {name: box(alice, name).count() for name in BOXES}
    assert set(counts(charlie).values()) == {0}


def test_a_count_does_not_read_more_than_it_says(
    channel: Channel, alice: Membership, door: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        make_conversation(channel, "x", f"a{number}")
    monkeypatch.setattr("entendu.conversations.boxes.COUNT_CAP", 3)
    assert counts(alice)["to_take"] == 3
    assert COUNT_CAP == 1000


def test_team_is_mine_when_i_have_one(
    channel: Channel, alice: Membership, carol: Membership, manager: Membership, door: object, watch: object
) -> None:
    hers, theirs = make_conversation(channel, "hers", "a"), make_conversation(channel, "theirs", "b")
    take.take(hers, by=carol)
    take.take(theirs, by=manager)
    assert set(box(alice, "team")) == {hers, theirs}
    shop = Team.objects.create(organisation=alice.organisation, name="Shop")
    for member in (alice, carol):
        TeamMember.objects.create(team=shop, member=member)
    assert list(box(alice, "team")) == [hers]


def test_urgent_words_are_at_risk_after_an_hour_without_answer(
    conversation: Conversation, alice: Membership, watch: object
) -> None:
    Conversation.objects.update(urgency="high", waiting_since=clock.now())
    assert not box(alice, "at_risk").exists()
    watch.forward(hours=1)
    assert box(alice, "at_risk").exists()
    close.close(conversation, by=alice)
    assert not box(alice, "at_risk").exists()


def test_there_is_no_other_box(alice: Membership) -> None:
    with pytest.raises(KeyError):
        box(alice, "spam")
