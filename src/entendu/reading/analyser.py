"""The one analyser: which words a text holds. The matchers, the stored search and the editor all read texts
with it.

- Case, accents, compatibility forms (full-width, ligatures, styled letters), œ, æ, ß and the digits of every
  script are folded, by the table `folds.txt`, the same under every version of Python.
- Apostrophes, hyphens and other punctuation separate words: `l’Oréal` and `L'OREAL` are both `l`, `oreal`.
- Han, kana, Hangul, Thai, Lao, Khmer, Burmese: each character is a word, so that a name is found as a phrase,
  without a dictionary. Each emoji is a word; skin tones, variation selectors and joiners are dropped.
- `#`, `@` or `$` right before a word and not right after one make a tag: `#SNCF` is the word `sncf`, and the
  text also has the tag `#sncf`. So the query `sncf` finds `#SNCF`, and the query `#sncf` finds tags alone.
- A word keeps its first 64 code points, a text its first 16,000 words.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAX_WORD = 64  # code points
MAX_WORDS = 16_000  # PostgreSQL knows positions up to 16,383
SIGNS = "#@$"
FTS5_TOKENIZE = "ascii tokenchars '_#@$'"
_TABLE = Path(__file__).with_name("folds.txt")

_AROUND_SINGLE = (
    "\x1f"  # stands on both sides of a character that is a word by itself; white space for str.split
)
_TO_COMPOSE = "\x1e"
_TAG = re.compile(r"(?<![^ \x1f#@$])([#@$])\x1f?([^ \x1f#@$]+)")
_WORD = re.compile(r"[^ \x1f#@$]+")
_COMPOSABLE = re.compile(
    ".?[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7fb\uffa0-\uffdc\u3099\u309a\uff9e\uff9f]+", re.DOTALL
)
_NO_SIGNS = str.maketrans(dict.fromkeys(SIGNS, " "))


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: folded, the sign of its tag ("" , "#", "@", "$"), and where it stands in the
    original."""

    text: str
    sign: str
    start: int
    end: int


class _Folds(dict[int, str | None]):
    """What each code point becomes, for str.translate; filled as code points are met."""

    def __init__(self, composed: bool) -> None:
        super().__init__()
        self._composed = composed
        self._classes = fold_classes()
        self._firsts = [first for first, _, _ in self._classes]
        for code, target in fold_targets().items():
            self[code] = self._shown(target)

    def __missing__(self, code: int) -> str | None:
        shown = self[code] = self._shown(chr(code))
        return shown

    def _shown(self, target: str) -> str | None:
        kind = self._class(ord(target[0]))
        if kind in ("cs", "cd") and not self._composed:
            return _TO_COMPOSE
        if kind in ("w", "g"):
            return target
        if kind in ("s", "cs"):
            return "".join(f"{_AROUND_SINGLE}{one}{_AROUND_SINGLE}" for one in target)
        return None if kind in ("d", "cd") else " "

    def _class(self, code: int) -> str:
        at = bisect_right(self._firsts, code) - 1
        return self._classes[at][2] if at >= 0 and code <= self._classes[at][1] else ""


def _rows() -> list[list[str]]:
    return [line.split() for line in _TABLE.read_text(encoding="ascii").splitlines() if line[0] != "#"]


@cache
def fold_classes() -> list[tuple[int, int, str]]:
    """(first, last, class) of the code points that stay as they are, ascending; see `write_folds` for the
    classes."""
    return [(int(row[1], 16), int(row[2], 16), row[3]) for row in _rows() if row[0] == "r"]


@cache
def fold_targets() -> dict[int, str]:
    """What the other code points become: 1 to 4 characters that stay as they are."""
    targets: dict[int, str] = {}
    for kind, *numbers in _rows():
        if kind == "m":
            first, last, target = (int(number, 16) for number in numbers)
            targets.update((first + i, chr(target + i)) for i in range(last - first + 1))
        elif kind == "f":
            targets[int(numbers[0], 16)] = "".join(chr(int(number, 16)) for number in numbers[1:])
    return targets


