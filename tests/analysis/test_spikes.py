"""Spikes and rising disappointment: many people, not many posts; once; told by their words."""

from datetime import UTC, datetime, timedelta

import pytest

from analysis.weeks import HOUR, crowd, live_quietly, signals, work
from entendu.analysis.correct import correct
from entendu.analysis.decide import ignore, see, take
from entendu.analysis.models import Level, Sample, Signal, Step, Tally
from entendu.kit import clock
from entendu.people.models import Identity
from make import make_channel, make_mention, make_organisation

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
STORM = [f"la crème est tournée dans les éclairs de la rue {name}" for name in "abcdefghijkl"]


@pytest.fixture
def quiet(organisation):
    with clock.at(NOW):
        live_quietly(organisation, NOW)
        yield organisation


def test_silence_raises_nothing(quiet):
    work()
    assert Signal.objects.count() == 0


def test_one_person_who_shouts_is_no_storm(quiet, channel):
    for number in range(30):
        make_mention(channel, f"la crème est tournée {number}", "hurleur", at=NOW - timedelta(minutes=15))
    work()
    assert signals(quiet, "spike") == []
    assert Tally.objects.get(scope="organisation", hour=NOW.replace(minute=0)).people == 1


def test_accounts_of_one_confirmed_person_count_once(quiet, channel):
    said = crowd(channel, STORM, NOW - timedelta(minutes=15))
    person = said[0].author.identities.get().person
    Identity.objects.filter(author__in=[one.author for one in said]).update(person=person)
    work()
    assert signals(quiet, "spike") == []


def test_ours_automatic_and_deleted_words_do_not_count(quiet, channel):
    at = NOW - timedelta(minutes=15)
    crowd(channel, STORM[:4], at, ours=True)
    crowd(channel, STORM[4:8], at, who="robot", automatic=True)
    crowd(channel, STORM[8:], at, who="gone", deleted_at=NOW)
    work()
    assert Signal.objects.count() == 0


def test_a_storm_of_last_week_is_history(quiet, channel):
    crowd(channel, STORM, NOW - timedelta(days=7))
    work()
    assert Signal.objects.count() == 0


def test_a_crowd_is_one_event_told_by_its_words(quiet, channel):
    crowd(channel, STORM, NOW - timedelta(minutes=15))
    work()
    spikes = signals(quiet, "spike")
    (head,) = [one for one in spikes if one.part_of is None]
    assert (head.people, head.level, head.state) == (12, Level.HIGH, "new")
    assert head.expected < head.high < 12
    assert any("crème" in word for word in head.words)
    assert {one.scope for one in spikes} <= {"organisation", "channel", "site"}
    assert all(one.part_of == head for one in spikes if one != head)
    assert Sample.objects.filter(signal=head).count() == 12


def test_looking_again_changes_nothing(quiet, channel):
    crowd(channel, STORM, NOW - timedelta(minutes=15))
    work()
    before = list(Signal.objects.order_by("pk").values()), Step.objects.count()
    Tally.objects.update(judged=False)
    work()
    assert (list(Signal.objects.order_by("pk").values()), Step.objects.count()) == before


def test_what_was_seen_is_new_again_when_twice_as_many_speak(quiet, channel, manager):
    crowd(channel, STORM, NOW - timedelta(minutes=15))
    work()
    (head,) = [one for one in signals(quiet, "spike") if one.part_of is None]
    see(head, by=manager)
    crowd(channel, STORM[:3], NOW - timedelta(minutes=10), who="few")
    work()
    head.refresh_from_db()
    assert (head.state, head.people) == ("seen", 15)
    crowd(channel, STORM, NOW - timedelta(minutes=14), who="more")
    work()
    head.refresh_from_db()
    assert (head.state, head.people) == ("new", 27)
    assert [one.kind for one in head.steps.order_by("pk")] == ["raised", "seen", "grew"]


