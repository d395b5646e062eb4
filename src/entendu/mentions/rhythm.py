"""The rhythm of a source, and whether a silence is against it. Pure: quarters of an hour in, numbers out.

A source is heard in some quarters of an hour and not in others. For each hour of the week, the share of quarters in
which it was heard gives a hazard, -ln(1 - share); the hazard of a stretch of silence is the sum over its quarters
(time rescaling: with independent quarters, silences measured so are exponential with mean 1, whatever the hour: Brown
et al., Neural Computation 14, 2002). Nights have no hazard, so that a silent night says nothing. People come in bursts,
hence the tail of the source's own silences is fitted by its mean excess over their 90 % quantile (never less than 1),
and a silence alarms where one so long is to be expected once in `YEARS`, with a margin.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

QUARTER = timedelta(minutes=15)
WEEKS = 8  # of history, at most
LEAST_WEEKS = 2
LEAST_HEARD = 24  # quarters in which it was heard: fewer tell no rhythm
MARGIN = 1.5  # eight weeks tell little of what comes once a year (bench/bench_silence.py)
YEARS = 1.0  # one false alarm in that time, by the source's own silences
FLOWING = timedelta(days=1)  # what never paused for so long does not pause by itself
FLOWED = 500  # units: people's bursts leave no such hole in what comes by thousands
LEAST_PATIENCE = timedelta(minutes=5)  # a server may be started anew
_WEEK = 7 * 24
_PRIOR = 4.0  # quarters of evidence from the same hour of other days of its kind (working day, weekend)
_MOST = 0.995  # a share of 1 would make one quarter of silence infinitely unlikely


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is usual: hazard and units of a quarter, by hour of the week (Monday 0 h first, local); `threshold`: the
    hazard that alarms."""

    zone: tzinfo
    hazards: tuple[float, ...]
    units: tuple[float, ...]
    threshold: float

    def hazard(self, start: datetime, end: datetime) -> float:
        """The hazard of hearing nothing between two moments; what is left of the first quarter is given away."""
        return sum(self.hazards[hour] for hour in hours_of(start, end, self.zone))

    def expected(self, start: datetime, end: datetime) -> float:
        """How many units usually come between two moments."""
        return sum(self.units[hour] for hour in hours_of(start, end, self.zone))

    def patience(self, last: datetime) -> timedelta:
        """How long a silence that begins at `last` lasts at most, by this rhythm."""
        total, end = 0.0, last
        for hour in hours_of(last, last + timedelta(weeks=WEEKS), self.zone):
            total, end = total + self.hazards[hour], end + QUARTER
            if total > self.threshold:
                break
        return end - last

    def is_silent(self, last: datetime, now: datetime) -> bool:
        """Whether nothing since `last` is against this rhythm."""
        return self.hazard(last, now) > self.threshold


@dataclass(frozen=True, slots=True)
class Flow:
    """A source that never pauses, as a firehose does. `slowest`: units of its slowest quarter of the last day."""

    slowest: int

    @property
    def patience(self) -> timedelta:
        """How long it may be silent: until FLOWED would have come at its slowest, and a few minutes at least."""
        return max(LEAST_PATIENCE, QUARTER * FLOWED / self.slowest)

    def expected(self, silence: timedelta) -> float:
        """How many units would have come in that time, at its slowest."""
        return self.slowest * (silence / QUARTER)


