"""What a reader says of one text: values, each with its confidence, and the version that said so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Sentiment = Literal["negative", "neutral", "positive"]
Intent = Literal["complaint", "question", "praise", "idea", "purchase", "other"]
Urgency = Literal["safety", "high", "normal", "none"]

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
INTENTS: tuple[Intent, ...] = get_args(Intent)
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)


@dataclass(frozen=True, slots=True)
class Value:
    """One label with the probability that the model gives it, in [0, 1]."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's reading of one text. `unsure` names the facets whose confidence is below their threshold."""

    language: Value
    sentiment: Value
    intent: Value
    urgency: Value
    disappointed: Value  # label "yes" or "no"
    offensive: Value  # label "yes" or "no"
    scores: Mapping[str, float] = field(default_factory=dict)  # sentiment label -> probability
    also: tuple[str, ...] = ()  # other intents clearly present
    topics: tuple[str, ...] = ()
    unsure: frozenset[str] = frozenset()
    model: str = ""
