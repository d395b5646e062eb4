"""The words that a group of messages has and the rest has not: key phrases, new phrases, a line that stands for all.

Scores are log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words", eq. 22),
over the number of messages that hold a phrase, so that one long message does not decide.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources

from entendu.reading import words

LONGEST_PHRASE = 3
_PRIOR = 0.5
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
        if form.startswith("<") or not (form[0].isalnum() or form[0] == "#"):
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
    """Weak signals: phrases of `texts` that the background hardly knows (less than one message in 2,000)."""
    found = key_phrases(texts, background, most=most * 5, least=least)
    rare = max(1.0, background.messages / 2_000)
    return [phrase for phrase in found if phrase.score >= 1.96 and background.counts[phrase.text] < rare][
        :most
    ]


def one_line(texts: Sequence[str], longest: int = 200) -> str:
    """The message that says most of what the others say (sum of shared phrases, per word): a summary by extraction."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(phrases(text))
    best, best_score = "", -1.0
    for text in texts:
        held = phrases(text)
        score = sum(math.log(counts[phrase]) for phrase in held) / (8 + len(text.split())) if held else 0.0
        if score > best_score and text.strip():
            best, best_score = text, score
    line = " ".join(best.split())
    return line if len(line) <= longest else line[: longest - 1].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the messages of a group that asks about the same thing, what that is, and how many they are."""

    line: str
    about: str
    messages: int


def most_asked(texts: Sequence[str], most: int = 5, least: int = 2) -> list[Asked]:
    """The subjects that come back most in `texts` (questions, mostly), each with the message that says it best.

    Greedy: the phrase that most of the remaining messages hold takes them; longer phrases win a tie.
    """
    left = {index: phrases(text) for index, text in enumerate(texts)}
    found: list[Asked] = []
    while len(found) < most:
        counts = Counter(phrase for held in left.values() for phrase in held)
        if not counts:
            break
        about, count = max(counts.items(), key=lambda item: (item[1], len(item[0]), item[0]))
        if count < least:
            break
        group = [index for index, held in left.items() if about in held]
        found.append(Asked(one_line([texts[index] for index in group]), about, count))
        for index in group:
            del left[index]
    return found


def _empty(word: str) -> bool:
    return word in STOP or word.isdigit() or len(word) < 2


def _covers(longer: Phrase, shorter: Phrase, counts: Counter[str]) -> bool:
    inside = f" {shorter.text} " in f" {longer.text} " and longer.text != shorter.text
    return inside and counts[longer.text] >= 0.7 * counts[shorter.text]


def _log_odds(here: int, texts: int, there: int, others: int) -> float:
    """z-score of the log-odds ratio of a phrase being in a message, here against there."""
    a, b = here + _PRIOR, texts - here + _PRIOR
    c, d = there + _PRIOR, max(0, others - there) + _PRIOR
    return (math.log(a / b) - math.log(c / d)) / math.sqrt(1 / a + 1 / c)
