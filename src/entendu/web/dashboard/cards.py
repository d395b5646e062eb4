"""A measure in words: its value, how it moved, over how many, and what it opens."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from entendu.measures.compute import definition
from entendu.measures.registry import Measure
from entendu.measures.result import Result
from entendu.web import words
from entendu.web.dashboard.asked import AskedFor


@dataclass(frozen=True)
class Card:
    """A measure as the page shows it. `tone`: green, red or grey, as the change is good, bad or neither;
    `note`: over how many, and how they spread."""

    slug: str
    label: str
    value: str
    change: str
    arrow: str
    tone: str
    n: int
    p90: str
    note: str
    before: str
    url: str


def card(asked: AskedFor, result: Result) -> Card:
    """A result as the page shows it."""
    slug = result.slug
    found = definition(slug)
    change = result.change or 0.0
    return Card(
        slug=slug,
        label=str(found.name),
        value=told(result.now.value, found.unit),
        change=moved(result, found.unit),
        arrow="" if not change else "trending-up" if change > 0 else "trending-down",
        tone=_tone(change, found.better),
        n=result.now.n,
        p90=told(result.now.p90, found.spread),
        note=spread(result, found),
        before=told(result.before.value, found.unit),
        url=opens(asked, slug),
    )


def spread(result: Result, found: Measure) -> str:
    """The median (where it is not the headline), the p90 and n, in words."""
    said = []
    if result.now.median is not None and found.unit != "seconds":
        said.append(_("median %(value)s") % {"value": told(result.now.median, found.spread)})
    if result.now.p90 is not None:
        said.append(_("p90 %(value)s") % {"value": told(result.now.p90, found.spread)})
    if found.unit != "count":
        said.append(f"n{words.NBSP}{words.number(result.now.n, get_language() or 'en')}")
    return " · ".join(said)


def opens(asked: AskedFor, slug: str, part: str = "") -> str:
    """Where the number of a measure leads: the mentions or the conversations that it counts."""
    if definition(slug).opens == "mentions":
        return f"{reverse('listen')}?{asked.heard()}"
    return f"{reverse('dashboard_conversations', args=[slug])}?{asked.address(part=part)}"


def told(value: float | None, unit: str) -> str:
    """A value in its unit and in the reader's language; a dash when there is none."""
    language = get_language() or "en"
    if value is None:
        return "–"
    if unit == "seconds":
        return words.duration(value, language)
    if unit == "percent":
        return f"{words.number(round(value), language)}{words.NBSP if language.startswith('fr') else ''}%"
    if unit == "points":
        rounded = words.number(abs(round(value)), language)
        return f"+{rounded}" if round(value) > 0 else f"−{rounded}" if round(value) < 0 else rounded
    return words.number(round(value, 1) if unit in {"changes", "rate"} else round(value), language)


def moved(result: Result, unit: str) -> str:
    """How far the value moved since the period before, without its sign: "4 pts", "6 min"; empty: not at
    all, or nobody knows."""
    change = result.change
    if change is None or not round(change, 1):
        return ""
    if unit in {"percent", "points"}:
        points = round(abs(change))
        return ngettext("%(n)s pt", "%(n)s pts", points) % {"n": words.number(points, get_language() or "en")}
    return told(abs(change), unit)


def _tone(change: float, better: str | None) -> str:
    if not change or better is None:
        return "grey"
    return "green" if (change > 0) == (better == "up") else "red"
