"""The words that a group of messages has and the rest has not: key phrases, new phrases.

Scores are log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words", eq. 15,
21 and 22), over the number of messages that hold a phrase, so that one long message does not decide. The prior of a
phrase is its share of all messages, so that common words must differ much and rare ones must come back.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources

from entendu.reading import words

LONGEST_PHRASE = 3
PRIOR = 500.0  # messages that the prior weighs
BY_CHANCE = 0.01  # that so many of the messages which hold a new phrase fell among the recent ones
# French and English words that say nothing alone.
STOP = frozenset(resources.files("entendu.reading").joinpath("empty_words.txt").read_text("utf-8").split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, how many messages hold it, and how far it stands out (z-score; over 1.96 is no accident)."""

    text: str
    messages: int
    score: float


@dataclass(slots=True)
class Background:
    """How many of `messages` hold each phrase: what is usual. Add to it with `learn`."""

    counts: Counter[str] = field(default_factory=Counter)
    messages: int = 0

    def learn(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.counts.update(phrases(text))
            self.messages += 1


def phrases(text: str) -> set[str]:
    """Runs of one to LONGEST_PHRASE words, not broken by a mark, neither beginning nor ending with an empty word."""
    found: set[str] = set()
    run: list[str] = []
    for token in words.tokens(words.tidy(text)):
        form = words.word(token).rstrip("'")
        if not form or form.startswith("<") or not (form[0].isalnum() or form[0] == "#"):
            run = []
            continue
        run = [*run, form.lstrip("#")][-LONGEST_PHRASE:]
        if _empty(run[-1]):
            continue
        for start in range(len(run)):
            if not _empty(run[start]):
                found.add(" ".join(run[start:]))
    return found


def key_phrases(texts: Sequence[str], background: Background, most: int = 10, least: int = 2) -> list[Phrase]:
    """The phrases that stand out in `texts` against `background`, strongest first.

    `least`: in how many messages a phrase must be. A phrase inside a longer one that as many messages hold gives way.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(phrases(text))
    scored = [
        Phrase(
            phrase,
            count,
            round(_log_odds(count, len(texts), background.counts[phrase], background.messages), 3),
        )
        for phrase, count in counts.items()
        if count >= least
    ]
    scored.sort(key=lambda phrase: (-phrase.score, -len(phrase.text), phrase.text))
    kept: list[Phrase] = []
    for phrase in scored:
        if phrase.score <= 0 or len(kept) == most:
            break
        if not any(_covers(other, phrase, counts) for other in kept):
            kept = [other for other in kept if not _covers(phrase, other, counts)]
            kept.append(phrase)
    return kept


def new_phrases(texts: Sequence[str], background: Background, most: int = 10, least: int = 3) -> list[Phrase]:
    """Weak signals: phrases of `texts` that the background hardly knows (less than one message in 2,000), and whose
    coming back is no accident (`by_chance`), strongest first."""
    found = key_phrases(texts, background, most=most * 5, least=least)
    rare = max(1.0, background.messages / 2_000)

    def is_new(phrase: Phrase) -> bool:
        before = background.counts[phrase.text]
        chance = by_chance(phrase.messages, len(texts), before, background.messages)
        return before < rare and chance <= BY_CHANCE

    return [phrase for phrase in found if is_new(phrase)][:most]


def by_chance(here: int, texts: int, there: int, others: int) -> float:
    """The chance that at least `here` of the `here + there` messages with a phrase fall among `texts` of all
    `texts + others` messages (binomial tail: what Fisher's exact test gives for rare phrases)."""
    share, both = texts / max(1, texts + others), here + there
    if both > 500:  # not rare: the tail is nothing, or everything
        return 0.0 if here > 2 * share * both else 1.0
    return min(
        1.0,
        math.fsum(math.comb(both, n) * share**n * (1 - share) ** (both - n) for n in range(here, both + 1)),
    )


def _empty(word: str) -> bool:
    return word in STOP or word.isdigit() or len(word) < 2


def _covers(longer: Phrase, shorter: Phrase, counts: Counter[str]) -> bool:
    inside = f" {shorter.text} " in f" {longer.text} " and longer.text != shorter.text
    return inside and counts[longer.text] >= 0.7 * counts[shorter.text]


def _log_odds(here: int, texts: int, there: int, others: int) -> float:
    """z-score of the log-odds ratio of a phrase being in a message, here against there."""
    prior = PRIOR * (here + there) / (texts + others + 1)  # one message more: nothing is in all of them
    a, b = here + prior, there + prior
    ratio = math.log(a / (texts + PRIOR - a)) - math.log(b / (others + PRIOR - b))
    return ratio / math.sqrt(1 / a + 1 / b)
