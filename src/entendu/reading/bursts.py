"""Spikes: is this hour louder than the same hour of other weeks, beyond what its own unrest explains?

Counts are of distinct people, not of posts: one person who shouts is not a storm. Real counts vary more than Poisson
allows, so the usual number is taken as negative binomial: mean m, variance m + m^2 / k (Hilbe 2011, "Negative Binomial
Regression", chapter 8), with k from the history by moments.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Alarm when so many people would come by chance less than once in 10^SCORE hours.
ALARM_SCORE = 4.0
FEWEST_PEOPLE = 3
_LEAST_MEAN = 0.2
_LARGEST_SIZE = 1e6


@dataclass(frozen=True, slots=True)
class Usual:
    """What an hour usually holds: mean people, and size k (small: restless; very large: Poisson)."""

    mean: float
    size: float


@dataclass(frozen=True, slots=True)
class Spike:
    """How far an hour stands out: score is -log10 of the chance of so many people or more."""

    people: int
    usual: float
    score: float
    alarm: bool


def usual(same_hours: Sequence[int], near_hours: Sequence[int] = ()) -> Usual:
    """The usual number of people from the same hour of earlier weeks, steadied by the hours near it.

    `same_hours`: counts at this hour of week, most recent first; recent ones weigh more (half after four weeks).
    `near_hours`: counts of the neighbouring hours of those weeks, which weigh a quarter. Without any history the
    least mean is taken, so that a first handful of people is not a storm by itself.
    """
    weights = [0.5 ** (week / 4) for week in range(len(same_hours))] + [0.25] * len(near_hours)
    counts = [*same_hours, *near_hours]
    total = sum(weights)
    if not total:
        return Usual(_LEAST_MEAN, 1.0)
    mean = sum(weight * count for weight, count in zip(weights, counts, strict=True)) / total
    # One unit of prior weight keeps a short, quiet history from claiming certainty.
    mean = max(_LEAST_MEAN, (mean * total + _LEAST_MEAN) / (total + 1))
    spread = sum(weight * (count - mean) ** 2 for weight, count in zip(weights, counts, strict=True)) / total
    effective = total**2 / sum(weight**2 for weight in weights)
    if effective > 1:
        spread *= effective / (effective - 1)
    extra = max(spread - mean, mean / 10)
    return Usual(mean, min(mean**2 / extra, _LARGEST_SIZE))


def chance_of_more(people: int, hour: Usual) -> float:
    """P(X >= people) for a negative binomial X, by summing the smaller tail; never under 1e-300."""
    if people <= 0:
        return 1.0
    share = hour.mean / (hour.mean + hour.size)

    def log_mass(count: int) -> float:
        ways = math.lgamma(count + hour.size) - math.lgamma(hour.size) - math.lgamma(count + 1)
        return ways + hour.size * math.log1p(-share) + count * math.log(share)

    if people <= hour.mean:
        return max(0.0, 1.0 - math.fsum(math.exp(log_mass(count)) for count in range(people)))
    term = math.exp(max(log_mass(people), -700.0))
    total, count = 0.0, people
    while term > total * 1e-9 and count < people + 100_000:
        total += term
        term *= (count + hour.size) / (count + 1) * share
        count += 1
    return max(total, 1e-300)


def spike(people: int, same_hours: Sequence[int], near_hours: Sequence[int] = ()) -> Spike:
    """Judge one hour against its history (see `usual`). An alarm needs FEWEST_PEOPLE and ALARM_SCORE."""
    hour = usual(same_hours, near_hours)
    score = -math.log10(chance_of_more(people, hour))
    alarm = people >= FEWEST_PEOPLE and score >= ALARM_SCORE and people > hour.mean
    return Spike(people, round(hour.mean, 3), round(max(0.0, score), 3), alarm)


def history(counts: Sequence[int], at: int, weeks: int = 8) -> tuple[list[int], list[int]]:
    """(same hours, near hours) of hour `at` in an hourly series: what `usual` and `spike` want."""
    same: list[int] = []
    near: list[int] = []
    for week in range(1, weeks + 1):
        hour = at - 168 * week
        if hour < 0:
            break
        same.append(counts[hour])
        near += [counts[beside] for beside in (hour - 1, hour + 1) if 0 <= beside < at]
    return same, near
