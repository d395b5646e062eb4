"""Made-up posts, articles and queries with the shape of real ones. No text of anyone: words are drawn from syllables,
their frequencies follow Zipf's law with the everyday words of each language on top, posts have tags, handles, links
and emoji. Seeded, so that two machines measure the same thing. A file of real posts can be given instead.
"""

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np

from entendu.reading.analyser import analyse
from entendu.reading.query import Document, Shares
from entendu.reading.query.common import COMMON

LANGUAGES = {"en": 0.42, "fr": 0.22, "es": 0.08, "de": 0.07, "it": 0.06, "pt": 0.06, "ar": 0.05, "hi": 0.04}
_HEADS = tuple("b c d f g l m n p r s t v br cr dr fr gr pl pr tr ch qu st".split())  # noqa: SIM905
_TAILS = tuple("a e i o u ai ou en in on er".split())  # noqa: SIM905
_SYLLABLES = {
    "en": (_HEADS, _TAILS),
    "fr": (_HEADS, (*_TAILS, "é", "è", "ê", "eau", "œu", "ça")),
    "es": (_HEADS, (*_TAILS, "ó", "ña", "í")),
    "de": (_HEADS, (*_TAILS, "ü", "ö", "ä", "uß")),
    "it": (_HEADS, (*_TAILS, "à", "ò")),
    "pt": (_HEADS, (*_TAILS, "ão", "çã")),
    "ar": (tuple("بتجدرسعفقكلمنه"), tuple("اوي")),
    "hi": (tuple("कखगचजटडतदनपबमरलसह"), tuple("ािीेोु")),
}
_EMOJI = ("😀", "😂", "👍", "🎉", "😡", "🚆", "❤️", "🙏", "🔥", "👏🏽")
_WORDS = 40_000  # per language


def _vocabulary(language: str, rng: random.Random) -> list[str]:
    """Words by falling frequency; the everyday words first, in one order for all languages' tables."""
    heads, tails = _SYLLABLES[language]
    latin = heads is _HEADS
    common = [
        word for word in COMMON if word.isascii() == latin and (latin or any(head in word for head in heads))
    ]
    words = dict.fromkeys(rng.sample(common, min(60, len(common))))
    while len(words) < _WORDS:
        size = rng.choice((1, 1, 2, 2, 2, 3))
        words["".join(rng.choice(heads) + rng.choice(tails) for _ in range(size))] = None
        if len(words) > 500 and rng.random() < 0.3:
            words[f"{rng.choice(heads)}{rng.choice(tails)}{rng.choice(heads)}{rng.randint(1, 999)}"] = None
    return list(words)[:_WORDS]


def made_up(count: int, words: float, seed: int = 7) -> list[Document]:
    """`count` documents of about `words` words each (16: a short post of about 100 bytes; 850: an article of 5 kB)."""
    rng = random.Random(seed)
    numbers = np.random.default_rng(seed)
    weights = 1 / (np.arange(_WORDS) + 2.7) ** 1.05
    weights /= weights.sum()
    vocabularies = {language: _vocabulary(language, rng) for language in LANGUAGES}
    languages = rng.choices(list(LANGUAGES), list(LANGUAGES.values()), k=count)
    lengths = np.maximum(3, numbers.lognormal(np.log(words), 0.5, count)).astype(int)
    drawn = numbers.choice(_WORDS, size=int(lengths.sum()), p=weights)
    documents = []
    at = 0
    for language, length in zip(languages, lengths, strict=True):
        vocabulary = vocabularies[language]
        parts = [vocabulary[number] for number in drawn[at : at + length]]
        at += length
        _decorate(parts, vocabulary, rng)
        author = f"u{int(rng.paretovariate(1.1) * 10)}"
        documents.append(Document(" ".join(parts), lang=language, author=author))
    return documents


def _decorate(parts: list[str], vocabulary: list[str], rng: random.Random) -> None:
    """Capitals, tags, handles, links, emoji and punctuation, about as often as people write them."""
    parts[0] = parts[0].capitalize()
    if rng.random() < 0.4:
        parts.insert(0, f"@u{rng.randint(0, 200_000)}")
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
        parts.insert(rng.randint(0, len(parts)), f"#{vocabulary[int(rng.paretovariate(0.6)) % _WORDS]}")
    if rng.random() < 0.2:
        parts.append(rng.choice(_EMOJI))
    for at in range(rng.randint(7, 12), len(parts), 11):
        parts[at] += rng.choice((",", ".", " !", "?", "’s"))
    if rng.random() < 0.3:
        parts.append(f"https://ex.am/{rng.getrandbits(40):x}")


