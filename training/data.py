"""Where the training texts come from. Every loader takes the folder DATA; nothing of it is copied into the
project.
"""

import csv
import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
UMSAB_TRAINED = ("french", "english", "spanish", "italian", "portuguese", "german")
_URL = re.compile(r"https?://\S+|www\.\S+")
_USER = re.compile(r"@\w+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(slots=True)
class Example:
    """One text with the labels that it has, by head; the weight says how far a label is believed."""

    text: str
    labels: dict[str, int] = field(default_factory=dict)
    weight: float = 1.0
    source: str = ""


SENTIMENTS = ("negative", "neutral", "positive")
INTENTS = ("complaint", "question", "praise", "idea", "purchase", "other")
URGENCIES = ("none", "normal", "high")


def lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        text = file.read().split("\n")
    return text[:-1] if text and text[-1] == "" else text


def paired(texts: Path, labels: Path) -> list[tuple[str, int]]:
    left, right = lines(texts), lines(labels)
    return [(clean(text), int(label)) for text, label in zip(left, right, strict=False) if label.strip()]


def clean(text: str) -> str:
    r"""Undo the escapes (`\u2019`, `\n`) that the SemEval files left in the text."""
    if "\\" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
        text = text.replace('\\""', '"').replace('\\"', '"').replace("\\n", " ")
    return text.replace('""', '"').encode("utf-8", "ignore").decode("utf-8").strip()


def key(text: str) -> str:
    """What two copies of a text have in common: letters and digits alone, without addresses and mentions."""
    text = _USER.sub("", _URL.sub("", clean(text).lower().replace("@user", "").replace("http", "")))
    return re.sub(r"[^\w]+", "", text)


def digest(text: str) -> str:
    """How the project's own labels name a public text without holding it."""
    return hashlib.sha256(key(text).encode()).hexdigest()[:16]


def umsab(root: Path, language: str, split: str) -> list[tuple[str, int]]:
    folder = root / "umsab" / language
    return paired(folder / f"{split}_text.txt.gz", folder / f"{split}_labels.txt.gz")


def tweeteval(root: Path, task: str, split: str) -> list[tuple[str, int]]:
    folder = root / "tweeteval" / task
    return paired(folder / f"{split}_text.txt.gz", folder / f"{split}_labels.txt.gz")


def semeval(root: Path) -> list[tuple[str, int]]:
    rows = (line.split("\t", 2) for line in lines(root / "semeval2013_2016" / "subtaskA.tsv.gz"))
    return [(clean(row[2]), int(row[1])) for row in rows if len(row) == 3]


def goemotions(root: Path, split: str = "train") -> list[tuple[str, set[str]]]:
    names = lines(root / "goemotions" / "labels.txt.gz")
    rows = (line.split("\t") for line in lines(root / "goemotions" / f"{split}.tsv.gz"))
    return [(row[0], {names[int(label)] for label in row[1].split(",")}) for row in rows if len(row) >= 2]


def banking(root: Path) -> list[tuple[str, str]]:
    with gzip.open(root / "banking77" / "train.csv.gz", "rt", encoding="utf-8") as file:
        return [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)]


def clinc(root: Path) -> list[tuple[str, str]]:
    with gzip.open(root / "clinc150" / "data_full.json.gz", "rt", encoding="utf-8") as file:
        return [(text, intent) for text, intent in json.load(file)["train"]]


def emoji(root: Path) -> list[str]:
    """Tweets of TweetEval's emoji task, without what they are labelled with; none where DATA lacks them."""
    paths = [root / "tweeteval" / "emoji" / f"{part}_text.txt.gz" for part in ("train", "val", "test")]
    return [clean(line) for path in paths if path.exists() for line in lines(path)]


def hostile(root: Path) -> list[tuple[str, str]]:
    """(tweet, language) of MLMA, hostile ones and others, in English and French; none where DATA lacks them."""
    found = []
    for path in sorted((root / "mlma").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found += [(row["tweet"].strip(), path.name[:2]) for row in csv.DictReader(file)]
    return found


def public_services(root: Path) -> list[dict[str, str]]:
    with gzip.open(root / "public-services-fr.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def intents(root: Path, language: str) -> list[dict[str, Any]]:
    """The test files. Never trained on: only the bench reads them, and training reads them to leave their
    texts out.
    """
    with (root / f"intents-{language}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def written(part: str) -> list[dict[str, Any]]:
    """Texts written for the project (CC0): `train`, `valid` (thresholds) or `heldout` (figures)."""
    found = []
    for path in sorted((HERE / "written").glob(f"{part}-*.jsonl")):
        with path.open(encoding="utf-8") as file:
            found += [json.loads(line) for line in file]
    return found


def posts() -> list[str]:
    """French posts written for the project (CC0) that bear no label."""
    paths = sorted((HERE / "written").glob("posts-*.txt"))
    return [line for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_by_us(root: Path) -> dict[str, list[Any]]:
    """Labels that the project gave to public texts, by `key` hash: see training/labels/README.md."""
    found: dict[str, list[Any]] = {}
    for path in sorted((HERE / "labels").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            mark, *labels = line.split("\t")
            found[mark] = labels
    return found


def care(root: Path) -> list[dict[str, Any]]:
    """English tweets to care accounts on which both readers of `labels/development` agree: watched while texts were
    written, never trained on; none where DATA lacks them.
    """
    path = root / "care-conversations-en.csv.gz"
    if not path.exists():
        return []
    labels = {}
    for line in (HERE / "labels/development/care.tsv").read_text(encoding="utf-8").splitlines():
        mark, *said = line.split("\t")
        intent, urgency, disappointed, _ = said[:4]
        urgent = [one in ("high", "safety") for one in (said[1], said[5])]
        if said[0] == said[4] and said[2] == said[6] and urgent[0] == urgent[1]:
            labels[mark] = {"intent": intent, "urgency": urgency, "disappointed": int(disappointed)}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = {digest(row["text"]): row["text"] for row in csv.DictReader(file)}
    return [{"text": texts[mark], **said} for mark, said in labels.items() if mark in texts]


def sentiment_read(root: Path, language: str) -> list[tuple[str, int, int]]:
    """(text, its annotation, what `labels/development/sentiment.tsv` says) of validation texts, "fr" or "en"."""
    labels = {}
    for line in (HERE / "labels/development/sentiment.tsv").read_text(encoding="utf-8").splitlines():
        mark, lang, said = line.split("\t")
        if lang == language:
            labels[mark] = SENTIMENTS.index(said)
    pairs = umsab(root, "french", "val") if language == "fr" else semeval(root)
    found = {digest(text): (text, label) for text, label in pairs}
    return [(*found[mark], said) for mark, said in labels.items() if mark in found]


def forbidden(root: Path) -> set[str]:
    """Keys of every text that some figure is measured on."""
    held: set[str] = set()
    for folder in sorted((root / "umsab").iterdir()):
        if folder.is_dir() and folder.name != "all":
            held |= {key(text) for text, _ in umsab(root, folder.name, "test")}
    held |= {key(text) for text, _ in tweeteval(root, "sentiment", "val")}
    held |= {key(text) for text, _ in tweeteval(root, "offensive", "test")}
    for language in ("en", "fr"):
        for row in intents(root, language):
            held.add(key(row["text"]))
            # Experiences are "title — text" there, text alone in the source.
            held.add(key(row["text"].partition(" — ")[2] or row["text"]))
    held |= {key(row["text"]) for part in ("heldout", "valid") for row in written(part)}
    held.discard("")
    return held
