"""The page of signals: what moves, one line each; who may decide does; strangers see nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.weeks import crowd, live_quietly, work
from entendu.analysis.models import Mute, Sample, Signal
from entendu.kit import clock
from entendu.web.signals.curve import curve_of
from make import make_mention
from web.conftest import browser_of

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
STORM = [f"La crème est tournée dans les éclairs de la rue {name}." for name in "abcdefghijkl"]


@pytest.fixture(autouse=True)
def today():
    with clock.at(NOW):
        yield


@pytest.fixture
def storm(organisation, channel):
    live_quietly(organisation, NOW)
    crowd(channel, STORM, NOW - timedelta(minutes=15), place="Laval")
    work()
    return Signal.objects.get(part_of__isnull=True)


def page(browser, path="/signals/"):
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_that_moves_is_said_so(alice_s):
    assert "Nothing moves" in page(alice_s)


def test_a_storm_is_one_line_that_explains_itself(alice_s, storm):
    said = page(alice_s)
    assert said.count('class="moves ') == 1
    assert "12 people in 1" in said
    assert "usual" in said
    assert "crème" in said
    assert "La crème est tournée dans les éclairs de la rue" in said
    assert 'class="curve"' in said
    assert f"?signal={storm.pk}" in said


def test_the_menu_counts_what_nobody_has_seen(alice_s, storm):
    assert '<span class="count lbl count-alarm">1</span>' in page(alice_s, "/menu/?at=/signals/")
    alice_s.post(f"/signals/{storm.pk}/seen/")
    assert "count-alarm" not in page(alice_s, "/menu/?at=/signals/")
    assert "seen · Alice Roy" in page(alice_s)


def test_its_messages_are_in_the_stream_and_nobody_else_s(alice_s, channel, storm):
    make_mention(channel, "le pain est bon", "autre", at=NOW)
    said = page(alice_s, f"/listen/?signal={storm.pk}")
    assert "12 messages" in said
    assert "le pain est bon" not in said
    assert "messages of one signal" in said


def test_one_signal_shows_people_places_and_what_was_done(alice_s, manager, storm):
    browser_of(manager).post(f"/signals/{storm.pk}/take/", {"reason": "on retire le lot"})
    said = page(alice_s, f"/signals/{storm.pk}/")
    for words in (
        "Laval",
        "Boîte aux lettres",
        "on retire le lot",
        "Maud Orchestre",
        "taken as an incident",
        "raised",
    ):
        assert words in said
    assert "Take as an incident" not in said


def test_an_agent_sees_and_does_not_decide_a_reader_neither(alice_s, bob_s, storm):
    assert "Take as an incident" not in page(alice_s)
    assert f"/signals/{storm.pk}/seen/" in page(alice_s)
    assert f"/signals/{storm.pk}/seen/" not in page(bob_s)
    assert alice_s.post(f"/signals/{storm.pk}/take/").status_code == 403


def test_to_ignore_without_a_reason_is_refused_in_words(manager, storm):
    browser = browser_of(manager)
    response = browser.post(f"/signals/{storm.pk}/ignore/", {"reason": ""}, follow=True)
    assert "Say why" in response.content.decode()
    assert Signal.objects.get(pk=storm.pk).state == "new"
    browser.post(f"/signals/{storm.pk}/ignore/", {"reason": "essai", "next": "/signals/"})
    assert "crème" not in page(browser)
    assert "crème" in page(browser, "/signals/?state=decided")


def test_a_muted_word_is_listed_and_can_be_heard_again(manager, organisation):
    weak = Signal.objects.create(
        organisation=organisation, kind="weak", key="goût de savon", level="low", words=["goût de savon"],
        started_at=NOW, last_at=NOW, raised_at=NOW,
    )  # fmt: skip
    browser = browser_of(manager, "fr")
    browser.post(f"/signals/{weak.pk}/mute/", {"reason": "une recette"})
    said = page(browser)
    assert "1 mot en sourdine" in said
    assert "une recette" in said
    browser.post(f"/signals/mutes/{Mute.objects.get().pk}/end/")
    assert "en sourdine" not in page(browser)


def test_strangers_find_nothing(charlie_s, storm):
    assert "crème" not in page(charlie_s)
    assert charlie_s.get(f"/signals/{storm.pk}/").status_code == 404
    assert charlie_s.post(f"/signals/{storm.pk}/seen/").status_code == 404
    assert "No" in page(charlie_s, f"/listen/?signal={storm.pk}")
    assert "crème" not in page(charlie_s, f"/listen/?signal={storm.pk}")


def test_what_an_author_took_back_is_not_quoted(alice_s, storm):
    quote = storm.quote
    quote.text, quote.deleted_at = "", NOW
    quote.save()
    assert "moves-quote" not in page(alice_s)


def queries(browser):
    with CaptureQueriesContext(
        connection,
    ) as found:
        page(browser)
    return len(found)


def test_ten_signals_cost_the_queries_of_one(alice_s, organisation, storm):
    page(alice_s)
    one = queries(alice_s)
    for number in range(9):
        more = Signal.objects.create(
            organisation=organisation, kind="weak", key=f"mot {number}", level="low", words=[f"mot {number}"],
            started_at=NOW, last_at=NOW, raised_at=NOW, quote=storm.quote,
        )  # fmt: skip
        Sample.objects.create(signal=more, mention=storm.quote)
    assert queries(alice_s) == one


def test_a_curve_that_cannot_be_drawn_is_left_out():
    assert curve_of({}) is None
    assert curve_of({"people": [1], "usual": [], "high": []}) is None
    drawn = curve_of({"people": [0, 9], "usual": [1, 1], "high": [2, 2]})
    assert drawn is not None
    assert [bar[4] for bar in drawn.bars] == [True]
