"""Gathers, per head, the examples that may be trained on, and those kept for setting thresholds."""

import random
from pathlib import Path

from training import data
from training.data import INTENTS, SENTIMENTS, URGENCIES, Example, digest

# banking77 categories that ask how something works, rather than tell of something that failed.
ASKING = frozenset(
    (
        "age_limit",
        "apple_pay_or_google_pay",
        "atm_support",
        "automatic_top_up",
        "card_acceptance",
        "card_delivery_estimate",
        "card_linking",
        "country_support",
        "disposable_card_limits",
        "exchange_rate",
        "exchange_via_app",
        "fiat_currency_support",
        "get_disposable_virtual_card",
        "get_physical_card",
        "getting_spare_card",
        "getting_virtual_card",
        "order_physical_card",
        "supported_cards_and_currencies",
        "top_up_limits",
        "visa_or_mastercard",
        "verify_source_of_funds",
        "transfer_timing",
        "edit_personal_details",
        "change_pin",
        "activate_my_card",
        "why_verify_identity",
        "receiving_money",
    )
)
FAILING = frozenset(
    ("card_not_working", "contactless_not_working", "virtual_card_not_working", "transaction_charged_twice")
)


def from_written(rows: list[dict[str, object]], weight: float) -> list[Example]:
    found = []
    for row in rows:
        urgency = str(row["urgency"])
        labels = {
            "sentiment": SENTIMENTS.index(str(row["sentiment"])),
            "intent": INTENTS.index(str(row["intent"])),
            "disappointed": int(str(row["disappointed"])),
            "offensive": int(str(row["offensive"])),
            "safety": int(urgency == "safety"),
            "urgency": URGENCIES.index("high" if urgency == "safety" else urgency),
        }
        found.append(Example(str(row["text"]), labels, weight, "written"))
    return found


def _sentiment(root: Path) -> list[Example]:
    found = [
        Example(text, {"sentiment": label}, 1.0, f"umsab-{language}")
        for language in data.UMSAB_TRAINED
        for text, label in data.umsab(root, language, "train")
    ]
    found += [Example(text, {"sentiment": label}, 1.0, "semeval") for text, label in data.semeval(root)]
    return found


def _services(root: Path) -> list[Example]:
    """French experiences: what their writers ticked says sentiment well, intent mostly."""
    found = []
    for row in data.public_services(root):
        text = f"{row['title']} — {row['text']}"
        if row["feeling"] == "Positif":
            labels = {"sentiment": 2, "intent": INTENTS.index("praise"), "urgency": 0, "disappointed": 0}
        elif row["feeling"] == "Négatif":
            labels = {"sentiment": 0, "intent": INTENTS.index("complaint"), "urgency": 1}
        else:
            labels = {}
        found.append(Example(text, labels | {"offensive": 0}, 0.7, "services"))
    return found


def _asking(root: Path, chooser: random.Random) -> list[Example]:
    found = []
    for text, category in data.banking(root):
        if category in ASKING:
            intent = "question"
        elif category in FAILING:
            intent = "complaint"
        else:
            continue
        labels = {"intent": INTENTS.index(intent), "urgency": 1, "offensive": 0}
        found.append(Example(text, labels, 0.2, "banking"))
    return chooser.sample(found, min(1_000, len(found)))


def _chat(root: Path, chooser: random.Random) -> list[Example]:
    """Tweets of no particular subject are mostly no one's business: weak "other"."""
    weak = {"intent": INTENTS.index("other"), "urgency": 0, "disappointed": 0, "safety": 0}
    french = [text for text, _ in data.umsab(root, "french", "train")]
    english = chooser.sample([text for text, _ in data.semeval(root)], 300)
    return [Example(text, dict(weak), 0.1, "chat") for text in french + english]


def _offence(root: Path) -> list[Example]:
    found = [
        Example(text, {"offensive": label}, 1.0, "offence")
        for text, label in data.tweeteval(root, "offensive", "train")
    ]
    for text, label in data.umsab(root, "french", "train"):
        if label > 0:
            found.append(Example(text, {"offensive": 0}, 0.5, "offence"))
    return found


def _let_down(root: Path) -> list[Example]:
    found = []
    for text, emotions in data.goemotions(root):
        if emotions == {"disappointment"}:
            found.append(Example(text, {"disappointed": 1}, 0.3, "goemotions"))
        elif emotions & {"anger", "annoyance", "disgust", "curiosity", "admiration"} and len(emotions) == 1:
            found.append(Example(text, {"disappointed": 0}, 0.1, "goemotions"))
    return found


def _ours(root: Path) -> list[Example]:
    """Public texts that the project labelled itself; the labels are kept without the texts.

    Those that are no organisation's business are many: their source is "aside", and one pass shows them once.
    """
    labels = data.read_by_us(root)
    pool = [text for language in ("french", "english") for text, _ in data.umsab(root, language, "train")]
    pool += [text for text, _ in data.semeval(root)]
    pool += [
        text for task in ("irony", "emotion", "offensive") for text, _ in data.tweeteval(root, task, "train")
    ]
    pool += data.emoji(root) + [text for text, _ in data.goemotions(root)]
    pool += [f"{row['title']} — {row['text']}" for row in data.public_services(root)]
    found = []
    for text in pool:
        mark = labels.pop(digest(text), None)
        if mark is None:
            continue
        intent, urgency, disappointed, *doubt = mark
        said = {
            "intent": INTENTS.index(intent),
            "urgency": URGENCIES.index("high" if urgency == "safety" else urgency),
            "safety": int(urgency == "safety"),
            "disappointed": int(disappointed),
        }
        aside = intent == "other" and urgency == "none"
        found.append(Example(text, said, 0.5 if doubt else 1.0, "aside" if aside else "ours"))
    return found


def training(root: Path, seed: int = 0) -> list[Example]:
    """All that may be trained on, in a fixed order."""
    chooser = random.Random(seed)
    ours = _ours(root)
    read = {digest(example.text) for example in ours}
    found = _sentiment(root) + _offence(root) + _let_down(root) + _asking(root, chooser)
    found += [
        example for example in _services(root) + _chat(root, chooser) if digest(example.text) not in read
    ]
    found += ours + from_written(data.written("train"), 2.0)
    held = data.forbidden(root)
    kept = []
    for example in found:
        mark = data.key(example.text)
        tail = data.key(example.text.partition(" — ")[2])
        if mark and mark not in held and (not tail or tail not in held):
            kept.append(example)
    return kept


def validation(root: Path) -> dict[str, list[Example]]:
    """Sentiment and offence texts on which thresholds and temperatures are set; disjoint from `training` by
    `split`.
    """
    held = data.forbidden(root)
    french = [
        Example(text, {"sentiment": label}, 1.0, "umsab-french-val")
        for text, label in data.umsab(root, "french", "val")
        if data.key(text) not in held
    ]
    offence = [
        Example(text, {"offensive": label}, 1.0, "offence-val")
        for text, label in data.tweeteval(root, "offensive", "val")
    ]
    return {"french": french, "offence": offence}


def split(examples: list[Example], share: int = 20) -> tuple[list[Example], list[Example]]:
    """(train, validation): one text in `share` goes to validation, chosen by its own digest, so the same
    every time.
    """
    train, kept = [], []
    for example in examples:
        (kept if int(digest(example.text), 16) % share == 0 else train).append(example)
    return train, kept
