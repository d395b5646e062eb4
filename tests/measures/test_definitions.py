"""Each measure on a story small enough to count by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

import acts
from entendu.analysis.correct import correct
from entendu.analysis.models import Tag, Topic
from entendu.kit import clock
from entendu.measures.compute import BadPeriod, UnknownMeasure, measure, report
from entendu.measures.lists import conversations, mentions
from entendu.measures.perimeter import Perimeter
from entendu.measures.registry import MEASURES
from entendu.measures.stages import roll_up
from entendu.people.link import confirm, propose
from entendu.people.models import Evidence
from make import make_author, make_channel, make_conversation, make_mention

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
HOUR = timedelta(hours=1)


@pytest.fixture
def ask(organisation):
    """Asks for a measure of the week that ends on the 10th."""

    def ask(slug, since=TODAY - timedelta(days=6), until=TODAY, **filters):
        while roll_up(100):
            pass
        return measure(organisation, slug, since, until, **filters)

    return ask


def parts(result):
    return {part.code: part.n for part in result.now.parts if part.n}


def test_an_unknown_measure_is_refused(organisation):
    with pytest.raises(UnknownMeasure):
        measure(organisation, "happiness", TODAY, TODAY)


@pytest.mark.parametrize(
    ("since", "until"), [(TODAY, TODAY - timedelta(days=1)), (date(1, 1, 1), TODAY), (TODAY, date.max)]
)
def test_an_impossible_period_is_refused(organisation, since, until):
    with pytest.raises(BadPeriod):
        measure(organisation, "mentions", since, until)


def test_nothing_measured_says_none_and_not_zero(ask):
    for slug in ("net_sentiment", "first_response", "promises_kept", "reopen_rate", "handoffs"):
        result = ask(slug)
        assert (result.now.value, result.now.n, result.change) == (None, 0, None)


def test_each_measure_says_its_formula_and_its_source():
    for one in MEASURES.values():
        assert "ource:" in one.formula or "Our own definition" in one.formula, one.slug


def test_mentions_by_sentiment_intent_and_day_beside_the_week_before(ask, channel):
    make_mention(channel, "a", at=NOON, sentiment="negative", intent="complaint")
    make_mention(channel, "b", at=NOON, sentiment="positive", intent="praise")
    make_mention(channel, "c", at=NOON - timedelta(days=1), sentiment="positive", intent="praise")
    make_mention(channel, "d", at=NOON - timedelta(days=8))
    result = ask("mentions")
    assert (result.now.value, result.before.value, result.change) == (3, 1, 2)
    assert parts(result) == {"negative": 1, "positive": 2, "complaint": 1, "praise": 2}
    assert [(point.day, point.value) for point in result.now.points] == [(date(2026, 3, 9), 1), (TODAY, 2)]


def test_mentions_of_a_channel_a_language_a_topic(ask, organisation, channel):
    other = make_channel(organisation, "Autre")
    cream = Topic.objects.create(organisation=organisation, slug="cream", name_en="Cream", name_fr="Crème")
    price = Topic.objects.create(organisation=organisation, slug="price", name_en="Price", name_fr="Prix")
    both = make_mention(channel, "a", at=NOON)
    Tag.objects.create(mention=both, topic=cream)
    Tag.objects.create(mention=both, topic=price)
    Tag.objects.create(mention=make_mention(other, "b", at=NOON), topic=cream)
    assert ask("mentions").now.value == 2
    assert ask("mentions", topic=cream.pk).now.value == 2
    assert ask("mentions", topic=price.pk).now.value == 1
    assert ask("mentions", channel=other.pk, topic=price.pk).now.value == 0
    assert ask("mentions", language="fr").now.value == 2
    assert ask("mentions", language="en").now.value == 0


def test_net_sentiment_is_positive_less_negative_over_all(ask, channel):
    for sentiment in ("positive", "positive", "positive", "negative", "neutral"):
        make_mention(channel, "a", at=NOON, sentiment=sentiment)
    assert ask("net_sentiment").now.value == pytest.approx(40)


def test_linked_accounts_are_one_person(ask, organisation, channel, alice):
    for name in ("dalila", "dali_la", "karim"):
        make_mention(channel, "a", author=name, at=NOON)
    make_mention(channel, "b", author="dalila", at=NOON)
    assert ask("people_heard").now.value == 3
    person = make_author(organisation, "dalila").identities.get().person
    twin = make_author(organisation, "dali_la")
    confirm(propose(twin, person=person, by=alice, evidence=Evidence.SAID_SO), by=alice)
    assert ask("people_heard").now.value == 2


def test_readings_corrected(ask, channel, alice):
    wrong = [make_mention(channel, "a", at=NOON) for _ in range(4)][0]
    correct(wrong, by=alice.user, facet="sentiment", value="positive")
    correct(wrong, by=alice.user, facet="intent", value="praise")
    result = ask("correction_rate")
    assert (result.now.value, result.now.n) == (25, 4)
    assert parts(result) == {"sentiment": 1, "intent": 1}


def test_first_response_counts_humans_of_ours_only(ask, channel, alice):
    by_tool = make_conversation(channel, at=NOON)
    acts.answer(by_tool, None, NOON + HOUR)  # a machine
    acts.answer(by_tool, alice, NOON + 2 * HOUR, state="refused")
    acts.answer(by_tool, alice, NOON + 3 * HOUR, private=True)
    elsewhere = make_conversation(channel, at=NOON)
    acts.hear(elsewhere, NOON + HOUR, ours=True, automatic=True)
    acts.hear(elsewhere, NOON + 5 * HOUR, ours=True)
    make_conversation(channel, at=NOON)
    begun = make_conversation(channel, at=NOON, ours=True)
    acts.answer(begun, alice, NOON + HOUR)
    result = ask("first_response")
    assert (result.now.n, result.now.value, result.now.median) == (2, 4 * 3600, 4 * 3600)
    assert result.now.p90 == pytest.approx(4.8 * 3600)
    assert parts(result) == {"answered": 2, "waiting": 1}
    assert parts(ask("conversations_opened")) == {"answered": 2, "waiting": 1, "ours": 1}


def test_next_response_runs_from_the_first_word_after_ours(ask, channel, alice):
    one = make_conversation(channel, at=NOON - 5 * HOUR)
    acts.answer(one, alice, NOON - 4 * HOUR)
    acts.hear(one, NOON - 3 * HOUR)
    acts.hear(one, NOON - 2 * HOUR)
    acts.answer(one, alice, NOON - HOUR)
    acts.hear(one, NOON)
    result = ask("next_response")
    assert (result.now.n, result.now.value) == (1, 2 * 3600)
    assert parts(result) == {"answered": 1, "waiting": 1}


def test_response_rate_counts_who_comes_back_after_a_day(ask, channel, alice):
    answered, ignored = (
        make_conversation(channel, at=NOON - timedelta(days=3)),
        make_conversation(channel, at=NOON),
    )
    acts.answer(answered, alice, NOON - timedelta(days=3) + HOUR)
    acts.hear(answered, NOON - timedelta(days=3) + 2 * HOUR)  # the same exchange
    acts.hear(answered, NOON - timedelta(days=1))  # a new one
    assert ignored.parts.count() == 1
    result = ask("response_rate")
    assert (result.now.n, result.now.value) == (3, pytest.approx(100 / 3))


def test_resolution_and_reopening(ask, channel, alice):
    for number, hours in enumerate((1, 2, 6)):
        one = make_conversation(channel, author=f"a{number}", at=NOON - 10 * HOUR)
        acts.close(one, alice, NOON - 10 * HOUR + hours * HOUR)
        if number == 2:
            acts.reopen(one, NOON)
    acts.close(make_conversation(channel, author="spam", at=NOON), alice, NOON, reason="unwanted")
    resolution, reopened = ask("full_resolution"), ask("reopen_rate")
    assert (resolution.now.n, resolution.now.value) == (2, 1.5 * 3600)
    assert (reopened.now.n, reopened.now.value) == (3, pytest.approx(100 / 3))


def test_promises_kept_broken_renewed_and_running(ask, channel, alice):
    one = make_conversation(channel, at=NOON - 9 * HOUR)
    for state, settled in (("kept", -1), ("kept", 1), ("broken", 1), ("renewed", -1), ("open", None)):
        acts.promise(one, alice, NOON, state, settled_at=NOON + settled * HOUR if settled else None)
    result = ask("promises_kept")
    assert (result.now.n, result.now.value) == (3, pytest.approx(100 / 3))
    assert parts(result) == {"kept": 1, "broken": 2, "renewed": 1, "open": 1}


def test_handoffs_are_changes_of_owner(ask, channel, alice, manager, admin):
    stays, moves, bounces = (make_conversation(channel, author=name, at=NOON) for name in "abc")
    for conversation, owners in (
        (stays, [alice, alice]),
        (moves, [alice, admin]),
        (bounces, [alice, admin, alice]),
    ):
        for number, owner in enumerate(owners):
            acts.own(conversation, owner, NOON + number * HOUR)
    result = ask("handoffs")
    assert (result.now.n, result.now.value, result.now.median) == (3, 1, 1)
    assert parts(result) == {"none": 1, "moved": 1, "returned": 1}


def test_backlog_by_age_now_and_at_the_end_of_the_week_before(ask, channel, alice):
    for days in (0.5, 2, 5, 20, 40):
        make_conversation(channel, author=f"d{days}", at=NOON - timedelta(days=days))
    solved = make_conversation(channel, author="solved", at=NOON - timedelta(days=9))
    acts.close(solved, alice, NOON - timedelta(days=2))
    with clock.at(NOON):
        result = ask("backlog")
    assert parts(result) == {"0_days": 1, "1_day": 1, "3_days": 1, "10_days": 1, "30_days": 1}
    assert (result.now.n, result.now.median, result.before.n) == (5, 5 * 86400, 3)


def test_every_number_opens_what_it_counts(ask, organisation, channel, alice, manager):
    for number in range(6):
        one = make_conversation(channel, author=f"a{number}", at=NOON - number * HOUR)
        acts.own(one, alice, NOON)
        if number % 2:
            acts.answer(one, alice, NOON + HOUR)
            acts.hear(one, NOON + timedelta(hours=30))
            acts.answer(one, alice, NOON + timedelta(hours=31))
        if number % 3 == 0:
            acts.close(one, alice, NOON + timedelta(hours=40))
            acts.promise(one, alice, NOON, "kept", settled_at=NOON)
    until = TODAY + timedelta(days=2)
    perimeter = Perimeter(organisation, TODAY - timedelta(days=6), until)
    for slug, one in MEASURES.items():
        result = ask(slug, perimeter.since, until)
        if (
            one.opens == "conversations" and slug != "response_rate"
        ):  # one conversation may hold two first messages
            assert conversations(manager, slug, perimeter).count() == result.now.n, slug
            for part in result.now.parts:
                assert conversations(manager, slug, perimeter, part.code).count() == part.n, (slug, part.code)
    assert mentions(manager, perimeter).count() == ask("mentions", perimeter.since, until).now.n


def test_strangers_open_nothing(ask, organisation, channel, charlie):
    make_conversation(channel, at=NOON)
    perimeter = Perimeter(organisation, TODAY, TODAY)
    assert ask("conversations_opened").now.n == 1
    assert not conversations(charlie, "conversations_opened", perimeter)
    assert not mentions(charlie, perimeter)


def test_the_report_holds_every_measure_as_the_screens_do(ask, organisation, channel):
    make_mention(channel, "a", at=NOON)
    ask("mentions")
    told = report(organisation, TODAY, TODAY)
    assert list(told["measures"]) == list(MEASURES)
    assert told["measures"]["mentions"] == ask("mentions", TODAY, TODAY).as_dict()


def test_a_report_costs_a_constant_number_of_queries(
    ask, organisation, channel, alice, django_assert_num_queries
):
    make_conversation(channel, at=NOON)
    ask("mentions")
    with django_assert_num_queries(28):
        report(organisation, TODAY, TODAY)
    for number in range(12):
        acts.answer(make_conversation(channel, author=f"a{number}", at=NOON), alice, NOON + HOUR)
    ask("mentions")
    with django_assert_num_queries(28):
        report(organisation, TODAY, TODAY)
