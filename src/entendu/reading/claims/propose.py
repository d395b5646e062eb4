"""Whether a text of the organisation itself announces something, by rule: a person accepts or refuses."""

import re
from dataclasses import dataclass

from entendu.reading.claims.amounts import Amounts, amounts
from entendu.reading.claims.lexicon import State, shipped
from entendu.reading.claims.tokens import Token, tokens

SHORTEST, LONGEST = 12, 300
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.](?=\d)[^.!?\n]+)*[.!?]*")
# What is promised, always true, or had by everybody.
_PROMISE = re.compile(
    r"\b(?:garanti\w*|guarantee\w*|promis\w*|toujours|always|chaque|every|tous les jours|tou(?:s|tes) nos|all our"
    r"|jamais|never|sans (?:frais|engagement|attente|supplément|condition)|no (?:fees?|charge|hidden)|100\s?%"
    r"|illimité\w*|unlimited|gratuit\w*|offert\w*|free|inclus\w*|included|satisfait|remboursé\w*|money back"
    r"|jusqu['’]|until|dès|from|en stock|in stock|ouvert\w*|open|sous \d|within|en moins de|next[- ]day|24\s?h"
    r"|7\s?j|(?:fait|faite)s? maison|made (?:here|by hand)|livr\w+ en|delivered)\b",
    re.IGNORECASE,
)
_POLICY = frozenset(
    {"return", "returns", "retour", "retours", "annulation", "cancellation", "exchange", "echange"}
)
# Somebody's particular case, a question, an excuse: no announcement.
_NOT = re.compile(
    r"\?|\b(?:désolé\w*|sorry|excus\w+|votre (?:commande|message|dossier)|your (?:order|message|case)|merci de nous"
    r"|contactez|contact us|dm|mp|bonjour|hello|hi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence that announces something, the kind of it, and its characters [start, end) in the text."""

    text: str
    kind: str
    start: int
    end: int


def propose(text: str, most: int = 3) -> list[Proposal]:
    """The sentences of `text` that announce something which can be held against what people live."""
    found: list[Proposal] = []
    for match in _SENTENCE.finditer(text[:5_000]):
        sentence = match.group().strip()
        if not SHORTEST <= len(sentence) <= LONGEST or _NOT.search(sentence):
            continue
        words = tokens(sentence)
        counted = amounts(words)
        states = [state for state in shipped().states(words) if state.name not in ("kept", "glad", "sorry")]
        if not _PROMISE.search(sentence) or not (states or _counts(counted)):
            continue
        start = match.start() + match.group().index(sentence)
        found.append(Proposal(sentence, kind_of(words, states, counted), start, start + len(sentence)))
        if len(found) == most:
            break
    return found


def kind_of(words: list[Token], states: list[State], counted: Amounts) -> str:
    """The kind that the words of an announcement speak of; "other" when they do not tell."""
    names = {state.name for state in states}
    for kind, speaks in (
        ("hours", "open" in names and bool(counted.clocks or counted.days)),
        ("policy", "allow" in names or any(word.form in _POLICY for word in words)),
        ("price", bool(names & {"paid", "price"}) or bool(counted.money)),
        ("time", bool(counted.durations) or "fast" in names),
        ("hours", "open" in names),
        ("service", "answer" in names),
        ("availability", "there" in names),
        ("quality", bool(names & {"good", "works"})),
    ):
        if speaks:
            return kind
    return "other"


def _counts(counted: Amounts) -> bool:
    return bool(counted.durations or counted.money or counted.shares or counted.clocks)
