"""Text to piece numbers: the unigram vocabulary of XLM-R, pruned to French, English and their neighbours.

The best cut of a word is the one whose pieces have the highest sum of log-probabilities (Viterbi; Kudo 2018,
"Subword Regularization", section 3.1). Words are cut one by one and remembered, since few words make most of a text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from entendu.reading import words

START, PAD, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = 4
_MARK = "\u2581"
# Whom a text speaks to and where it points say nothing of what it says: with them, a model takes every text that
# mentions somebody for idle talk, since most tweets are.
_IDLE = re.compile(r"https?://\S+|www\.\S+|\bhttps?\b|@\w+")
_LONGEST_WORD = 64
GROUP = 4  # pieces of one word that are read as one
_MEMORY_LIMIT = 200_000


class Subwords:
    """`encode` is a pure function of its text; the word memory only saves time."""

    def __init__(self, pieces: Sequence[tuple[str, float]], normal: Mapping[int, str]) -> None:
        """Pieces with their log-probabilities, in the order of their numbers; what each code point becomes."""
        self._numbers = {
            piece: (number, score) for number, (piece, score) in enumerate(pieces) if number >= SPECIAL
        }
        self._normal = dict(normal)
        # By their first two signs, how long the longest piece is: hardly a start of a word begins a long one.
        self._longest: dict[str, int] = {}
        for piece in self._numbers:
            self._longest[piece[:2]] = max(len(piece), self._longest.get(piece[:2], 0))
        self._unknown_score = min(score for _, score in self._numbers.values()) - 10.0
        self._memory: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, limit: int) -> list[int]:
        """Numbers of one text, without mentions and addresses, between START and END: at most `limit` in all."""
        numbers = [START]
        for word in self._words(text):
            numbers += word
            if len(numbers) >= limit - 1:
                del numbers[limit - 1 :]
                break
        numbers.append(END)
        return numbers

    def groups(self, text: str, limit: int) -> list[tuple[int, ...]]:
        """The same pieces word by word, at most GROUP together and `limit` in all; a text without any has START."""
        found: list[tuple[int, ...]] = []
        for word in self._words(text):
            word = word[:limit]
            limit -= len(word)
            if len(word) <= GROUP:
                found.append(word)
            else:
                found += [word[at : at + GROUP] for at in range(0, len(word), GROUP)]
            if limit <= 0:
                break
        return found or [(START,)]

    def _words(self, text: str) -> Iterator[tuple[int, ...]]:
        memory = self._memory
        if len(memory) > _MEMORY_LIMIT:
            memory.clear()
        for word in _IDLE.sub(" ", words.tidy(text)).translate(self._normal).split(" "):
            if word:
                known = memory.get(word)
                if known is None:
                    known = memory[word] = self._cut(_MARK + word[:_LONGEST_WORD])
                yield known

    def _cut(self, word: str) -> tuple[int, ...]:
        size = len(word)
        best = [float("-inf")] * (size + 1)
        best[0] = 0.0
        came: list[tuple[int, int]] = [(0, UNKNOWN)] * (size + 1)
        find, longest = self._numbers.get, self._longest.get
        for start in range(size):
            here = best[start]
            # A piece of one sign begins with no two.
            furthest = min(size, start + longest(word[start : start + 2], 1))
            for end in range(start + 1, furthest + 1):
                piece = find(word[start:end])
                if piece is not None and here + piece[1] > best[end]:
                    best[end] = here + piece[1]
                    came[end] = (start, piece[0])
            if here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                came[start + 1] = (start, UNKNOWN)
        numbers: list[int] = []
        end = size
        while end:
            end, number = came[end]
            # Unknown neighbours say no more than one.
            if not (number == UNKNOWN and numbers and numbers[-1] == UNKNOWN):
                numbers.append(number)
        return tuple(reversed(numbers))
