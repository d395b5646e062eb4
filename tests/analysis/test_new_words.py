"""Weak signals: new words, of several people, on several days or in several places."""

from datetime import UTC, datetime, timedelta

import pytest

from analysis.weeks import crowd, live_quietly, signals, work
from entendu.analysis.decide import SignalRefused, ignore, mute, unmute
from entendu.analysis.models import Listened, Mute
from entendu.kit import clock
from make import make_mention

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
DAY = timedelta(days=1)
USUAL = ["le pain est bon", "la vendeuse sourit", "quels horaires dimanche", "merci pour la tarte"]


@pytest.fixture
def past(organisation, channel):
    """Weeks of usual words."""
    with clock.at(NOW):
        live_quietly(organisation, NOW, weeks=5, every=8)
        for week in range(2, 5):
            crowd(channel, USUAL * 4, NOW - week * 7 * DAY, who=f"week{week}x")
        yield organisation


def again():
    """An hour later."""
    Listened.objects.update(words_at=NOW - timedelta(hours=2), words_due=True)
    work()


def say(channel, *when, text="un goût de savon dans la brioche", who="goût"):
    for number, back in enumerate(when):
        make_mention(channel, f"{text} {number * 'ah '}", f"{who}{number}", at=NOW - back)


def weak(organisation):
    return [one.key for one in signals(organisation, "weak")]


def test_usual_words_are_no_signal(past, channel):
    crowd(channel, USUAL, NOW - DAY, who="now")
    work()
    assert weak(past) == []


def test_a_new_phrase_of_three_people_on_several_days_is(past, channel):
    say(channel, DAY, 2 * DAY, 3 * DAY)
    work()
    (found,) = [one for one in signals(past, "weak") if one.key == "goût de savon"] or [None]
    assert found is not None, weak(past)
    assert (found.people, found.level, len(found.samples.all())) == (3, "low", 3)


@pytest.mark.parametrize(
    "when", [(DAY, 2 * DAY), (DAY, DAY + timedelta(minutes=5), DAY + timedelta(minutes=9))]
)
def test_two_people_or_one_day_in_one_place_are_not(past, channel, when):
    say(channel, *when)
    work()
    assert weak(past) == []


def test_one_person_on_three_days_is_not(past, channel):
    for back in (1, 2, 3):
        make_mention(channel, "un goût de savon", "toujours", at=NOW - back * DAY)
    work()
    assert weak(past) == []


def test_names_addresses_and_empty_words_are_no_words(past, channel):
    for number in range(4):
        author = f"jo savonnette{number}"
        make_mention(
            channel, f"@zorglub https://x.example/zorglub et puis jo savonnette{number}", author,
            at=NOW - number * DAY,
        )  # fmt: skip
    work()
    assert all("zorglub" not in key for key in weak(past))


def test_it_is_not_raised_twice_nor_after_it_ended(past, channel, manager):
    say(channel, DAY, 2 * DAY, 3 * DAY)
    work()
    before = weak(past)
    for one in signals(past, "weak"):
        ignore(one, by=manager, reason="publicité")
    again()
    assert weak(past) == before
    with clock.at(NOW + 9 * DAY):
        work()
        say(channel, -9 * DAY, -8 * DAY, -7 * DAY, who="later")
        Listened.objects.update(words_due=True)
        work()
    assert weak(past) == before


def test_who_says_it_later_joins_it(past, channel):
    say(channel, DAY, 2 * DAY, 3 * DAY)
    work()
    make_mention(channel, "encore ce goût de savon", "tardif", at=NOW)
    again()
    assert {one.key: one.people for one in signals(past, "weak")}["goût de savon"] == 4


def test_a_muted_word_is_silent_until_it_is_unmuted(past, channel, manager, alice):
    say(channel, DAY, 2 * DAY, 3 * DAY)
    work()
    found = next(one for one in signals(past, "weak") if one.key == "goût de savon")
    for who, reason in ((alice, "non"), (manager, " ")):
        with pytest.raises(SignalRefused):
            mute(found, by=who, reason=reason)
    muted = mute(found, by=manager, reason="nom d'une recette")
    assert type(found).objects.get(pk=found.pk).state == "ignored"
    type(found).objects.all().delete()
    again()
    assert "goût de savon" not in weak(past)
    unmute(muted, by=manager)
    type(found).objects.all().delete()
    again()
    assert "goût de savon" in weak(past)
    assert Mute.objects.get().ended_by == manager.user


def test_without_a_past_everything_is_new_and_nothing_is_told(organisation, channel):
    with clock.at(NOW):
        live_quietly(organisation, NOW, weeks=1)
        say(channel, DAY, 2 * DAY, 3 * DAY)
        work()
        assert weak(organisation) == []
