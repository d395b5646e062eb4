"""History is read again: with progress, a stop, and nothing of what people said undone."""

from datetime import timedelta

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.correct import correct
from entendu.analysis.models import Analysis, ReadBy, Rereading
from entendu.analysis.reread import AlreadyRereading, start_rereading, stop_rereading
from entendu.analysis.stages import analyse
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.measures.stages import roll_up
from entendu.mentions.models import Mention
from entendu.worker.reread import reread
from make import make_conversation, make_mention


def test_one_at_a_time(organisation: Organisation, channel: Channel, manager: Membership) -> None:
    make_mention(channel, "Pain rassis")
    start_rereading(organisation, by=manager)
    with pytest.raises(AlreadyRereading):
        start_rereading(organisation, by=manager)


def test_a_stopped_one_does_nothing_more(
    organisation: Organisation, channel: Channel, manager: Membership
) -> None:
    mention = make_mention(channel, "Pain rassis, je suis déçu", sentiment="positive")
    job = start_rereading(organisation, by=manager)
    assert stop_rereading(job, by=manager)
    assert not stop_rereading(job, by=manager)
    assert reread(100) == 0
    assert Analysis.objects.get(mention=mention).sentiment == "positive"


def test_readings_change_and_what_people_said_stays(
    organisation: Organisation, channel: Channel, alice: Membership
) -> None:
    wrong = make_mention(channel, "C’est affreux, pain rassis, je suis furieux", sentiment="positive")
    right = make_mention(channel, "Merci, quel délice, bravo", sentiment="positive")
    correct(right, by=alice.user, facet="sentiment", value="neutral")
    start_rereading(organisation)
    assert reread(100) == 2
    assert reread(100) == 0
    assert Analysis.objects.get(mention=wrong).sentiment == "negative"
    assert Analysis.objects.get(mention=right).sentiment == "neutral"
    job = Rereading.objects.get()
    assert (job.done, job.total, job.share) == (2, 2, 100)
    assert job.changed >= 1
    assert job.ended_at is not None


def test_it_goes_on_where_it_was_and_only_since_the_day_asked_for(
    organisation: Organisation, channel: Channel
) -> None:
    old = make_mention(channel, "Vieux")
    Mention.objects.filter(pk=old.pk).update(said_at=clock.now() - timedelta(days=90))
    for number in range(5):
        make_mention(channel, f"Pain {number}")
    job = start_rereading(organisation, since=clock.now() - timedelta(days=30))
    assert job.total == 5
    assert reread(2) == 2
    assert Rereading.objects.get().done == 2
    assert reread(100) == 3


def test_the_conversation_and_the_figures_follow(organisation: Organisation, channel: Channel) -> None:
    from entendu.measures.models import Figure

    conversation = make_conversation(channel, "C’est affreux, pain rassis, je suis furieux")
    Analysis.objects.update(sentiment="positive", intent="praise")
    roll_up(100)
    start_rereading(organisation)
    reread(100)
    roll_up(100)
    conversation.refresh_from_db()
    assert conversation.sentiment == "negative"
    labels = set(Figure.objects.filter(measure="mention").values_list("label", flat=True))
    assert labels
    assert not [label for label in labels if str(label).startswith("positive")]


def test_figures_say_which_versions_they_rest_on(organisation: Organisation, channel: Channel) -> None:
    from entendu.analysis.versions import versions_between

    mention = make_mention(channel, "Pain rassis")
    ReadBy.objects.create(
        organisation=organisation, model="old-1", first_read_at=clock.now() - timedelta(days=400),
        first_said_at=clock.now() - timedelta(days=400), last_said_at=clock.now() - timedelta(days=300),
    )  # fmt: skip
    Mention.objects.filter(pk=mention.pk).update(analysed_at=None)
    Analysis.objects.all().delete()
    analyse(10)
    today = clock.now().date()
    now = versions_between(organisation, today - timedelta(days=7), today)
    assert [one.model for one in now] == [Analysis.objects.get().model]
    year = versions_between(organisation, today - timedelta(days=500), today)
    assert [one.model for one in year][0] == "old-1"
