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
    assert not bursts.spike(0, []).alarm
    assert bursts.spike(0, [5, 5, 5]).score == 0.0


def test_a_few_people_are_not_a_storm_without_history():
    assert not bursts.spike(2, []).alarm
    assert not bursts.spike(2, [0, 0, 0, 0]).alarm


def test_a_crowd_where_nobody_ever_speaks_is_a_storm():
    assert bursts.spike(40, [0, 1, 0, 0], [0, 0, 1, 0]).alarm


def test_a_usual_hour_is_no_spike_even_when_busy():
    assert not bursts.spike(110, [100, 95, 120, 105, 90]).alarm


def test_a_restless_history_asks_for_more_than_a_calm_one():
    calm, restless = [20] * 8, [2, 55, 8, 30, 1, 41, 3, 20]
    assert bursts.spike(45, calm).score > bursts.spike(45, restless).score
    assert not bursts.spike(45, restless).alarm


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
    assert bursts.spike(10_000_000, [1, 2, 3]).score <= 300
    assert math.isfinite(bursts.spike(500_000, [400_000] * 8).score)


def test_planted_bursts_are_found_and_false_alarms_stay_rare():
    """Six hours at four times the usual five, over-dispersed: found, at under one false alarm a week."""
    chooser = random.Random(1)
    caught, false, judged = 0, 0, 0
    for _ in range(12):
        counts = series(chooser, 5.0, 9, 8.0)
        start = 8 * 168 + chooser.randrange(9, 140)
        for hour in range(start, start + 6):
            counts[hour] += draw(chooser, 15.0, 8.0)
        alarms = {
            at
            for at in range(8 * 168, 9 * 168)
            if bursts.spike(counts[at], *bursts.history(counts, at)).alarm
        }
        caught += bool(alarms & set(range(start, start + 6)))
        false += len(alarms - set(range(start, start + 6)))
        judged += 1
    assert caught >= 11
    assert false / judged < 1.0
