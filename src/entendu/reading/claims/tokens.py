"""Text to words that keep their place: what the matcher of announcements counts, and what a page can highlight."""

import re
from dataclasses import dataclass

from entendu.kit.fold import fold

LONGEST_TEXT = 2_000
MOST_TOKENS = 300
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[€£$%]|[.!?;:…]+|[«»\"“”]")
_END = frozenset(".!?;:…")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its folded form and as it is written (lower case), its characters [start, end) of the text, and the
    number of its clause."""

    form: str
    written: str
    start: int
    end: int
    clause: int


def tokens(text: str) -> list[Token]:
    """The words, numbers and money signs of the first LONGEST_TEXT characters, at most MOST_TOKENS. Marks are not
    kept: they end a clause."""
    found: list[Token] = []
    clause = 0
    for match in _WORD.finditer(text[:LONGEST_TEXT]):
        form = match.group()
        if form[0] in _END:
            clause += 1
            continue
        if form in '«»"“”':
            continue
        found.append(Token(fold(form), form.lower(), match.start(), match.end(), clause))
        if len(found) == MOST_TOKENS:
            break
    return found
