"""The values of readings in the reader's language."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from entendu.analysis.models import Facet
from entendu.analysis.models.analysis import Intent, Sentiment, Urgency
from entendu.web import words

YES_NO: list[tuple[str, Any]] = [("yes", _("yes")), ("no", _("no"))]
VALUES: dict[str, dict[str, Any]] = {
    Facet.SENTIMENT: dict(Sentiment.choices),
    Facet.INTENT: dict(Intent.choices),
    Facet.URGENCY: dict(Urgency.choices),
    Facet.DISAPPOINTED: dict(YES_NO),
    Facet.OFFENSIVE: dict(YES_NO),
}


def value_in_words(facet: str, value: str) -> str:
    """A value of a facet, in words."""
    if facet == Facet.LANGUAGE:
        return language_in_words(value)
    return str(VALUES.get(facet, {}).get(value, value))


def language_in_words(code: str) -> str:
    """ "fr" is "français"."""
    return (
        str(words.locale_of(get_language() or "en").languages.get(code, code)) if code else str(_("unknown"))
    )