@cache
def _tables() -> tuple[bytes, _Folds, _Folds]:
    folds = _Folds(composed=False)
    ascii_table = bytes(ord(folds[code] or " ") if code < 128 else 0x20 for code in range(256))
    return ascii_table, folds, _Folds(composed=True)


def compose(text: str) -> str:
    """The text with Korean letters and half-width or loose kana marks joined to their neighbours, as one
    writes them."""
    return _COMPOSABLE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)


def _folded(text: str) -> str:
    """The text folded: words and signs, separated by spaces or, around characters that are words, by
    U+001F."""
    ascii_table, folds, composed = _tables()
    if text.isascii():
        return text.encode("ascii").translate(ascii_table).decode("ascii")
    folded = text.translate(folds)
    return compose(text).translate(composed) if _TO_COMPOSE in folded else folded


def analyse(text: str) -> tuple[list[str], list[str]]:
    """The words of a text in order, and its tags ("#sncf") in order, both folded. The fast path of
    `tokens`."""
    folded = _folded(text)
    if "#" in folded or "@" in folded or "$" in folded:
        tags = [sign + word[:MAX_WORD] for sign, word in _TAG.findall(folded)]
        words = folded.translate(_NO_SIGNS).split()
    else:
        tags = []
        words = folded.split()
    if len(folded) > MAX_WORD:
        if max(map(len, words), default=0) > MAX_WORD:
            words = [word[:MAX_WORD] for word in words]
        if len(words) > MAX_WORDS:
            tags = [token.sign + token.text for token in tokens(text) if token.sign]
            del words[MAX_WORDS:]
    return words, tags


def fold_document(text: str) -> str:
    """The words of a text, then its distinct tags sorted, joined by one space: what the stored search
    indexes.

    An FTS5 table with ``tokenize="ascii tokenchars '_#@$'"`` (`FTS5_TOKENIZE`) and the tsvector of
    `entendu.reading.query.tsvector_literal` both index exactly these tokens. Phrases never hold tags, so the
    tags at the end do not disturb them. Keep the string in a column: queries with `*ending` read it.
    """
    words, tags = analyse(text)
    return " ".join(words + sorted(set(tags))) if tags else " ".join(words)


def tokens(text: str) -> list[Token]:
    """The words of a text with their places in it, for highlighting; `analyse` gives the same words,
    faster."""
    shown, places = _placed(text)
    found: list[Token] = []
    for match in _WORD.finditer(shown):
        if len(found) == MAX_WORDS:
            break
        start, end = match.span()
        found.append(
            Token(match[0][:MAX_WORD], _sign_before(shown, start), places[start][0], places[end - 1][1])
        )
    return found


def _sign_before(shown: str, start: int) -> str:
    """The sign that makes a tag of the word at `start`, or ""."""
    at = start - 1
    if at >= 0 and shown[at] == _AROUND_SINGLE:
        at -= 1
    if at < 0 or shown[at] not in SIGNS:
        return ""
    return shown[at] if at == 0 or shown[at - 1] in " \x1f" + SIGNS else ""


def _placed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the (start, end) of what it came from."""
    _, folds, composed = _tables()
    pieces = [(char, at, at + 1) for at, char in enumerate(text)]
    if any(folds[ord(char)] == _TO_COMPOSE for char in text):
        pieces = _composed_pieces(text)
        folds = composed
    shown: list[str] = []
    places: list[tuple[int, int]] = []
    for char, start, end in pieces:
        target = folds[ord(char)] or ""
        shown.append(target)
        places.extend([(start, end)] * len(target))
    return "".join(shown), places


def _composed_pieces(text: str) -> list[tuple[str, int, int]]:
    pieces: list[tuple[str, int, int]] = []
    done = 0
    for run in _COMPOSABLE.finditer(text):
        pieces.extend((text[at], at, at + 1) for at in range(done, run.start()))
        pieces.extend((char, run.start(), run.end()) for char in unicodedata.normalize("NFKC", run[0]))
        done = run.end()
    pieces.extend((text[at], at, at + 1) for at in range(done, len(text)))
    return pieces
