"""What was read in a message, with its confidence, what a person said otherwise, and the other values possible."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from entendu.analysis.models import Analysis, Facet
from entendu.analysis.models.analysis import Intent, Sentiment, Urgency
from entendu.mentions.models import Mention
from entendu.web import words

_YES_NO: list[tuple[str, Any]] = [("yes", _("yes")), ("no", _("no"))]
_CHOICES: dict[str, list[tuple[str, Any]]] = {
    Facet.SENTIMENT: list(Sentiment.choices),
    Facet.INTENT: list(Intent.choices),
    Facet.URGENCY: list(Urgency.choices),
    Facet.DISAPPOINTED: _YES_NO,
}
_SHOWN = (Facet.SENTIMENT, Facet.INTENT, Facet.URGENCY, Facet.DISAPPOINTED, Facet.LANGUAGE)
_LANGUAGES = ("fr", "en", "es", "de", "it", "pt", "nl", "ar")


@dataclass(frozen=True)
class Reading:
    """`score` in [0, 1], None when a person decided; `machine` is the machine's word when a person said otherwise."""

    facet: str
    label: str | Lazy
    value: str
    shown: str | Lazy
    score: float | None
    unsure: bool
    machine: str | Lazy
    by: str
    confirmed: bool
    choices: list[tuple[str, str | Lazy]]


def readings_of(mention: Mention) -> list[Reading]:
    """The readings of a mention whose analysis and corrections are loaded; none before it was read."""
    analysis: Analysis | None = getattr(mention, "analysis", None)
    if analysis is None:
        return []
    return [_reading(analysis, facet) for facet in _SHOWN]


def _reading(analysis: Analysis, facet: Facet) -> Reading:
    raw = getattr(analysis, facet)
    value = ("yes" if raw else "no") if isinstance(raw, bool) else str(raw)
    choices = _languages(value) if facet == Facet.LANGUAGE else _CHOICES[facet]
    names = dict(choices)
    corrected = facet in analysis.machine
    said = [one for one in analysis.corrections.all() if one.facet == facet] if corrected else []
    machine = str(analysis.machine.get(facet, ""))
    otherwise = corrected and machine != value
    return Reading(
        facet=facet,
        label=facet.label,
        value=value,
        shown=names.get(value, value),
        score=None if corrected else analysis.scores.get(facet),
        unsure=facet in analysis.unsure,
        machine=names.get(machine, machine) if otherwise else "",
        by=str(said[-1].by or "") if said else "",
        confirmed=corrected and not otherwise,
        choices=[choice for choice in choices if choice[0] != value],
    )


def _languages(value: str) -> list[tuple[str, Any]]:
    names = words.locale_of(get_language() or "en").languages
    codes = dict.fromkeys([*_LANGUAGES, *([value] if value else [])])
    return [(code, names.get(code, code)) for code in codes]
