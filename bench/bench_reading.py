"""How well and how fast the reader reads: `python bench/bench_reading.py DATA [--model NAME …] [--json FILE]`.

DATA is the folder that training/README.md describes; nothing of it comes with the product. Every figure is
on texts that no shipped weight was trained on. Speed is texts per CPU-second of one process. Without --model, every
model whose weights are there is measured.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from training import data

from entendu.reading import Reading, blend, encoder, read
from entendu.reading.heads import chances
from entendu.reading.read import models

Pairs = list[tuple[str, str]]
STREAM = 20_000
URGENT = data.URGENCIES.index("high")


def f1_by_class(truth: Sequence[str], answers: Sequence[str]) -> dict[str, tuple[float, float, float, int]]:
    """Per class that occurs in truth: precision, recall, F1 (all in [0, 1]) and how many."""
    found = {}
    for label, count in sorted(Counter(truth).items(), key=lambda item: -item[1]):
        hits = sum(right == said == label for right, said in zip(truth, answers, strict=True))
        said_so = answers.count(label) if isinstance(answers, list) else list(answers).count(label)
        precision, recall = hits / said_so if said_so else 0.0, hits / count
        found[label] = (
            precision,
            recall,
            2 * precision * recall / (precision + recall) if hits else 0.0,
            count,
        )
    return found


def macro_f1(truth: Sequence[str], answers: Sequence[str]) -> float:
    """In percent, over the classes that occur in truth."""
    classes = f1_by_class(truth, answers)
    return 100 * sum(f1 for _, _, f1, _ in classes.values()) / len(classes)


def average_precision(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """Mean, over the true ones, of the share of true ones among all that score as high or higher, in [0, 1]."""
    hits, total = 0, 0.0
    for place, (_, true) in enumerate(sorted(zip(scores, truth, strict=True), key=lambda one: -one[0]), 1):
        if true:
            hits += 1
            total += hits / place
    return total / hits if hits else 0.0


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: |confidence - share right| in equal-width bins, weighted by their size."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for score, good in zip(confidence, right, strict=True):
        groups.setdefault(min(int(score * bins), bins - 1), []).append((score, good))
    gaps = (abs(sum(s for s, _ in group) - sum(g for _, g in group)) for group in groups.values())
    return sum(gaps) / len(confidence)


class Bench:
    def __init__(self, root: Path, model: str) -> None:
        self.root, self.model = root, model
        self.figures: dict[str, float] = {}

    def say(self, name: str, value: float, note: str = "") -> None:
        self.figures[name] = round(value, 4)
        print(f"{name:58} {value:10.2f}  {note}", flush=True)

    def readings(self, texts: list[str], languages: list[str | None] | None = None) -> list[Reading]:
        found: list[Reading] = []
        for start in range(0, len(texts), 500):
            hints = languages[start : start + 500] if languages else None
            found += read(texts[start : start + 500], languages=hints, model=self.model)
        return found

    def sentiment(self) -> None:
        for name, pairs, measure, goal in (
            ("UMSAB French test, macro-F1", data.umsab(self.root, "french", "test"), 2, 73.5),
            ("UMSAB English test, macro-F1", data.umsab(self.root, "english", "test"), 2, 75),
            ("TweetEval sentiment val, macro-recall", data.tweeteval(self.root, "sentiment", "val"), 1, 72.5),
        ):
            answers = self.readings([text for text, _ in pairs])
            truth = [data.SENTIMENTS[label] for _, label in pairs]
            said = [reading.sentiment.label for reading in answers]
            classes = f1_by_class(truth, said)
            self.say(
                f"sentiment, {name}",
                100 * sum(c[measure] for c in classes.values()) / len(classes),
                f"n={len(pairs)}, goal {goal}",
            )
            right = [t == s for t, s in zip(truth, said, strict=True)]
            self.say(
                "  its calibration error (ECE)",
                100 * calibration_error([r.sentiment.score for r in answers], right),
            )
            sure = [
                good
                for good, reading in zip(right, answers, strict=True)
                if "sentiment" not in reading.unsure
            ]
            self.say(
                "  right where it is sure",
                100 * sum(sure) / max(1, len(sure)),
                f"sure of {100 * len(sure) / len(right):.0f} %",
            )

        self._beside_a_reader()

    def _beside_a_reader(self) -> None:
        """How far a careful machine reader agrees with the annotation on validation texts, and this one on the same."""
        for language, name in (("fr", "UMSAB French val"), ("en", "SemEval, a third each")):
            rows = data.sentiment_read(self.root, language)
            truth = [data.SENTIMENTS[label] for _, label, _ in rows]
            careful = macro_f1(truth, [data.SENTIMENTS[label] for _, _, label in rows])
            said = [reading.sentiment.label for reading in self.readings([text for text, _, _ in rows])]
            self.say(
                f"  {name}, macro-F1 of a few",
                macro_f1(truth, said),
                f"a careful reader {careful:.2f}, n={len(rows)}",
            )

    def intents(self) -> None:
        sets = {f"intents {lang}": data.intents(self.root, lang) for lang in ("fr", "en")}
        for lang in ("fr", "en"):
            sets[f"written held-out {lang}"] = [row for row in data.written("heldout") if row["lang"] == lang]
        sets["care tweets watched en"] = data.care(self.root)
        for name, rows in sets.items():
            if not rows:
                continue
            answers = self.readings([row["text"] for row in rows])
            self._intent(name, rows, answers)
            self._flags(name, rows, answers)
            self._order(name, rows)

    def _intent(self, name: str, rows: list[dict[str, str]], answers: list[Reading]) -> None:
        classes = f1_by_class([row["intent"] for row in rows], [reading.intent.label for reading in answers])
        common = [c[2] for c in classes.values() if c[3] >= 20]
        self.say(
            f"{name}: intent macro-F1, classes of 20 or more",
            100 * sum(common) / max(1, len(common)),
            f"n={len(rows)}, goal 82",
        )
        right = [row["intent"] == reading.intent.label for row, reading in zip(rows, answers, strict=True)]
        self.say(
            "  its calibration error (ECE)", 100 * calibration_error([r.intent.score for r in answers], right)
        )
        for label, (precision, recall, f1, count) in classes.items():
            self.say(
                f"  {label}", 100 * f1, f"precision {100 * precision:.0f} recall {100 * recall:.0f} n={count}"
            )

    def _flags(self, name: str, rows: list[dict[str, str]], answers: list[Reading]) -> None:
        pairs: dict[str, tuple[list[bool], list[bool]]] = {
            "disappointed": (
                [bool(r["disappointed"]) for r in rows],
                [a.disappointed.label == "yes" for a in answers],
            ),
            "urgency high or safety": (
                [r["urgency"] in ("high", "safety") for r in rows],
                [a.urgency.label in ("high", "safety") for a in answers],
            ),
        }
        if name.startswith("written"):
            pairs["urgency safety"] = (
                [r["urgency"] == "safety" for r in rows],
                [a.urgency.label == "safety" for a in answers],
            )
            pairs["offensive"] = (
                [bool(r["offensive"]) for r in rows],
                [a.offensive.label == "yes" for a in answers],
            )
        for flag, (truth, said) in pairs.items():
            hits = sum(t and s for t, s in zip(truth, said, strict=True))
            self.say(
                f"  {flag}: recall",
                100 * hits / max(1, sum(truth)),
                f"precision {100 * hits / max(1, sum(said)):.0f}, n={sum(truth)}, said {sum(said)}",
            )

    def _order(self, name: str, rows: list[dict[str, str]]) -> None:
        """How high urgent texts stand among all, whatever the threshold, with the fast reader beside and without."""
        if self.model not in ("student", "teacher"):
            return
        urgent = [row["urgency"] in ("high", "safety") for row in rows]
        texts = [row["text"] for row in rows]
        found = []
        for reader in (blend.shipped(self.model), encoder.shipped(self.model)):
            scores = reader.score(texts)
            high = chances(scores, reader.heads["urgency"])[:, URGENT]
            found.append(
                average_precision(urgent, high.clip(chances(scores, reader.heads["safety"])[:, 0]).tolist())
            )
        self.say(
            "  urgency: average precision", 100 * found[0], f"without the fast reader {100 * found[1]:.2f}"
        )

    def offence(self) -> None:
        pairs = data.tweeteval(self.root, "offensive", "test")
        answers = self.readings([text for text, _ in pairs])
        classes = f1_by_class(
            [("no", "yes")[label] for _, label in pairs], [a.offensive.label for a in answers]
        )
        self.say(
            "offence, TweetEval test, macro-F1",
            100 * sum(c[2] for c in classes.values()) / 2,
            f"n={len(pairs)}",
        )

    def language(self) -> None:
        lines: Pairs = []
        for lang, file in (("fr", "fr-projections.tsv.gz"), ("en", "en-annotated.tsv.gz")):
            texts = [row.split("\t")[0] for row in data.lines(self.root / "xed" / file)]
            # Some lines of the file hold the path of a source, not speech.
            lines += [(text, lang) for text in texts if 8 <= len(text) <= 30 and ".xml" not in text][:1_500]
        answers = self.readings([text for text, _ in lines])
        right = [reading.language.label == lang for (_, lang), reading in zip(lines, answers, strict=True)]
        self.say(
            "language, film lines of 8 to 30 characters, right",
            100 * sum(right) / len(right),
            f"n={len(lines)}, goal 95",
        )
        self.say(
            "  its calibration error (ECE)",
            100 * calibration_error([a.language.score for a in answers], right),
        )
        answers = self.readings([text for text, _ in lines], [lang for _, lang in lines])
        right = [reading.language.label == lang for (_, lang), reading in zip(lines, answers, strict=True)]
        self.say("  with the author's usual language given", 100 * sum(right) / len(right))

    def speed(self) -> None:
        texts = [
            text
            for split in ("test", "train")
            for pairs in zip(
                *(data.umsab(self.root, lang, split) for lang in ("french", "english")), strict=False
            )
            for text, _ in pairs
        ]
        # Where the teacher reads, it is slow enough to be measured on fewer.
        texts = texts if self.model in ("linear", "student") else texts[:2_000]
        self.readings(texts[:500])
        parts = [texts[500 + n :: 3] for n in range(3)]
        best = max(len(part) / cpu_seconds(lambda part=part: self.readings(part)) for part in parts)
        self.say(
            "speed, texts per CPU-second (tweets, all heads)", best, "best of 3 parts, each new; goal 1000"
        )
        # A stream: long enough that the start of the command does not decide.
        if self.model in ("linear", "student"):
            texts = (texts + [text for text, _ in data.semeval(self.root)])[:STREAM]
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "entendu", "read", "--model", self.model],
            input=lines.encode(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.say("  the command `entendu read`, its start included", len(texts) / spent, f"n={len(texts)}")

    def start(self) -> None:
        code = (
            "import time; t = time.process_time(); import entendu.reading as r, resource;"
            f"r.read(['bonjour le monde'], model={self.model!r});"
            "print(time.process_time() - t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        out = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
        self.say("start, CPU-seconds to the first reading", float(out[0]), "goal 2")
        self.say("memory after the first reading, MB", float(out[1]))
        work = (
            "import json, os, resource, sys; from entendu.reading import read; texts = json.load(sys.stdin);"
            f"[read(texts[at : at + 500], model={self.model!r}) for at in range(0, len(texts), 500)];"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        texts = [text for lang in ("french", "english") for text, _ in data.umsab(self.root, lang, "train")]
        done = subprocess.run(
            [sys.executable, "-c", work], input=json.dumps(texts), capture_output=True, text=True, check=True
        )
        self.say(
            f"memory of a process that read {len(texts)} texts, MB", float(done.stdout), "at most; goal 400"
        )


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", nargs="+", choices=models(), default=models())
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", nargs="+", help="some of: start sentiment intents offence language speed")
    chosen = parser.parse_args()
    figures = {}
    for model in chosen.model:
        print(f"\n== {model}", flush=True)
        bench = Bench(chosen.data, model)
        for part in ("start", "sentiment", "intents", "offence", "language", "speed"):
            if chosen.only is None or part in chosen.only:
                getattr(bench, part)()
        figures[model] = bench.figures
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