def from_file(path: Path, limit: int) -> list[Document]:
    """Posts of a file, one a line: JSON with text, lang and author, or plain text; .gz is opened."""
    documents = []
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            data = json.loads(line) if line.startswith("{") else {"text": line.strip()}
            documents.append(
                Document(data["text"], data.get("lang") or "", (data.get("author") or "").lower())
            )
            if len(documents) == limit:
                break
    return documents


class QueryMaker:
    """Queries as watchers write them: names of brands, AND what is said of them, NOT what is meant by others.

    9 operands on average. `quiet`: share of brand names that nobody mentions, as most watched names on most days.
    """

    def __init__(
        self, documents: list[Document], quiet: float = 0.955, seed: int = 1, near: bool = False
    ) -> None:
        self._random = random.Random(seed)
        self._quiet = quiet
        self._near = near
        sample = documents[:60_000]
        read = [analyse(document.text)[0] for document in sample]
        counts = Counter(word for words in read for word in set(words))
        plain = [w for w in sorted(counts) if len(w) >= 3 and w not in COMMON and not w.startswith("http")]
        share = {word: counts[word] / len(sample) for word in plain}
        self._middle = [word for word in plain if 0.0006 <= share[word] <= 0.04]
        self._rare = [word for word in plain if 0.00002 <= share[word] < 0.0006 and len(word) > 3]
        self.shares = Shares.measured(document.text for document in sample)
        self._sentences = [words for words in read if len(words) > 4]

    def many(self, count: int) -> list[str]:
        """`count` queries as text."""
        return [self._one(count) for _ in range(count)]

    def _one(self, count: int) -> str:
        rng = self._random
        kind = rng.random()
        clauses = [[self._brand(count) for _ in range(rng.randint(2, 6))]]
        if kind >= 0.85:
            clauses[0] = [self._phrase() for _ in range(rng.randint(1, 3))]
        if kind >= 0.35:
            clauses.append([self._context() for _ in range(rng.randint(3, 10))])
        if self._near and rng.random() < 0.1:
            clauses[-1] = [f"({rng.choice(self._rare)} NEAR/5 {rng.choice(self._middle)})"]
        parts = [f"({' OR '.join(clause)})" for clause in clauses]
        if rng.random() < 0.35:
            parts.append(f"NOT ({' OR '.join(self._context() for _ in range(rng.randint(2, 6)))})")
        if rng.random() < 0.20:
            parts.append(f"lang:{rng.choice(('en', 'fr'))}")
        if rng.random() < 0.03:
            parts.append(f"({' OR '.join(f'author:u{rng.randint(10, 500)}' for _ in range(5))})")
        return " AND ".join(parts)

    def _brand(self, count: int) -> str:
        rng = self._random
        kind = rng.random()
        if kind < self._quiet:
            return f"{rng.choice(('', '', '#', '@'))}brand{rng.randint(0, 3 * count)}x"
        if kind < self._quiet + (1 - self._quiet) * 0.8:
            return rng.choice(self._rare)
        return self._phrase() if rng.random() < 0.5 else f"{rng.choice(self._rare)[: rng.randint(5, 7)]}*"

    def _context(self) -> str:
        rng = self._random
        kind = rng.random()
        if kind < 0.8:
            return rng.choice(self._middle)
        return f"{rng.choice(self._middle)[: rng.randint(4, 6)]}*" if kind < 0.9 else rng.choice(self._rare)

    def _phrase(self) -> str:
        """Two or three words in a row that somebody wrote, one of them long."""
        while True:
            words = self._random.choice(self._sentences)
            start = self._random.randint(0, len(words) - 3)
            found = words[start : start + self._random.choice((2, 2, 3))]
            rare = min(self.shares[word] for word in found) < 0.005
            if rare and max(map(len, found)) > 4 and not any("http" in word for word in found):
                return f'"{" ".join(found)}"'
