import math
import random

import pytest

from entendu.reading import bursts


def draw(chooser, mean, size):
    """A negative binomial number: Poisson whose mean is itself gamma distributed."""
    rate = chooser.gammavariate(size, mean / size)
    limit, product, count = math.exp(-rate), chooser.random(), 0
    while product > limit:
        product *= chooser.random()
        count += 1
    return count


def series(chooser, base, weeks, size):
    """Hourly counts with a night and a weekend, and more unrest than Poisson."""
    found = []
    for hour in range(weeks * 168):
        day = 0.35 + 0.65 * max(0.0, math.sin(math.pi * ((hour % 24) - 5) / 18))
        week = 0.7 if (hour // 24) % 7 > 4 else 1.0
        found.append(draw(chooser, base * day * week, size))
    return found


def test_nobody_is_never_a_spike():
    assert not bursts.judge([0]).alarm
    assert not bursts.judge([5] * 400 + [0]).alarm


def test_a_few_people_are_not_a_storm_without_history():
    for history in ([], [0] * 168, [0] * 1400):
        assert not bursts.judge([*history, 2]).alarm


def test_a_crowd_where_nobody_ever_speaks_is_a_storm():
    found = bursts.judge([0] * 600 + [40])
    assert found.alarm
    assert (found.hours, found.people) == (1, 40)
    assert found.band[1] < 40


def test_a_usual_hour_is_no_spike_even_when_busy():
    assert not bursts.judge([100, 95, 120, 105] * 200 + [110]).alarm


def test_the_usual_rush_of_this_hour_of_the_week_is_no_spike():
    calm = [1] * 168
    calm[20] = 60  # every week, one hour is full
    quiet_hour, full_hour = [*calm * 6, *calm[:19], 60], [*calm * 6, *calm[:20], 60]
    assert not bursts.judge(full_hour).alarm
    assert bursts.judge(quiet_hour).alarm


def test_a_restless_history_asks_for_more_than_a_calm_one():
    calm, restless = [20] * 800, [2, 55, 8, 30, 1, 41, 3, 20] * 100
    random.Random(7).shuffle(restless)
    assert bursts.judge([*calm, 70]).score > bursts.judge([*restless, 70]).score
    assert not bursts.judge([*restless, 70]).alarm


def test_a_past_storm_does_not_hide_the_next_one():
    """The same hours a week ago were a storm; today's is as loud."""
    chooser = random.Random(4)
    counts = series(chooser, 5.0, 8, 8.0)
    for hour in range(1176, 1182):
        counts[hour] += 60
    assert bursts.judge([*counts, 65]).alarm


def test_slow_unease_is_found_by_a_wider_window():
    """Three people an hour where there is one: no hour stands out, half a day does."""
    chooser = random.Random(5)
    counts = series(chooser, 1.0, 8, 8.0)
    found = bursts.judge(counts + [4] * 12)
    assert found.alarm
    assert found.hours > 1


def test_the_course_of_the_usual_follows_the_hours_of_the_week():
    calm = [1] * 168
    calm[20] = 60
    usual, high = bursts.course([*calm * 6, *calm[:21]], 48)
    assert len(usual) == len(high) == 48
    assert usual[-1] == max(usual) > 30
    assert all(low < up for low, up in zip(usual, high, strict=True))
    assert bursts.course([3], 48) == bursts.course([9], 48)


def test_who_watches_more_series_asks_for_more():
    assert bursts.alarm_score(100) - bursts.alarm_score(1) == pytest.approx(2.0)
    chooser = random.Random(6)
    counts = series(chooser, 5.0, 8, 8.0)
    assert bursts.judge([*counts, 16], scopes=1).score == bursts.judge([*counts, 16], scopes=10_000).score


@pytest.mark.parametrize(("mean", "size"), [(3.0, 2.0), (40.0, 5.0), (0.5, 1e6)])
def test_the_tail_is_the_sum_of_the_masses(mean, size):
    hour = bursts.Usual(mean, size)
    share = mean / (mean + size)
    mass = [
        math.exp(
            math.lgamma(n + size)
            - math.lgamma(size)
            - math.lgamma(n + 1)
            + size * math.log1p(-share)
            + n * math.log(share)
        )
        for n in range(400)
    ]
    for people in (1, 3, 10, 50):
        assert bursts.chance_of_more(people, hour) == pytest.approx(sum(mass[people:]), rel=1e-4, abs=1e-12)


def test_extreme_counts_give_a_finite_score():
    assert bursts.judge([1, 2, 3] * 100 + [10_000_000]).score <= 300
    assert math.isfinite(bursts.judge([400_000] * 400 + [500_000]).score)


def test_planted_bursts_are_found_and_false_alarms_stay_rare():
    """Six hours at four times the usual five, over-dispersed: found, at under one false alarm a month."""
    chooser = random.Random(1)
    caught, false = 0, 0
    for _ in range(4):
        counts = series(chooser, 5.0, 9, 8.0)
        start = 8 * 168 + chooser.randrange(9, 140)
        for hour in range(start, start + 6):
            counts[hour] += draw(chooser, 15.0, 8.0)
        storm = set(range(start, start + 18))  # the widest window still sees it then
        alarms = {at for at in range(8 * 168, 9 * 168) if bursts.judge(counts[: at + 1]).alarm}
        caught += bool(alarms & storm)
        false += len(alarms - storm)
    assert caught == 4
    assert false <= 1
