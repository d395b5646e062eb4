"""Writes `folds.txt`, the one table of what each code point becomes. Run by hand: `python -m
entendu.reading.write_folds`.

The table is a file, not a computation at start-up, for two reasons: texts indexed under one Python (one
Unicode version) must fold alike under the next, and the C matcher and the Python one must read the very same
table.

Lines, code points in hexadecimal, whatever is not listed separates words:
    r FIRST LAST CLASS        the code points FIRST..LAST stay as they are and have the class
    m FIRST LAST TARGET       FIRST+i becomes TARGET+i
    f CODE TARGET [TARGET..]  CODE becomes these
Classes: w part of a word, s a word by itself (Han, kana, Hangul, Thai, emoji ...), d dropped (accents,
joiners), g a sign that may open a tag (# @ $), cs and cd: composed with its neighbour first; alone it is s or
d.
"""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).with_name("folds.txt")
LONGEST = 4  # code points that one code point may become

SIGNS = {0x23, 0x24, 0x40}
COMPOSED = [(0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FB), (0xFFA0, 0xFFDC)]
COMPOSED_MARKS = {0x3099, 0x309A, 0xFF9E, 0xFF9F}
# Scripts written without spaces: a word is found as a run of its characters, as a phrase.
SINGLES = [
    *[
        (0x0E00, 0x0EFF),
        (0x1000, 0x109F),
        (0x1780, 0x17FF),
        (0x19E0, 0x19FF),
        (0x3005, 0x3007),
        (0x3021, 0x3029),
    ],
    *[
        (0x3031, 0x3035),
        (0x3038, 0x303C),
        (0x3040, 0x30FF),
        (0x3100, 0x318F),
        (0x31A0, 0x31BF),
        (0x31F0, 0x31FF),
    ],
    *[
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xA000, 0xA48C),
        (0xAC00, 0xD7A3),
        (0xF900, 0xFAFF),
        (0x20000, 0x3FFFD),
    ],
]
EMOJI = [(0x2190, 0x23FF), (0x25A0, 0x27BF), (0x2900, 0x297F), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF)]
EMOJI_ODD = {0x203C, 0x2049, 0x3030, 0x303D, 0x3297, 0x3299}
NOISE = {
    0xA9,
    0xAE,
    0x2120,
    0x2122,
    0xB0,
}  # (c) (r) SM TM and the degree sign say nothing of the word they follow
# Letters that Unicode does not decompose but that people type without their stroke, and Persian forms of
# Arabic ones.
BY_HAND = dict(
    zip("øđðłħıŧىیک", "oddlhitييك", strict=True),
    þ="th",
    œ="oe",
    æ="ae",
)


def _within(code: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in spans)


def _is_accent(char: str) -> bool:
    """Marks that a writer may leave out: Latin, Greek, Cyrillic accents, Arabic and Hebrew vowels, the
    nukta."""
    if unicodedata.category(char) not in ("Mn", "Me"):
        return False
    order = unicodedata.combining(char)
    shown = ord(char)
    selector = (
        0xFE00 <= shown <= 0xFE0F or 0xE0100 <= shown <= 0xE01EF or shown in (0x034F, 0x180B, 0x180C, 0x180D)
    )
    return selector or order == 7 or 10 <= order <= 36 or order >= 200 or unicodedata.category(char) == "Me"


def _plain_class(code: int) -> str:
    """The class of a code point that stays as it is; '' for one that separates words."""
    char = chr(code)
    category = unicodedata.category(char)
    if code in SIGNS:
        return "g"
    if code in COMPOSED_MARKS:
        return "cd"
    if _within(code, COMPOSED):
        return "cs"
    if code in NOISE or category in ("Cs", "Co", "Cc") or code == 0x200B or code & 0xFFFE == 0xFFFE:
        return ""
    if 0xFDD0 <= code <= 0xFDEF:
        return ""
    if category == "Cf" or _is_accent(char) or 0x1F3FB <= code <= 0x1F3FF or code == 0x0640:
        return "d"
    if code in EMOJI_ODD or (_within(code, EMOJI) and category in ("So", "Cn", "Sm", "Sk", "Po", "Pd")):
        return "s"
    if category[0] in "LNM" or category == "Cn" or char == "_":
        return "s" if _within(code, SINGLES) else "w"
    return ""


def _folded(char: str) -> str:
    """Case, accents, compatibility forms and digits of all scripts folded, until nothing changes any more."""
    current = char
    for _ in range(6):
        parts = []
        for one in unicodedata.normalize("NFKD", BY_HAND.get(current, current)):
            if unicodedata.category(one) == "Nd":
                parts.append(str(unicodedata.digit(one)))
            elif not _is_accent(one):
                parts.append(BY_HAND.get(one.casefold(), one.casefold()))
        after = unicodedata.normalize("NFC", "".join(parts))
        if after == current:
            break
        current = after
    return current


def _target(code: int) -> tuple[str, str]:
    """(class, what it becomes) of one code point."""
    char = chr(code)
    own = _plain_class(code)
    if own in ("g", "cs", "cd", "d"):
        return own, char
    if code in NOISE or 0xD800 <= code <= 0xDFFF:
        return "", char
    folded = _folded(char)
    classes = {_plain_class(ord(one)) for one in folded}
    if folded == char or not folded or len(folded) > LONGEST:
        return own, char
    if classes in ({"w"}, {"s"}) or (classes == {"g"} and len(folded) == 1):
        return classes.pop(), folded
    return own, char


def lines() -> Iterator[str]:
    """The lines of the table for the Unicode version of this Python."""
    yield f"# Unicode {unicodedata.unidata_version}; written by write_folds.py, do not edit"
    run: tuple[str, int, int, int] | None = None  # kind or class, first, last, target of first
    for code in range(0x110001):
        if code == 0x110000:
            kind, target = "", ""
        else:
            kind, target = _target(code)
        if target and target != chr(code):
            kind = "m" if len(target) == 1 else "f"
        following = run and run[2] == code - 1 and run[0] == kind
        if following and run and (kind != "m" or ord(target) == run[3] + code - run[1]) and kind != "f":
            run = (run[0], run[1], code, run[3])
            continue
        if run and run[0]:
            yield _line(run)
        run = (kind, code, code, ord(target) if len(target) == 1 else 0)
        if kind == "f":
            yield f"f {code:x} " + " ".join(f"{ord(one):x}" for one in target)
            run = None


def _line(run: tuple[str, int, int, int]) -> str:
    kind, first, last, target = run
    return f"m {first:x} {last:x} {target:x}" if kind == "m" else f"r {first:x} {last:x} {kind}"


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()) + "\n", encoding="ascii")
