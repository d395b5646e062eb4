"""Readings as badges: word, tint and icon. Colour never says it alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from entendu.analysis.models.analysis import Intent, Sentiment, Urgency


@dataclass(frozen=True)
class Badge:
    """`tint` is one of green, red, orange, yellow, blue, purple, grey: a class `tint-…` of app.css."""

    label: str | Promise
    tint: str
    icon: str = ""


_TINTS: dict[str, dict[str, tuple[str, str]]] = {
    "sentiment": {
        "negative": ("red", "frown"),
        "neutral": ("grey", "meh"),
        "positive": ("green", "smile"),
    },
    "intent": {
        "complaint": ("grey", ""),
        "question": ("grey", ""),
        "praise": ("grey", ""),
        "idea": ("grey", "lightbulb"),
        "purchase": ("grey", "shopping-cart"),
        "other": ("grey", ""),
    },
    "urgency": {"safety": ("red", "shield-alert"), "high": ("orange", "flame")},
}
_LABELS = {
    "sentiment": dict(Sentiment.choices),
    "intent": dict(Intent.choices),
    "urgency": dict(Urgency.choices) | {Urgency.HIGH: _("urgent")},
}


def badge_of(facet: str, value: str) -> Badge | None:
    """The badge of a value; None for what needs none (no reading yet, no urgency)."""
    if value not in _TINTS.get(facet, {}):
        return None
    tint, icon = _TINTS[facet][value]
    return Badge(_LABELS[facet][value], tint, icon)
