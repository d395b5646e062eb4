"""A word of danger needs no volume."""

from datetime import UTC, datetime, timedelta

import pytest

from analysis.weeks import crowd, signals, work
from entendu.accounts.models import Letter, Organisation
from entendu.analysis.correct import correct
from entendu.analysis.decide import ignore, see
from entendu.analysis.models import Level, Signal
from entendu.kit import clock
from make import make_mention

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    with clock.at(NOW):
        yield


def test_ordinary_anger_is_no_danger(organisation, channel):
    make_mention(channel, "pain rassis, je suis furieux", at=NOW)
    work()
    assert Signal.objects.count() == 0


def test_one_mention_is_enough_at_once(organisation, channel):
    make_mention(channel, "il y a une odeur de gaz dans la boutique", at=NOW, urgency="safety")
    work()
    (found,) = signals(organisation, "safety")
    assert (found.key, found.level, found.people) == ("odeur de gaz", Level.HIGH, 1)


def test_the_same_danger_is_one_signal_and_another_one_is_another(organisation, channel):
    crowd(
        channel, ["Odeur de GAZ ici", "odeur  de gaz chez vous"], NOW - timedelta(minutes=9), urgency="safety"
    )
    work()
    make_mention(channel, "ma fille s'étouffe", "autre", at=NOW, urgency="safety")
    make_mention(channel, "odeur de gaz encore", "crowd0", at=NOW, urgency="safety")
    work()
    assert sorted((one.key, one.people) for one in signals(organisation, "safety")) == [
        ("odeur de gaz", 2),
        ("s'etouffe", 1),
    ]


def test_what_the_machine_alone_calls_danger_is_told_together(organisation, channel):
    crowd(channel, ["c'est grave", "au secours"], NOW - timedelta(minutes=9), urgency="safety")
    work()
    (found,) = signals(organisation, "safety")
    assert (found.key, found.people, found.words) == ("", 2, [])


def test_a_person_who_says_it_is_none_ends_it(organisation, channel, manager):
    said = make_mention(channel, "odeur de gaz", at=NOW, urgency="safety")
    work()
    correct(said, by=manager.user, facet="urgency", value="normal")
    work()
    (found,) = signals(organisation, "safety")
    assert found.ended_at is not None
    assert found.steps.last().data == {"why": "corrected"}


def test_a_person_who_says_it_is_danger_raises_it(organisation, channel, manager):
    said = make_mention(channel, "le plafond bouge", at=NOW)
    work()
    correct(said, by=manager.user, facet="urgency", value="safety")
    work()
    assert len(signals(organisation, "safety")) == 1


def test_each_new_word_is_news_even_after_it_was_ignored(organisation, channel, manager):
    make_mention(channel, "odeur de gaz", at=NOW, urgency="safety")
    work()
    (found,) = signals(organisation, "safety")
    ignore(found, by=manager, reason="essai")
    work()
    found.refresh_from_db()
    assert found.state == "ignored"
    make_mention(channel, "odeur de gaz", "autre", at=NOW, urgency="safety")
    work()
    found.refresh_from_db()
    assert found.state == "new"
    see(found, by=manager)


def test_history_is_no_alarm(organisation, channel):
    make_mention(channel, "odeur de gaz", at=NOW - timedelta(days=8), urgency="safety")
    work()
    assert Signal.objects.count() == 0


def letters():
    return [(one.to.name, one.subject) for one in Letter.objects.order_by("pk")]


def test_who_may_decide_is_written_to_once_and_again_when_it_is_new_again(
    organisation, channel, alice, manager
):
    make_mention(channel, "odeur de gaz, signé Dalila", at=NOW, urgency="safety")
    work()
    work()
    assert [name for name, _subject in letters()] == ["Maud Orchestre"]
    letter = Letter.objects.get()
    (found,) = signals(organisation, "safety")
    assert f"/signals/{found.pk}/" in letter.text
    assert "Dalila" not in letter.text
    see(found, by=manager)
    make_mention(channel, "odeur de gaz", "autre", at=NOW, urgency="safety")
    work()
    assert len(letters()) == 2


def test_nobody_of_a_sample_is_written_to(organisation, channel, manager):
    Organisation.objects.update(is_sample=True)
    make_mention(channel, "odeur de gaz", at=NOW, urgency="safety")
    work()
    assert letters() == []
