"""Small drawings of the pages of queries."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entendu.web import words

register = template.Library()

HEIGHT, STEP = 28, 3


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing."""

    x: int
    y: float
    height: float
    n: int


@register.simple_tag
def bars(days: list[int]) -> dict[str, Any]:
    """Counts of successive days as bars, and the same in words."""
    most = max(days, default=0) or 1
    drawn = []
    for number, n in enumerate(days):
        height = round(n / most * (HEIGHT - 2), 1) if n else 0.6
        drawn.append(Bar(number * (STEP + 1), HEIGHT - height, height, n))
    told = _("Found by day, the last %(days)d days: %(most)s at most.") % {
        "days": len(days),
        "most": words.number(max(days, default=0), get_language() or "en"),
    }
    return {"bars": drawn, "width": len(days) * (STEP + 1), "step": STEP, "words": told}
