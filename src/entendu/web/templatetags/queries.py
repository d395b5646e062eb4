"""Small drawings of the pages of queries: coloured texts, bars by day, counts that may be unknown."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entendu.mentions.effect import COUNTED
from entendu.web import words
from entendu.web.queries.syntax import painted

register = template.Library()

HEIGHT, STEP = 28, 3


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, in its own units."""

    x: str
    y: str
    height: str


@register.simple_tag
def bars(days: list[int]) -> dict[str, Any]:
    """Counts of successive days as bars, and the same in words."""
    most = max(days, default=0)
    drawn = []
    for number, n in enumerate(days):
        height = max(1.0, n / most * (HEIGHT - 2)) if n else 0.6
        drawn.append(Bar(str(number * (STEP + 1)), f"{HEIGHT - height:.1f}", f"{height:.1f}"))
    told = _("Found by day, the last %(days)d days: %(most)s at most.") % {
        "days": len(days),
        "most": words.number(most, get_language() or "en"),
    }
    return {"bars": drawn, "width": len(days) * (STEP + 1), "height": HEIGHT, "step": STEP, "words": told}


@register.simple_tag
def painted_query(text: str) -> SafeString:
    """The text of a query in its colours."""
    pieces = (
        format_html('<span class="q-{}">{}</span>', cut.sort, cut.text) if cut.sort else cut.text
        for cut in painted(text)
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def count_of(n: int | None) -> str:
    """A count; a dash when nobody had the time to count; “more than 10 000” beyond that."""
    if n is None:
        return "–"
    language = get_language() or "en"
    if n > COUNTED:
        return _("more than %(n)s") % {"n": words.number(COUNTED, language)}
    return words.number(n, language)


@register.filter
def one_decimal(value: float) -> str:
    """“12”, “1,4”, “0,03”: as exact as it helps."""
    shown = round(value) if value >= 10 else round(value, 1) if value >= 0.1 or not value else round(value, 2)
    return words.number(shown, get_language() or "en")
