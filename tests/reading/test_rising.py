import pytest

from entendu.reading.rising import chance_of_more, rising, wilson_low


def rise(now, past, whole=0.1, least_score=4.0):
    return rising(now, past, whole=whole, least_score=least_score)


def test_nobody_rises_nothing():
    assert not rise((0, 0), (0, 0)).alarm
    assert not rise((0, 30), (10, 100)).alarm


def test_a_few_disappointed_people_are_no_trend():
    assert not rise((4, 4), (10, 200)).alarm


def test_the_usual_share_does_not_rise():
    assert not rise((12, 100), (100, 1000)).alarm


def test_a_share_that_doubles_among_many_rises():
    found = rise((60, 150), (100, 1000))
    assert found.alarm
    assert found.high < found.share


def test_a_part_without_a_past_is_held_against_the_whole():
    assert rise((12, 15), (0, 0), whole=0.05).alarm
    assert not rise((12, 15), (0, 0), whole=0.7).alarm


def test_the_masses_sum_to_one_and_the_tail_falls():
    assert chance_of_more(0, 20, 2.0, 8.0) == pytest.approx(1.0)
    assert chance_of_more(10, 20, 2.0, 8.0) > chance_of_more(15, 20, 2.0, 8.0) > 0


def test_wilson_is_below_the_share_and_near_it_for_many():
    assert wilson_low(0, 10) == pytest.approx(0.0, abs=1e-9)
    assert wilson_low(50, 100) < 0.5 < wilson_low(5000, 10000) + 0.02
