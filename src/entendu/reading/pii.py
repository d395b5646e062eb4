"""Personal data in public text: found by form and checksum, masked where the rules of an organisation say so.

Cards (ISO/IEC 7812, Luhn), IBAN (ISO 13616, mod 97), French social security numbers (NIR, key 97), telephone numbers,
e-mail addresses, and numbers of orders or files that stand after such a word. No names: no checksum tells a name.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

Kind = Literal["email", "iban", "card", "nir", "phone", "order"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """Characters [start, end) of the text hold personal data of this kind. `confidence` in [0, 1]: near 1 where a
    checksum proves it."""

    kind: Kind
    start: int
    end: int
    confidence: float = 1.0


_DIGIT = re.compile(r"\d")
# How few its pattern takes: most texts with a digit hold no more than a year or a price.
_LEAST_DIGITS = {"iban": 2, "card": 13, "nir": 12, "phone": 6}
_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,])(?:\d[ -]?){12,18}\d(?![\w])(?![.,]\d)")
_NIR = re.compile(
    r"(?<!\w)[12378][ .-]?\d{2}[ .-]?\d{2}[ .-]?(?:\d{2}|2[ABab])[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}(?!\w)"
)
_PHONE = re.compile(
    r"(?<![\w.,/+-])(?:"
    r"(?:\+|00)[1-9]\d{0,2}[ .-]?(?:\(0\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"  # international
    r"|0[1-9](?:[ .-]?\d{2}){4}"  # France
    r"|0\d{1,2}[ /.]\d{2,3}(?:[ .]\d{2}){2}|04\d{2}[ /.]\d{2}(?:[ .]?\d{2}){2}"  # Belgium
    r"|\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}"  # North America
    r"|07\d{3}[ -]?\d{6}|020[ -]?\d{4}[ -]?\d{4}"  # United Kingdom
    r"|7[05678][ .-]\d{3}[ .-]\d{2}[ .-]\d{2}"  # Senegal
    r")(?![\w])(?![.,]\d)"
)
_ORDER = re.compile(
    r"\b(?:commandes?|orders?|dossiers?|r[ée]f(?:[ée]rences?)?|ref|reference|contrats?|contract|clients?|customer|account"
    r"|tickets?|booking|r[ée]servations?|colis|parcel|tracking|suivi|facture|invoice|case|claim|num[ée]ro|number)\b\.?"
    r"(?:\s*(?:n[°ºo]\.?|number|no\.?|num[ée]ro|id|is|est|le|de|#|:|=|-)){0,3}\s*[:#]?\s*"
    r"(?P<number>(?=[\w-]*\d[\w-]*\d[\w-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,29})(?![\w-])",
    re.IGNORECASE,
)

# Length of the whole number by country.
# fmt: off
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BJ": 28, "BF": 28, "CH": 21, "CI": 28, "CM": 27,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DZ": 26, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MA": 28, "MC": 27, "MG": 27, "ML": 28, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SN": 28, "TN": 24, "TR": 26,
}
# fmt: on


def luhn(digits: str) -> bool:
    """Whether a card number's last digit is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(text: str) -> bool:
    """Whether the two check digits, and for known countries the length, are right (ISO 13616-1)."""
    bare = re.sub(r"[ -]", "", text).upper()
    if IBAN_LENGTHS.get(bare[:2], 0) != len(bare):
        return False
    turned = bare[4:] + bare[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def nir(text: str) -> bool:
    """Whether a social security number has its right key: 97 minus the thirteen first digits modulo 97."""
    bare = re.sub(r"[ .-]", "", text).upper()
    number = bare[:13].replace("2A", "19").replace("2B", "18")
    month = int(bare[3:5])
    return (1 <= month <= 12 or 20 <= month <= 99) and 97 - int(number) % 97 == int(bare[13:])


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return digits[0] in "23456" and len(set(digits)) > 1 and luhn(digits)


def _phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 8 <= len(digits) <= 15 and len(set(digits)) > 2


# Of what is found so, how much is so: a checksum of two digits errs once in a hundred.
_CONFIDENCE: dict[Kind, float] = {
    "email": 0.98, "iban": 0.99, "nir": 0.99, "card": 0.95, "phone": 0.85, "order": 0.7,
}  # fmt: skip
_FEWEST_DIGITS = {"iban": 10, "nir": 13, "card": 13, "phone": 8, "order": 3}

_CHECKS: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("email", _EMAIL, lambda text: ".." not in text),
    ("iban", _IBAN, iban),
    ("nir", _NIR, nir),
    ("card", _CARD, _card),
    ("phone", _PHONE, _phone),
)


def find(text: str, kinds: Collection[str] = KINDS, *, patterns: Collection[str] = ()) -> list[Found]:
    """Personal data in the first `LONGEST_TEXT` characters, in order, without overlap (the surest kind wins).
    `patterns`: how an organisation's own order numbers are written (see `is_pattern`)."""
    text = text[:LONGEST_TEXT]
    taken: list[Found] = []
    for found in [*_own(text, tuple(patterns)), *_candidates(text)]:
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return sorted((found for found in taken if found.kind in kinds), key=lambda found: found.start)


def may_hold(text: str, kinds: Collection[str]) -> bool:
    """A cheap look: False when no personal data of `kinds` can be in the text."""
    if "email" in kinds and "@" in text:
        return True
    least = min((_FEWEST_DIGITS[kind] for kind in kinds if kind in _FEWEST_DIGITS), default=0)
    return bool(least) and sum(map(str.isdigit, text)) >= least


def is_pattern(pattern: str) -> bool:
    """Whether this says how numbers are written: 9 for a digit, A for a letter, any other sign for itself; 4 to 40
    signs, three digits at least. It is no regular expression: no pattern can be slow."""
    return 4 <= len(pattern) <= 40 and pattern.count("9") >= 3 and not any(map(str.isspace, pattern))


def mask(text: str, kinds: Collection[str] = KINDS, *, patterns: Collection[str] = ()) -> str:
    """The text with each find replaced by its kind in brackets: "[card]", "[email]"."""
    parts, at = [], 0
    for found in find(text, kinds, patterns=patterns):
        parts += [text[at : found.start], f"[{found.kind}]"]
        at = found.end
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=256)
def _own_numbers(pattern: str) -> re.Pattern[str]:
    signs = {"9": r"\d", "A": "[A-Za-z]"}
    return re.compile(rf"(?<!\w){''.join(signs.get(sign, re.escape(sign)) for sign in pattern)}(?!\w)")


def _own(text: str, patterns: tuple[str, ...]) -> Iterator[Found]:
    for pattern in patterns:
        for match in _own_numbers(pattern).finditer(text):
            yield Found("order", match.start(), match.end(), _CONFIDENCE["card"])


def _candidates(text: str) -> Iterator[Found]:
    digits = len(_DIGIT.findall(text))
    for kind, pattern, check in _CHECKS:
        if not ("@" in text if kind == "email" else digits >= _LEAST_DIGITS[kind]):
            continue
        for match in pattern.finditer(text):
            yield from _checked(kind, match.group(0), match.start(), check)
    if digits:
        for match in _ORDER.finditer(text):
            yield Found("order", match.start("number"), match.end("number"), _CONFIDENCE["order"])


def _checked(kind: Kind, text: str, start: int, check: Callable[[str], bool]) -> Iterator[Found]:
    """A match, or the longest beginning of it that passes: a number may be followed by an unrelated group."""
    ends = [len(text)]
    if kind in ("iban", "card"):
        ends += [spot.start() for spot in reversed(list(re.finditer(r"[ -]", text)))]
    for end in ends:
        part = text[:end]
        if (
            (kind != "card" or sum(map(str.isdigit, part)) >= 13)
            and (kind != "iban" or end >= 15)
            and check(part)
        ):
            yield Found(kind, start, start + end, _CONFIDENCE[kind])
            return
