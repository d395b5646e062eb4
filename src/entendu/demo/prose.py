"""Texts out of patterns: "[one|another] {slot}". Every choice comes from the message's own seed."""

import re
from random import Random
from typing import Any

CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
CONTRACTED = re.compile(r"\b(de|à) le (?=[a-zé])", re.IGNORECASE)
SLOT = re.compile(r"\{(\w+)\}")


def told(pattern: str, slots: dict[str, str], dice: Random) -> str:
    """`pattern` with one of each [a|b|c] chosen, then its {slots} filled."""
    chosen = CHOICE.sub(lambda match: dice.choice(match[1].split("|")), pattern)
    return capital(CONTRACTED.sub(_contracted, SLOT.sub(lambda match: slots.get(match[1], match[0]), chosen)))


def _contracted(match: re.Match[str]) -> str:
    return {"de": "du ", "à": "au ", "De": "Du ", "À": "Au "}.get(match[1], "du ")


def capital(text: str) -> str:
    """The first letter as a capital, unless the writer begins with a sign or writes in lower case on purpose."""
    return text[:1].upper() + text[1:] if text[:3] in ("le ", "la ", "un ") or text[:4] == "une " else text


def slots_for(language: str, place: Any, words: dict[str, Any], dice: Random) -> dict[str, str]:
    """Values for the slots of one message: a product, a shop, a price in its money, numbers."""
    mine = words[language]
    product, one = dice.choice(mine["products"])
    euros = place.country == "FR"
    amount = f"{dice.choice((1, 2, 3, 3, 4, 4, 5, 6))}{dice.choice(('20', '45', '60', '80', '95'))}"
    whole, cents = amount[:-2], amount[-2:]
    money = "€" if euros else "$"
    return {
        "le": product,
        "un": one,
        "prod": product,
        "a": one,
        "shop": place.name,
        "city": place.city,
        "prix": f"{whole},{cents} {money}" if language == "fr" else f"{whole}.{cents} {money}",
        "n": str(dice.choice((6, 8, 10, 12, 15, 20, 25, 30, 40))),
        "n2": str(dice.randint(4, 9)),
        "num": str(dice.randint(18000, 21900)),
        "tag": dice.choice(mine["tags"]),
        "word": dice.choice(words["word"]),
    }


def worn(text: str, language: str, words: dict[str, Any], dice: Random) -> str:
    """`text` as people type on a telephone: now and then lower case, without accents, or with a sign at the end."""
    chance = dice.random()
    if chance < 0.08:
        return text.lower()
    if chance < 0.12 and language == "fr":
        return text.translate(str.maketrans("éèêàâùûîôç", "eeeaauuioc"))
    if chance < 0.24:
        return text.rstrip(".") + str(dice.choice(words[language]["noise"]))
    return text
