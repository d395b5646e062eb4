"""Spikes on simulated hours: recall, delay and false alarms by volume. `python bench/bench_reading_bursts.py`

Nine weeks an hour series with nights and weekends, negative binomial with size 8 (variance m + m^2/8); in the ninth
week one burst of six hours. No real data.
"""

import math
import random
import statistics
import time

from entendu.reading import bursts

RUNS = 60


def draw(chooser: random.Random, mean: float, size: float) -> int:
    rate = chooser.gammavariate(size, mean / size)
    if rate > 300:
        return max(0, round(chooser.gauss(rate, math.sqrt(rate))))
    limit, product, count = math.exp(-rate), chooser.random(), 0
    while product > limit:
        product *= chooser.random()
        count += 1
    return count


def series(chooser: random.Random, base: float, size: float = 8.0) -> list[int]:
    found = []
    for hour in range(9 * 168):
        day = 0.35 + 0.65 * max(0.0, math.sin(math.pi * ((hour % 24) - 5) / 18))
        week = 0.7 if (hour // 24) % 7 > 4 else 1.0
        found.append(draw(chooser, base * day * week, size))
    return found


def main() -> None:
    chooser = random.Random(0)
    judged, began = 0, time.process_time()
    print("people an hour  burst  recall  median delay, h  false alarms a week")
    for base, times in ((0.5, 10), (2, 4), (5, 3), (5, 5), (20, 2), (20, 3), (100, 1.5), (100, 2), (100, 3)):
        delays, false = [], 0
        for _ in range(RUNS):
            counts = series(chooser, base)
            start = 8 * 168 + chooser.randrange(9, 140)
            for hour in range(start, start + 6):
                counts[hour] += draw(chooser, base * (times - 1), 8.0)
            alarms = [
                at
                for at in range(8 * 168, 9 * 168)
                if bursts.spike(counts[at], *bursts.history(counts, at)).alarm
            ]
            judged += 168
            hits = [at - start for at in alarms if start <= at < start + 6]
            delays += hits[:1]
            false += sum(not start <= at < start + 6 for at in alarms)
        delay = statistics.median(delays) if delays else float("nan")
        print(f"{base:14} x{times:5} {len(delays) / RUNS:7.2f} {delay:16.1f} {false / RUNS:20.2f}")
    print(f"{judged / (time.process_time() - began):.0f} hours judged per CPU-second (simulation included)")


if __name__ == "__main__":
    main()