def test_an_incident_that_was_taken_stays_taken(quiet, channel, manager):
    crowd(channel, STORM, NOW - timedelta(minutes=15))
    work()
    (head,) = [one for one in signals(quiet, "spike") if one.part_of is None]
    take(head, by=manager)
    crowd(channel, STORM * 2, NOW - timedelta(minutes=16), who="more")
    work()
    head.refresh_from_db()
    assert (head.state, head.people) == ("taken", 36)


def test_it_ends_when_it_is_quiet_and_may_come_back(quiet, channel, manager):
    crowd(channel, STORM, NOW - timedelta(minutes=15))
    work()
    (head,) = [one for one in signals(quiet, "spike") if one.part_of is None]
    ignore(head, by=manager, reason="exercice")
    with clock.at(NOW + 11 * HOUR):
        work()
        assert Signal.objects.get(pk=head.pk).ended_at is None
    with clock.at(NOW + 13 * HOUR):
        work()
        assert Signal.objects.filter(ended_at__isnull=True).count() == 0
        crowd(channel, STORM, NOW + 13 * HOUR - timedelta(minutes=12), who="again")
        work()
    assert len([one for one in signals(quiet, "spike") if one.scope == head.scope]) == 2


def test_a_topic_of_its_own_is_found_under_a_loud_day(quiet, channel, organisation):
    from entendu.analysis.models import Tag, Topic

    topic = Topic.objects.create(organisation=organisation, slug="creme", name_en="Cream", name_fr="Crème")
    live_quietly(
        organisation, NOW, scopes=[("channel", str(channel.pk)), ("site", "test")], people=40, every=1
    )
    Tally.objects.filter(scope="organisation").update(people=40)
    for one in crowd(channel, STORM[:9], NOW - timedelta(minutes=15)):
        Tag.objects.create(mention=one, topic=topic)
    work()
    assert [(one.scope, one.key) for one in signals(organisation, "spike")] == [("topic", str(topic.pk))]


def test_rows_of_others_are_theirs(quiet, channel):
    other = make_organisation("autre", "Autre")
    elsewhere = make_channel(other, "Ailleurs")
    live_quietly(other, NOW)
    crowd(channel, STORM[:6], NOW - timedelta(minutes=15))
    crowd(elsewhere, STORM[:6], NOW - timedelta(minutes=15))
    work()
    for one in Signal.objects.all():
        assert {each.mention.organisation_id for each in one.samples.all()} == {one.organisation_id}


def unhappy(channel, count, of, at):
    said = crowd(channel, [f"voix {number} de la rue" for number in range(of)], at, sentiment="neutral")
    for one in said[:count]:
        one.analysis.disappointed = True
        one.analysis.save()
    return said


def test_disappointment_that_rises_is_found_and_a_person_s_word_wins(organisation, channel, manager):
    with clock.at(NOW):
        scopes = [("organisation", ""), ("channel", str(channel.pk)), ("site", "test")]
        live_quietly(organisation, NOW, scopes=scopes, people=30, disappointed=2, every=2)
        said = unhappy(channel, 16, 30, NOW - timedelta(minutes=19))
        Tally.objects.filter(hour__gte=NOW - 24 * HOUR).delete()
        work()
        (head,) = [one for one in signals(organisation, "disappointment") if one.part_of is None]
        assert (head.people, head.share) == (16, pytest.approx(16 / 30, abs=0.01))
        assert head.expected < head.high < head.share
        Signal.objects.all().delete()
        for one in said[:12]:
            correct(one, by=manager.user, facet="disappointed", value="no")
        work()
        assert signals(organisation, "disappointment") == []


def test_the_usual_disappointment_does_not_rise(organisation, channel):
    with clock.at(NOW):
        live_quietly(organisation, NOW, people=30, disappointed=9, every=2)
        unhappy(channel, 9, 30, NOW - timedelta(minutes=19))
        work()
    assert signals(organisation, "disappointment") == []
