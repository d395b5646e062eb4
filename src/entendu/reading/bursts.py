"""Spikes: do more people speak now than this hour of the week explains, restlessness included?

Counts are of distinct people, not of posts: one person who shouts is not a storm. They vary more than Poisson allows,
so the usual number is taken as negative binomial: mean m, variance m + m²/k (Hilbe 2011, "Negative Binomial
Regression", chapter 8). Past storms weigh little in what is usual (Noufaily et al. 2013, "An improved algorithm for
outbreak detection", Statistics in Medicine 32: weights by residual beyond 2.58).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEEK = 168  # hours
WEEKS = 8  # of history that count
WINDOWS = (1, 4, 12)  # hours looked at together: a burst, half a day of unease
FALSE_ALARMS_A_WEEK = 0.1  # that an organisation may hear by chance, over all it follows
FEWEST_PEOPLE = 3
_LEAST_MEAN = 0.02  # people an hour, where nobody has spoken yet
_HALF_LIFE = 4  # weeks after which a past hour weighs half
_BESIDE = 0.25  # weight of the hours before and after
_PRIOR_WEEKS = 1.5  # what the shape of day and week weighs against the hour's own past
_RESTLESS = 1.0  # 1/k believed of a history that is too short to tell
_PRIOR_PEOPLE = 20.0  # people heard before the history is believed against that
_OUTLIER = 2.58


@dataclass(frozen=True, slots=True)
class Usual:
    """What a stretch of time usually holds: mean people, and size k (small: restless; very large: Poisson)."""

    mean: float
    size: float


@dataclass(frozen=True, slots=True)
class Spike:
    """How far the last `hours` hours stand out; `score` is -log10 of the chance of so many people or more."""

    hours: int
    people: int
    usual: Usual
    score: float
    alarm: bool

    @property
    def band(self) -> tuple[float, float]:
        """Between which numbers of people nine usual stretches of ten lie, about: mean ± 1.645 standard deviations."""
        spread = 1.645 * math.sqrt(self.usual.mean + self.usual.mean**2 / self.usual.size)
        return round(max(0.0, self.usual.mean - spread), 1), round(self.usual.mean + spread, 1)


def alarm_score(scopes: int) -> float:
    """From which score on an hour is an alarm, when `scopes` series are watched: each hour, series and window is a
    test, and chance may raise FALSE_ALARMS_A_WEEK over all of them (Bonferroni)."""
    tests = WEEK * max(1, scopes) * len(WINDOWS)
    return -math.log10(FALSE_ALARMS_A_WEEK / tests)


def judge(counts: Sequence[int], *, scopes: int = 1) -> Spike:
    """Judges the last hour of `counts` (people by hour, without a gap, oldest first; what came before is its
    history), alone and with those just before it; the window that stands out most decides."""
    series = np.asarray(counts, dtype=np.float64)
    past, at = series[:-1][-WEEK * WEEKS :], len(series) - 1
    means, weights = expected(past)
    found: list[Spike] = []
    for hours in WINDOWS:
        if hours <= max(1, at):
            places = np.arange(len(past) - hours + 1, len(past) + 1)
            usual = _usual(past, means, weights, places)
            found.append(held(int(series[-hours:].sum()), hours, usual, scopes=scopes))
    return max(found, key=lambda one: (one.alarm, one.score))


def held(people: int, hours: int, usual: Usual, *, scopes: int) -> Spike:
    """So many people in so many hours, held against what is usual."""
    score = max(0.0, -math.log10(chance_of_more(people, usual)))
    alarm = people >= FEWEST_PEOPLE and score >= alarm_score(scopes) and people > usual.mean
    return Spike(hours, people, usual, round(score, 2), alarm)


def course(counts: Sequence[int], hours: int) -> tuple[list[float], list[float]]:
    """(usual, high) people at each of the last `hours` hours of `counts`: what the curve of a spike is drawn against;
    nine of ten usual hours lie below `high`, about."""
    past = np.asarray(counts[:-1], dtype=np.float64)[-WEEK * WEEKS :]
    means, weights = expected(past)
    restless = _restlessness(past, means[(np.arange(len(past)) - len(past)) % WEEK], weights)
    usual = means[np.arange(1 - min(hours, len(counts)), 1) % WEEK]
    high = usual + 1.282 * np.sqrt(usual + restless * usual**2)
    return [round(float(one), 2) for one in usual], [round(float(one), 2) for one in high]


def expected(past: Floats) -> tuple[Floats, Floats]:
    """(people expected at each hour of the week, weight of each past hour). Place 0 is the hour that follows `past`,
    a week later than its last 168th.

    The mean of an hour of the week is that of its past weeks, recent ones weighing more, and of the hours beside it,
    steadied by the shape of the day and of the week; past storms are weighed down in two rounds.
    """
    size = len(past)
    if not size:
        return np.full(WEEK, _LEAST_MEAN), np.ones(0)
    place = (np.arange(size) - size) % WEEK
    recent = 0.5 ** ((size - 1 - np.arange(size)) // WEEK / _HALF_LIFE)
    weights = np.ones(size)
    means = np.full(WEEK, _LEAST_MEAN)
    for _round in range(3):
        means = _means(past, recent * weights, place)
        here = means[place]
        restless = _restlessness(past, here, weights)
        away = (past - here) / np.sqrt(here + restless * here**2)
        weights = np.where(away > _OUTLIER, (_OUTLIER / np.maximum(away, _OUTLIER)) ** 2, 1.0)
    return means, weights


def chance_of_more(people: int, hour: Usual) -> float:
    """P(X >= people) for a negative binomial X, by summing the smaller tail; never under 1e-300."""
    if people <= 0:
        return 1.0
    if people <= hour.mean:
        return max(0.0, 1.0 - math.fsum(math.exp(_log_mass(count, hour)) for count in range(people)))
    share = hour.mean / (hour.mean + hour.size)
    term = math.exp(max(_log_mass(people, hour), -700.0))
    total, count = 0.0, people
    while term > total * 1e-9 and count < people + 100_000:
        total += term
        term *= (count + hour.size) / (count + 1) * share
        count += 1
    return max(total, 1e-300)


def _log_mass(count: int, hour: Usual) -> float:
    share = hour.mean / (hour.mean + hour.size)
    ways = math.lgamma(count + hour.size) - math.lgamma(hour.size) - math.lgamma(count + 1)
    return ways + hour.size * math.log1p(-share) + count * math.log(share)


def _means(past: Floats, weights: Floats, place: NDArray[np.int64]) -> Floats:
    """Weighted means by place in the week, shrunk towards day shape × week shape."""
    total = np.bincount(place, weights * past, WEEK)
    mass = np.bincount(place, weights, WEEK)
    total = total + _BESIDE * (np.roll(total, 1) + np.roll(total, -1))
    mass = mass + _BESIDE * (np.roll(mass, 1) + np.roll(mass, -1))
    overall = max(total.sum() / mass.sum(), _LEAST_MEAN)
    days, masses = total.reshape(7, 24), mass.reshape(7, 24)
    by_hour = (days.sum(0) + overall) / (masses.sum(0) + 1)
    by_day = (days.sum(1) + 12 * overall) / (masses.sum(1) + 12)
    shape = np.outer(by_day, by_hour).reshape(WEEK) / overall
    means: Floats = (total + _PRIOR_WEEKS * shape) / (mass + _PRIOR_WEEKS)
    return np.maximum(means, _LEAST_MEAN)


def _restlessness(seen: Floats, means: Floats, weights: Floats) -> float:
    """1/k by moments over the whole history: what the squares exceed Poisson by, in squared means."""
    extra = float((weights * ((seen - means) ** 2 - means)).sum())
    squares = float((weights * means**2).sum())
    heard = float(seen.sum())
    found = max(0.0, extra / squares) if squares else 0.0
    return (found * heard + _RESTLESS * _PRIOR_PEOPLE) / (heard + _PRIOR_PEOPLE)


def _usual(past: Floats, means: Floats, weights: Floats, places: NDArray[np.int64]) -> Usual:
    """What the stretch of hours at `places` (counted from the first hour of `past`) usually holds."""
    hours, size = len(places), len(past)
    mean = float(means[(places - size) % WEEK].sum())
    restless = _RESTLESS
    if size >= hours:
        ends = slice(hours - 1, None)
        here = means[(np.arange(size) - size) % WEEK]
        ones = np.ones(hours)
        restless = _restlessness(
            np.convolve(past, ones)[ends][: size - hours + 1],
            np.convolve(here, ones)[ends][: size - hours + 1],
            np.convolve(weights, ones / hours)[ends][: size - hours + 1],
        )
    # The mean itself is not known for sure: its own variance widens the stretch's.
    known = size / WEEK + _PRIOR_WEEKS
    extra = restless * mean**2 + (mean + restless * mean**2) / known
    return Usual(mean, max(1e-3, mean**2 / extra))
