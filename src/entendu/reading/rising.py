"""Is a share of people higher than it used to be? Beta-binomial: the usual share is itself uncertain and restless."""

import math
from dataclasses import dataclass

FEWEST = 5  # people of the kind that rises
MORE = 1.3  # times the usual share, at least, surely: the lower end of Wilson's interval
_PRIOR = 20.0  # people that the share of the whole weighs for a small part
_BELIEVED = 120.0  # people at most that the past speaks for: shares wander by themselves


@dataclass(frozen=True, slots=True)
class Rise:
    """`share` of people now, where `usual` was; `score` is -log10 of the chance of such a share or more."""

    share: float
    usual: float
    low: float
    high: float
    score: float
    alarm: bool


def rising(now: tuple[int, int], past: tuple[int, int], *, whole: float, least_score: float) -> Rise:
    """`now` and `past`: (people of the kind, all people), of now and of the weeks before; `whole`: the usual share
    over everything, for parts with little past. All shares in [0, 1]."""
    some, everybody = now
    usual = (past[0] + _PRIOR * whole) / (past[1] + _PRIOR)
    believed = min(past[1] + _PRIOR, _BELIEVED)
    if not everybody:
        return Rise(0.0, usual, *band(usual, believed, 1), 0.0, False)
    usual = min(max(usual, 1e-4), 1 - 1e-4)
    score = -math.log10(chance_of_more(some, everybody, usual * believed, (1 - usual) * believed))
    sure = wilson_low(some, everybody) > MORE * usual
    low, high = band(usual, believed, everybody)
    alarm = some >= FEWEST and sure and score >= least_score
    return Rise(some / everybody, usual, low, high, round(max(0.0, score), 2), alarm)


def chance_of_more(some: int, everybody: int, a: float, b: float) -> float:
    """P(X >= some) for X beta-binomial of `everybody` draws with Beta(a, b); never under 1e-300."""
    logs = [_log_mass(count, everybody, a, b) for count in range(some, everybody + 1)]
    return min(1.0, max(1e-300, math.fsum(math.exp(max(log, -700.0)) for log in logs)))


def wilson_low(some: int, everybody: int, z: float = 1.645) -> float:
    """The lower end of Wilson's score interval (Wilson 1927), one-sided 95 %."""
    share = some / everybody
    middle = share + z**2 / (2 * everybody)
    spread = z * math.sqrt(share * (1 - share) / everybody + z**2 / (4 * everybody**2))
    return (middle - spread) / (1 + z**2 / everybody)


def band(usual: float, believed: float, everybody: int) -> tuple[float, float]:
    """Between which shares nine of ten such groups lie, about."""
    variance = usual * (1 - usual) * (1 / everybody + (1 - 1 / everybody) / (believed + 1))
    spread = 1.645 * math.sqrt(variance)
    return round(max(0.0, usual - spread), 3), round(min(1.0, usual + spread), 3)


def _log_mass(count: int, everybody: int, a: float, b: float) -> float:
    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    ways = math.lgamma(everybody + 1) - math.lgamma(count + 1) - math.lgamma(everybody - count + 1)
    return ways + log_beta(count + a, everybody - count + b) - log_beta(a, b)
