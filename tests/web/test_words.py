"""Dates and numbers as each language says them."""

from datetime import UTC, datetime, timedelta

import pytest

from entendu.web import words
from entendu.web.inbox.moments import moment_from, promise_presets, snooze_presets
from entendu.web.inbox.search import parse, toggled

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("back", "french", "english"),
    [
        (timedelta(seconds=20), "à l’instant", "just now"),
        (timedelta(seconds=75), "il y a 1 min", "1 min. ago"),
        (timedelta(minutes=4), "il y a 4 min", "4 min. ago"),
        (timedelta(hours=3), "il y a 3 h", "3 hr. ago"),
        (timedelta(hours=-3), "dans 3 h", "in 3 hr."),
    ],
)
def test_ago(back: timedelta, french: str, english: str) -> None:
    assert plain(words.ago(NOW - back, NOW, "fr")) == french
    assert plain(words.ago(NOW - back, NOW, "en")) == english


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (59.7, "1 min"),
        (1320, "22 min"),
        (3599, "1 h"),
        (18600, "5 h 10"),
        (86400 * 2 + 4 * 3600, "2 j 4 h"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert plain(words.duration(seconds, "fr")) == text


def test_moment_says_the_day_when_it_is_another() -> None:
    assert words.moment_of(NOW, NOW, "fr") == "10:42"
    assert words.moment_of(NOW - timedelta(days=7), NOW, "fr") == "15 nov. 10:42"
    assert words.moment_of(NOW - timedelta(days=400), NOW, "en") == "18 Oct 2025 10:42"


def test_presets_lie_ahead_at_any_hour() -> None:
    for hour in range(24):
        for day in range(7):
            now = datetime(2026, 11, 16 + day, hour, 59, tzinfo=UTC)
            for presets in (snooze_presets(now), promise_presets(now)):
                assert all(moment > now for _code, _words, moment in presets)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-31T10:00", "99999-01-01T00:00"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment_from(text) is None


def test_search_understands_both_languages_and_keeps_the_rest_as_words() -> None:
    found = parse('canal:"Boîte aux lettres" sentiment:négatif crème http://x 12:30')
    assert found.filters == {"channel": ["Boîte aux lettres"], "sentiment": ["negative"]}
    assert found.words == ["crème", "http://x", "12:30"]


def test_a_filter_is_put_on_and_taken_off() -> None:
    assert toggled("crème", "sentiment:negative") == "crème sentiment:negative"
    assert toggled("crème sentiment:negative", "sentiment:negative") == "crème"
