"""Signals: what is found, how soon, and how often for nothing. `python bench/bench_signals.py [folder of data]`

1. Spikes on simulated hours, against an Anscombe z-score in the same run: nine weeks with nights and weekends, counts
   Poisson, negative binomial by the hour (size 8) or by the day (size 8: whole days are restless); in the ninth week
   one burst of six hours. Recall: an alarm from its first hour to twelve hours after its last. False alarms: episodes
   elsewhere in the ninth week.
2. With a folder: real texts and authors of two files, told again over nine weeks at the hours of week of the file,
   with planted storms (texts that share a word, from as many people), and planted new phrases.
3. With a folder: the line that stands for a group of texts about one thing, among others about anything.
"""

import csv
import gzip
import math
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from entendu.reading import bursts
from entendu.reading.keyphrases import Background, key_phrases, new_phrases, phrases
from entendu.reading.summary import summary

RUNS, WEEK, LAST, AFTER = 40, 168, 8 * 168, 12
CASES = ((0.5, 10), (2, 4), (5, 3), (20, 2), (20, 3), (100, 1.5), (100, 2))


def poisson(dice: random.Random, mean: float) -> int:
    if mean > 300:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


def series(dice: random.Random, base: float, noise: str) -> list[int]:
    found, day = [], 1.0
    for hour in range(9 * WEEK):
        day = dice.gammavariate(8, 1 / 8) if noise == "by day" and hour % 24 == 0 else day
        mean = base * (0.35 + 0.65 * max(0.0, math.sin(math.pi * ((hour % 24) - 5) / 18)))
        mean *= 0.7 if (hour // 24) % 7 > 4 else 1.0
        mean *= dice.gammavariate(8, 1 / 8) if noise == "by hour" else day
        found.append(poisson(dice, mean))
    return found


def anscombe(counts: Sequence[int], at: int) -> bool:
    """The former rule: Anscombe's z against the same hour of three weeks and of fourteen days, over 3.3."""
    past = [counts[at - WEEK * week] for week in (1, 2, 3)] + [counts[at - 24 * day] for day in range(1, 15)]
    usual = sum(past) / len(past)
    return counts[at] >= 3 and 2 * math.sqrt(counts[at] + 3 / 8) - 2 * math.sqrt(usual + 3 / 8) > 3.3


def ours(counts: Sequence[int], at: int) -> bool:
    return bursts.judge(counts[: at + 1]).alarm


class Score:
    """Hits with their delays, and false episodes, over weeks."""

    def __init__(self) -> None:
        self.delays: list[int] = []
        self.false = self.weeks = 0

    def add(self, counts: Sequence[int], rule: Callable[[Sequence[int], int], bool], start: int) -> None:
        alarms = [at for at in range(LAST, 9 * WEEK) if rule(counts, at)]
        storm = range(start, start + 6 + AFTER)
        self.delays += [at - start for at in alarms if at in storm][:1]
        others = [at for at in alarms if at not in storm]
        self.false += sum(place == 0 or at - others[place - 1] > 3 for place, at in enumerate(others))
        self.weeks += 1

    def __str__(self) -> str:
        delay = f"{statistics.median(self.delays):.0f} h" if self.delays else "-"
        return f"{len(self.delays) / self.weeks:6.2f} {delay:>6} {self.false / self.weeks:8.2f}"


def simulated() -> None:
    print("noise     people/h burst   ours: recall delay false/week   Anscombe: recall delay false/week")
    judged, began = 0, time.process_time()
    for noise in ("poisson", "by hour", "by day"):
        for base, times in CASES:
            dice, scores = random.Random(f"{noise}{base}{times}"), (Score(), Score())
            for _ in range(RUNS):
                counts = series(dice, base, noise)
                start = LAST + dice.randrange(9, 140)
                for hour in range(start, start + 6):
                    counts[hour] += poisson(dice, base * (times - 1))
                for score, rule in zip(scores, (ours, anscombe), strict=True):
                    score.add(counts, rule, start)
                judged += WEEK
            print(f"{noise:9} {base:8} x{times:<5} {scores[0]}               {scores[1]}", flush=True)
    print(f"{judged / (time.process_time() - began):.0f} hours judged per CPU-second, simulation included\n")


Text = tuple[str, str, int]  # what, by whom, at which hour of the week


def care(folder: Path) -> list[Text]:
    with gzip.open(folder / "care-conversations-en.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["inbound"] == "True"]
    when = [datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y") for row in rows]
    return [
        (row["text"], row["author_id"], at.weekday() * 24 + at.hour)
        for row, at in zip(rows, when, strict=True)
    ]


def services(folder: Path) -> list[Text]:
    with gzip.open(folder / "public-services-fr.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    when = [datetime.strptime(row["date"], "%d/%m/%Y %H:%M") for row in rows]
    return [
        (f"{row['title']}. {row['text']}", row["id"], at.weekday() * 24 + at.hour)
        for row, at in zip(rows, when, strict=True)
    ]


def told_again(dice: random.Random, texts: Sequence[Text], rate: float) -> list[list[Text]]:
    """Nine weeks of hours with `rate` texts an hour on average, at the file's own hours of the week, and restless."""
    by_hour: Counter[int] = Counter(hour for _text, _who, hour in texts)
    found = []
    for hour in range(9 * WEEK):
        share = (by_hour[hour % WEEK] + 1) / (len(texts) + WEEK) * WEEK
        found.append(dice.choices(texts, k=poisson(dice, rate * share * dice.gammavariate(8, 1 / 8))))
    return found


def planted_storms(name: str, texts: Sequence[Text], word: str) -> None:
    about = [one for one in texts if word in one[0].lower()]
    others = [one for one in texts if word not in one[0].lower()]
    for rate in (1, 4):
        for people in (12, 24, 48):
            dice, house, topic, told, runs = random.Random(f"{name}{rate}{people}"), Score(), Score(), 0, 15
            for _ in range(runs):
                hours = told_again(dice, texts, rate)
                start = LAST + dice.randrange(9, 140)
                for number in range(people):
                    text = dice.choice(about)[0]
                    hours[start + dice.randrange(6)].append((text, f"storm{number}", 0))
                everybody = [len({who for _text, who, _hour in hour}) for hour in hours]
                some = [len({who for text, who, _hour in hour if word in text.lower()}) for hour in hours]
                house.add(everybody, ours, start)
                topic.add(some, ours, start)
                usual = Background()
                usual.learn(text for text, _who, _hour in others)
                storm = [text for hour in hours[start : start + 6] for text, _who, _hour in hour]
                found = [one.text for one in key_phrases(storm, usual, most=3, least=3)]
                told += any(word in phrase for phrase in found)
            print(
                f"{name:9} {rate:8} {people:7}   {house}         {topic}     {told / runs:9.2f}", flush=True
            )


def planted_phrases(name: str, texts: Sequence[Text], phrase: str) -> None:
    for people in (0, 2, 3, 5, 8):
        ranks, others, runs = [], 0, 20
        for seed in range(runs):
            dice = random.Random(seed)
            shuffled = dice.sample(list(texts), len(texts))
            size = max(80, len(texts) // 8)
            recent, usual = [text for text, _who, _hour in shuffled[:size]], Background()
            usual.learn(text for text, _who, _hour in shuffled[size:])
            for place in dice.sample(range(size), people):
                recent[place] += f" {phrase}"
            found = [one.text for one in new_phrases(recent, usual, most=10, least=3)]
            ranks += [found.index(phrase) + 1] if phrase in found else []
            others += len([one for one in found if one != phrase])
        rank = f"{statistics.median(ranks):.0f}" if ranks else "-"
        print(f"{name:9} {people:15} {len(ranks) / runs:7.2f} {rank:>5} {others / runs:7.2f}", flush=True)


def lines(name: str, groups: dict[str, list[str]], noise: Callable[[str], list[str]]) -> None:
    dice, spent = random.Random(0), 0.0
    kept: dict[str, list[tuple[bool, float, int]]] = defaultdict(list)
    rules: dict[str, Callable[[list[str]], str]] = {
        "central sentence": lambda mixed: summary(mixed)[0].text,
        "first": lambda mixed: mixed[0][:220],
        "longest": lambda mixed: max(mixed, key=len),
        "random": lambda mixed: dice.choice(mixed)[:220],
    }
    for _ in range(80):
        key = dice.choice(sorted(groups))
        group = dice.sample(groups[key], 12)
        mixed = group + dice.sample(noise(key), 8)
        dice.shuffle(mixed)
        for rule, choose in rules.items():
            began = time.process_time()
            line = choose(mixed)
            spent += (time.process_time() - began) if rule == "central sentence" else 0.0
            begins = " ".join(line.rstrip("…").replace("’", "'").split())[:40]
            inside = any(begins in " ".join(text.replace("’", "'").split()) for text in group)
            held = phrases(line)
            kept[rule].append((inside, sum(bool(held & phrases(text)) for text in group) / 12, len(line)))
    for rule, found in kept.items():
        means = [statistics.fmean(column) for column in zip(*found, strict=True)]
        print(f"{name:9} {rule:17} {means[0]:8.2f} {means[1]:13.2f} {means[2]:11.0f}")
    print(f"{1000 * spent / 80:.1f} ms of CPU a line of 20 texts")


def main() -> None:
    simulated()
    if len(sys.argv) < 2:
        return
    english, french = care(Path(sys.argv[1])), services(Path(sys.argv[1]))
    print(
        "planted storms (six hours)   whole: recall delay false/week   topic: recall delay false/week   word named"
    )
    print("file      texts/h  people")
    planted_storms("care en", english, "delivery")
    planted_storms("public fr", french, "passeport")
    print("\nplanted new phrase\nfile      in n messages  recall  rank  others")
    planted_phrases("care en", english, "ghost charge")
    planted_phrases("public fr", french, "dossier fantôme")
    print("\none line for 12 texts about one thing among 8 others")
    print("file      rule              of the 12  shares words  characters")
    everything = [text for text, _who, _hour in english]
    by_word = {
        word: [text for text in everything if word in text.lower()]
        for word in ("flight", "delivery", "internet", "refund", "update", "account")
    }
    lines("care en", by_word, lambda word: [text for text in everything if word not in text.lower()])
    with gzip.open(Path(sys.argv[1]) / "public-services-fr.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_service: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_service[row["service"]].append(f"{row['title']}. {row['text']}")
    big = {name: texts for name, texts in by_service.items() if len(texts) >= 20 and name}
    lines(
        "public fr",
        big,
        lambda name: [text for key, texts in by_service.items() if key != name for text in texts],
    )


if __name__ == "__main__":
    main()