def flow_of(quarters: Sequence[tuple[datetime, int]], until: datetime) -> Flow | None:
    """The flow of a source heard in `quarters` (as for `rhythm_of`) in each quarter of the day before that of `until`.
    None: it paused, or is so slow that its rhythm by quarters tells as soon."""
    end = until.replace(minute=until.minute // 15 * 15, second=0, microsecond=0)
    counts = [n for at, n in quarters if end - FLOWING <= at < end]
    if len(counts) < FLOWING // QUARTER:
        return None
    flow = Flow(min(counts))
    return flow if flow.slowest > 0 and flow.patience < 2 * QUARTER else None


def rhythm_of(
    quarters: Sequence[tuple[datetime, int]],
    until: datetime,
    zone: tzinfo,
    without: Iterable[tuple[datetime, datetime]] = (),
) -> Rhythm | None:
    """The rhythm of a source heard in `quarters` (their beginnings, with how many units, in order). `without`: what
    were alarms, which are no rhythm. None: there is not enough history yet."""
    first = max((quarters[0][0] if quarters else until), until - timedelta(weeks=WEEKS))
    heard = [(at, n) for at, n in quarters if at >= first]
    if until - first < timedelta(weeks=LEAST_WEEKS) or len(heard) < LEAST_HEARD:
        return None
    ill = sorted(without)
    seen = [0.0] * _WEEK
    for hour in hours_of(first - QUARTER, until, zone):
        seen[hour] += 1
    for start, end in ill:
        for hour in hours_of(max(start, first), min(end, until), zone):
            seen[hour] = max(0.0, seen[hour] - 1)
    share, units = shares_of(heard, seen, zone)
    hazards = tuple(-math.log(1 - min(one, _MOST)) for one in share)
    silences = silences_of([at for at, _n in heard], ill)
    sizes = hazards_of(silences, hazards, zone)
    weeks = (until - first) / timedelta(weeks=1)
    return Rhythm(zone, hazards, units, threshold_of(sizes, weeks))


def shares_of(
    heard: Sequence[tuple[datetime, int]], seen: Sequence[float], zone: tzinfo
) -> tuple[list[float], tuple[float, ...]]:
    """By hour of the week: the share of quarters in which it was heard, drawn towards that of the same hour on other
    days of its kind; and units a quarter."""
    hits, counts = [0.0] * _WEEK, [0.0] * _WEEK
    for at, n in heard:
        hour = hour_of(at, zone)
        hits[hour] += 1
        counts[hour] += n
    shares, units = [], []
    for hour in range(_WEEK):
        day, clock = divmod(hour, 24)
        kin = [24 * other + clock for other in (range(5) if day < 5 else range(5, 7))]
        kin_seen = sum(seen[one] for one in kin)
        prior = sum(hits[one] for one in kin) / kin_seen if kin_seen else 0.0
        shares.append((min(hits[hour], seen[hour]) + _PRIOR * prior) / (seen[hour] + _PRIOR))
        units.append(counts[hour] / seen[hour] if seen[hour] else 0.0)
    return shares, tuple(units)


def silences_of(
    heard: Sequence[datetime], ill: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """The stretches between two quarters in which it was heard, but for those that were alarms."""
    found = []
    for before, after in pairwise(heard):
        start = before + QUARTER
        if after > start and not any(start < end and begin < after for begin, end in ill):
            found.append((start, after))
    return found


def hazards_of(
    silences: Sequence[tuple[datetime, datetime]], hazards: Sequence[float], zone: tzinfo
) -> list[float]:
    """The hazard of each silence."""
    return [sum(hazards[hour] for hour in hours_of(start - QUARTER, end, zone)) for start, end in silences]


def threshold_of(sizes: Sequence[float], weeks: float) -> float:
    """The hazard that silences as these exceed once in YEARS, by an exponential tail above their 90 % quantile."""
    ordered = sorted(sizes)
    if not ordered:
        return math.log(52 * YEARS * 7 * 96)
    place = int(0.9 * (len(ordered) - 1))
    high = ordered[place]
    excess = [size - high for size in ordered[place + 1 :]]
    scale = max(1.0, sum(excess) / len(excess)) if excess else 1.0
    a_year = max(1.0, 0.1 * len(ordered) / weeks * 52 * YEARS)
    return MARGIN * (max(high, math.log(10)) + scale * math.log(a_year))


def hours_of(start: datetime, end: datetime, zone: tzinfo) -> Iterable[int]:
    """The hour of the week of each quarter that lies wholly after the quarter of `start` and before `end`."""
    at = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    while at + QUARTER <= end:
        yield hour_of(at, zone)
        at += QUARTER


def hour_of(at: datetime, zone: tzinfo) -> int:
    """0 to 167: the hour of the week, Monday midnight first, in `zone`."""
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour
