"""Folds what a mail repeats: the quoted message, the signature of the telephone. What the person wrote stays.

The library `mail-parser-reply` knows the lines that introduce a quotation, in French and in English. Own
rules add what it misses (Orange, SFR, La Poste; "Mail original"; the signatures of telephones) and what it
cuts wrongly: answers written between the quoted lines stay with them, a forwarded message is content, and
pasted lines ("Date: …") are no quotation. Everything works on lines, in linear time; the library
sees short windows only.
"""

import re
from functools import cache

from mailparser_reply.parser import EmailMessage

MAX_TEXT = 1_000_000  # characters
_SHORT_QUOTE = 5  # lines: an answer under a short quotation is read with it

_QUOTED = re.compile(r"[ \t]*>")
_WROTE = re.compile(r"(\bwrote|(?<!['’])(?<!nous )(?<!vous )\ba ([ée]crit))\s?:\s*$", re.IGNORECASE)
_STARTS_WROTE = re.compile(r"[> ]*(le|on)\s.*\d", re.IGNORECASE)
_SENDER = re.compile(r"<[^<>@\s]{1,64}@[^<>\s]{1,253}>")
_SEPARATOR = re.compile(
    r"[> ]*([-_=]{2,}\s*(original message|message d['’ ]origine|mail original|message original)\s*[-_=]{2,}"
    r"|_{20,}\s*$|message du \d{1,2}/\d{1,2}/\d{2,4})",
    re.IGNORECASE,
)
_FROM_LINE = re.compile(r"[>* ]*(de|from|expéditeur)[* ]?\s?:[* ]*\S", re.IGNORECASE)
_OTHER_LINE = re.compile(
    r"[>* ]*(envoyé|sent|date|à|a|to|pour|destinataire|cc|copie|objet|subject|sujet|reply-to)[* ]?\s?:",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-_> ]*(forwarded message|message transféré|début du message (transféré|réexpédié)"
    r"|begin forwarded message)",
    re.IGNORECASE,
)
_MOBILE = re.compile(
    r"((envoyé|expédié|télécharg\w+|obtenez|sent|get|provenance|enviado)\b.{0,30}"
    r"\b(iphone|ipad|smartphone|mobile|téléphone|portable|android|samsung|galaxy|xiaomi|redmi|huawei|pixel"
    r"|nokia|oneplus|oppo|blackberry|outlook|yahoo mail|gmail|bluemail|orange|sfr|bouygues|free|la ?poste"
    r"|proton ?mail|appareil|device|courrier|mail for windows|courrier pour windows)\b.{0,80}"
    r"|sent from my \w+.{0,40}|envoyé de mon \w+.{0,40}|envoyé depuis mon \w+.{0,40})$",
    re.IGNORECASE,
)


def fold(text: str) -> tuple[str, str]:
    """(what the person wrote, what is folded) of the plain text of a mail, both at most 1,000,000 characters.

    The first is empty only if `text` is blank: a mail that only quotes, or only forwards, is shown whole.
    """
    lines = [line.rstrip() for line in text[:MAX_TEXT].splitlines()]
    cut = _quotation_starts(lines)
    head, tail = lines[:cut], lines[cut:]
    if any(line.strip() for line in tail) and _answers_inside(tail):
        head, tail = _without_header(lines, cut)
    head, quoted_end = _split_trailing_quote(head)
    head, signature = _split_signature(head)
    said = "\n".join(head).strip("\n")
    if not said.strip():
        return "\n".join(lines).strip("\n"), ""
    rest = [*signature, *quoted_end, *tail]
    return said, "\n".join(rest).strip("\n")


@cache
def _library_pattern() -> re.Pattern[str]:
    pattern: re.Pattern[str] = EmailMessage(text="", languages=["fr", "en"]).HEADER_REGEX
    return pattern


def _quotation_starts(lines: list[str]) -> int:
    """The number of the line that introduces the quoted message; the number of lines if none does."""
    for number, line in enumerate(lines):
        if _FORWARDED.match(line):
            return len(lines)
        if _SEPARATOR.match(line) and _is_separator(lines, number):
            return number
        if _FROM_LINE.match(line) and _is_header_block(lines, number):
            return number
        if _WROTE.search(line):
            start = _introduction(lines, number)
            if start is not None:
                return start
    return len(lines)


def _is_separator(lines: list[str], number: int) -> bool:
    # A line of underscores alone may be decoration: it counts if a header block follows.
    if "_" * 20 not in lines[number]:
        return True
    following = next((at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].strip()), None)
    return following is not None and bool(_FROM_LINE.match(lines[following]))


def _is_header_block(lines: list[str], number: int) -> bool:
    others = [line for line in lines[number + 1 : number + 8] if _OTHER_LINE.match(line)]
    return len(others) >= 2


def _introduction(lines: list[str], number: int) -> int | None:
    """Where "On …, someone wrote:" starts, which clients wrap over up to three lines."""
    first = max(0, number - 2)
    window = [line.strip()[:300] for line in lines[first : number + 1]]
    match = _library_pattern().search("\n".join(window))
    if match:
        return first + "\n".join(window)[: match.start()].count("\n")
    for start in range(first, number + 1):
        if _STARTS_WROTE.match(lines[start][:300]) and all(lines[at].strip() for at in range(start, number)):
            return start
    return number if _SENDER.search(lines[number][-300:]) else None


def _answers_inside(tail: list[str]) -> bool:
    """Whether the person wrote between or under the quoted lines of `tail`."""
    seen_quote = False
    for at, line in enumerate(tail):
        if _QUOTED.match(line):
            seen_quote = True
        elif seen_quote and line.strip():
            rest, _ = _split_signature(tail[at:])
            return any(other.strip() and not _QUOTED.match(other) for other in rest)
    return False


def _without_header(lines: list[str], cut: int) -> tuple[list[str], list[str]]:
    """(kept, folded): what introduces the quotation goes, and a long quotation above a single answer."""
    body = cut
    while body < len(lines) and not (_QUOTED.match(lines[body]) and not _WROTE.search(lines[body])):
        body += 1
    end = body
    while end < len(lines) and (_QUOTED.match(lines[end]) or not lines[end].strip()):
        end += 1
    answered_once = not any(_QUOTED.match(line) for line in lines[end:])
    if answered_once and end - body > _SHORT_QUOTE:
        body = end
    return [*lines[:cut], *lines[body:]], lines[cut:body]


def _split_trailing_quote(lines: list[str]) -> tuple[list[str], list[str]]:
    end = len(lines)
    while end and (_QUOTED.match(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    return lines[:end], lines[end:]


def _split_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cuts "-- " and what follows it, and the last lines that a telephone added."""
    for number, line in enumerate(lines):
        if line in ("--", "-- ") and len(lines) - number <= 20:
            return lines[:number], lines[number:]
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    for number in range(max(0, end - 3), end):
        if _MOBILE.match(lines[number].strip()[:200]):
            start = number
            break
    return (lines[:start], lines[start:]) if start < end else (lines, [])
