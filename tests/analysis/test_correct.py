"""A person's word wins, the machine's word is kept, and a new reading does not undo what people said."""

import pytest

from entendu.accounts.models import Membership
from entendu.analysis.correct import BadCorrection, correct
from entendu.analysis.models import Analysis
from entendu.analysis.stages import analyse
from entendu.channels.models import Channel
from entendu.mentions.models import Mention
from make import make_mention


@pytest.mark.parametrize(("facet", "value", "code"), [
    ("mood", "blue", "facet"), ("sentiment", "furious", "value"), ("disappointed", "maybe", "value"),
    ("language", "français!", "value"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(
    channel: Channel, alice: Membership, facet: str, value: str, code: str
) -> None:
    mention = make_mention(channel, "Pain rassis")
    with pytest.raises(BadCorrection, match=code):
        correct(mention, by=alice.user, facet=facet, value=value)


def test_a_mention_that_nobody_read_cannot_be_corrected(channel: Channel, alice: Membership) -> None:
    mention = make_mention(channel, "Pain rassis")
    Analysis.objects.all().delete()
    with pytest.raises(BadCorrection, match="not_read"):
        correct(mention, by=alice.user, facet="sentiment", value="positive")


def test_the_person_wins_and_the_machines_word_stays(channel: Channel, alice: Membership) -> None:
    mention = make_mention(channel, "Bravo, encore en retard", sentiment="positive")
    correct(mention, by=alice.user, facet="sentiment", value="neutral")
    correct(mention, by=alice.user, facet="sentiment", value="negative")
    analysis = Analysis.objects.get()
    assert (analysis.sentiment, analysis.machine) == ("negative", {"sentiment": "positive"})
    assert [c.before for c in analysis.corrections.order_by("id")] == ["positive", "neutral"]


def test_a_new_reading_leaves_corrections_alone(channel: Channel, alice: Membership) -> None:
    mention = make_mention(channel, "Bravo, encore en retard", sentiment="positive", intent="praise")
    correct(mention, by=alice.user, facet="intent", value="idea")
    Mention.objects.update(analysed_at=None)
    assert analyse(10) == 1
    analysis = Analysis.objects.get()
    assert analysis.intent == "idea"
    assert analysis.model != "test"
