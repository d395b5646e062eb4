"""How soon a silent source is noticed, and how often one is alarmed for nothing, by its volume and its rhythm.

    python bench/bench_silence.py [--sources 12] [--weeks 8]

Simulated sources: a working week (9 to 18 h, a sixth of it at weekends), a day (8 to 23 h, every day), or no rhythm at
all; the rate of each hour is drawn anew (gamma, shape 2: a negative binomial count), and one message in three brings
two more within the next two hours. History: the eight weeks before. An outage begins at a random moment; its delay
runs from there to the alarm. "units" is what would usually have come meanwhile. Percentiles are interpolated linearly.
"""

import argparse
import math
import random
import statistics
import sys
import time
from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta

from entendu.mentions.rhythm import QUARTER, WEEKS, Rhythm, rhythm_of, silences_of

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
VOLUMES = (10, 30, 100, 300, 1_000, 5_000, 20_000)  # a week
HOUR = timedelta(hours=1)


def shape_of(rhythm: str, hour: int) -> float:
    """The relative rate of an hour of the week."""
    day, clock = divmod(hour, 24)
    if rhythm == "working week":
        busy = 1.0 if 9 <= clock < 18 else 0.02
        return busy if day < 5 else busy / 6
    if rhythm == "every day":
        return 0.02 if clock < 8 else 1.0
    return 1.0


def simulated(rhythm: str, volume: int, weeks: int, dice: random.Random) -> list[tuple[datetime, int]]:
    """The quarters of an hour in which a source was heard, with how many units."""
    total = sum(shape_of(rhythm, hour) for hour in range(168))
    counts: Counter[int] = Counter()  # by quarter since START
    for hour in range(weeks * 168):
        rate = volume / (5 / 3) * shape_of(rhythm, hour % 168) / total * dice.gammavariate(2.0, 0.5)
        for _unit in range(poisson(rate, dice)):
            at = hour * 4 + dice.randrange(4)
            counts[at] += 1
            if dice.random() < 1 / 3:
                counts[at + dice.randrange(1, 9)] += 1
                counts[at + dice.randrange(1, 9)] += 1
    return [(START + QUARTER * at, n) for at, n in sorted(counts.items()) if at < weeks * 672]


def poisson(rate: float, dice: random.Random) -> int:
    """A Poisson count (Knuth; by the normal law above 50)."""
    if rate > 50:
        return max(0, round(dice.gauss(rate, math.sqrt(rate))))
    limit, product, count = math.exp(-rate), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


def examine(rhythm: str, volume: int, args: argparse.Namespace, dice: random.Random) -> dict[str, object]:
    """False alarms a week, and the delays of outages, for sources of one kind."""
    false = known = 0
    delays: list[float] = []
    units: list[float] = []
    for _source in range(args.sources):
        heard = simulated(rhythm, volume, WEEKS + args.weeks, dice)
        moments = [at for at, _n in heard]
        for week in range(args.weeks):
            since = START + timedelta(weeks=WEEKS + week)
            usual = rhythm_of(heard[: bisect_right(moments, since)], since, UTC)
            if usual is None:
                continue
            known += 1
            mine = moments[
                bisect_right(moments, since) - 1 : bisect_right(moments, since + timedelta(weeks=1)) + 1
            ]
            false += sum(usual.is_silent(start - QUARTER, end) for start, end in silences_of(mine, []))
            note_outages(usual, since, moments, dice, delays, units)
    return {
        "rhythm": rhythm, "volume": volume, "known": known / (args.sources * args.weeks),
        "false": false / known if known else float("nan"), "delays": delays, "units": units,
    }  # fmt: skip


def note_outages(
    usual: Rhythm,
    since: datetime,
    moments: list[datetime],
    dice: random.Random,
    delays: list[float],
    units: list[float],
) -> None:
    """Four outages in the week that begins at `since`."""
    for _outage in range(4):
        begins = since + timedelta(hours=dice.uniform(0, 168))
        place = bisect_right(moments, begins - QUARTER)
        if not place:
            continue
        last = moments[place - 1]
        noticed = last + usual.patience(last) + QUARTER
        delays.append((noticed - begins) / HOUR)
        units.append(usual.expected(begins, noticed))


def percentile(values: list[float], share: float) -> float:
    """Interpolated linearly."""
    if len(values) < 2:
        return float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=12)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.process_time()
    titles = ("rhythm", "units a week", "has a rhythm", "false alarms a week", "noticed in 24 h", "in 7 days")
    print(f"| {' | '.join(titles)} | delay p50 | p90 | units p50 |")
    print("|---|---|---|---|---|---|---|---|---|")
    for rhythm in ("working week", "every day", "none"):
        for volume in VOLUMES:
            found = examine(rhythm, volume, args, random.Random(f"{args.seed} {rhythm} {volume}"))
            delays: list[float] = found["delays"]  # type: ignore[assignment]
            share = [
                sum(one <= hours for one in delays) / len(delays) if delays else float("nan")
                for hours in (24, 168)
            ]
            print(
                f"| {rhythm} | {volume} | {found['known']:.0%} | {found['false']:.3f} | {share[0]:.0%} "
                f"| {share[1]:.0%} "
                f"| {percentile(delays, 0.5):.1f} h | {percentile(delays, 0.9):.1f} h "
                f"| {percentile(found['units'], 0.5):.0f} |",  # type: ignore[arg-type]
                flush=True,
            )
    print(
        f"\n{args.sources} sources of {args.weeks} weeks a line; {time.process_time() - began:.0f} s of CPU",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
