"""The search box of the inbox: words, and filters such as `sentiment:negative` or `sentiment:négatif`."""

import re
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.kit.fold import fold

_TOKEN = re.compile(r'(\w+):("[^"]*"|\S+)|"([^"]*)"|(\S+)')
# Both languages at once: a link shared with a colleague works in either.
_NAMES = {
    "sentiment": "sentiment", "intent": "intent", "intention": "intent", "urgency": "urgency", "urgence": "urgency",
    "channel": "channel", "canal": "channel", "topic": "topic", "sujet": "topic", "language": "language",
    "langue": "language", "lang": "language", "with": "with", "avec": "with",
}  # fmt: skip
_VALUES = {
    "sentiment": {
        "negative": "negative", "negatif": "negative", "neg": "negative", "neutral": "neutral", "neutre": "neutral",
        "positive": "positive", "positif": "positive", "pos": "positive",
    },
    "intent": {
        "complaint": "complaint", "plainte": "complaint", "question": "question", "praise": "praise",
        "merci": "praise", "compliment": "praise", "idea": "idea", "idee": "idea", "purchase": "purchase",
        "achat": "purchase", "other": "other", "autre": "other",
    },
    "urgency": {
        "safety": "safety", "securite": "safety", "high": "high", "haute": "high", "urgent": "high",
        "normal": "normal", "normale": "normal", "none": "none", "aucune": "none",
    },
    "with": {"photo": "photo", "promise": "promise", "promesse": "promise", "engagement": "promise"},
}  # fmt: skip

# The filters that the page offers, with their words.
OFFERED = [
    ("sentiment:negative", _("Negative")),
    ("sentiment:positive", _("Positive")),
    ("intent:complaint", _("Complaints")),
    ("intent:question", _("Questions")),
    ("intent:praise", _("Praise")),
    ("intent:idea", _("Ideas")),
    ("urgency:high", _("Urgent")),
    ("urgency:safety", _("Safety")),
    ("with:photo", _("With a photo")),
    ("with:promise", _("With a promise")),
    ("language:fr", _("In French")),
    ("language:en", _("In English")),
]


@dataclass(frozen=True)
class Search:
    """What was asked: words (all must be there), and values by filter (any of the same filter)."""

    words: list[str] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)

    def condition(self) -> Q:
        """On conversations."""
        found = Q()
        for word in self.words:
            found &= _holds(word)
        for name, values in self.filters.items():
            any_of = Q()
            for value in values:
                any_of |= _is(name, value)
            found &= any_of
        return found


def parse(text: str) -> Search:
    """Understands the text of the search box. What is not a filter that we know is a word."""
    words: list[str] = []
    filters: dict[str, list[str]] = {}
    for match in _TOKEN.finditer(text[:400]):
        name, value, phrase, word = match.groups()
        known = _NAMES.get(fold(name)) if name else None
        if known is None:
            words.append(phrase or word or match.group().strip('"'))
            continue
        value = value.strip('"')
        filters.setdefault(known, []).append(_VALUES.get(known, {}).get(fold(value), value))
    return Search([word for word in words if word], filters)


def toggled(text: str, token: str) -> str:
    """The text of the search box with `token` added, or without it when it is there."""
    tokens = text.split()
    return " ".join([one for one in tokens if one != token] if token in tokens else [*tokens, token])


def _holds(word: str) -> Q:
    found = Q(title__icontains=word) | Q(preview__icontains=word) | Q(author__name__icontains=word)
    number = word.lstrip("#")
    if number.isascii() and number.isdigit() and len(number) < 9:
        found |= Q(number=int(number))
    return found | Q(author__handle__icontains=word.lstrip("@"))


def _is(name: str, value: str) -> Q:
    if name == "with":
        return {"photo": Q(has_photo=True), "promise": Q(due_at__isnull=False)}.get(value, Q(pk__isnull=True))
    if name == "channel":
        return Q(channel__name__icontains=value) | Q(channel__kind__iexact=value)
    if name == "topic":
        return Q(topic__slug=value) | Q(topic__name_en__iexact=value) | Q(topic__name_fr__iexact=value)
    if name == "language":
        return Q(language__istartswith=value[:8])
    return Q(**{name: value})


def chosen(text: str) -> list[tuple[str, str, bool, str]]:
    """The offered filters: token, words, whether it is on, and the text of the box once it is toggled."""
    on = text.split()
    return [(token, str(label), token in on, toggled(text, token)) for token, label in OFFERED]
