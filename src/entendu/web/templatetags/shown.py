"""How facts are shown: dates, numbers, avatars, icons, badges. All in the reader's language."""

import zlib
from datetime import datetime
from functools import lru_cache
from typing import Any

import lucide as lucide_icons
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from lucide.jinja import lucide

from entendu.analysis.models import Facet
from entendu.kit import clock
from entendu.mentions.masking import Rules
from entendu.mentions.models import Place
from entendu.reading import pii
from entendu.web import words
from entendu.web.badges import Badge, badge_of
from entendu.web.inbox.readings import Reading

register = template.Library()

COLOURS = 8  # of avatars, in app.css
_NOTHING = SafeString('<td class="n"><span class="muted">0</span></td>')


def _language() -> str:
    return get_language() or "en"


@register.simple_tag
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """A Lucide icon, hidden from screen readers: its button or its text says the thing."""
    return _icon(name, size, css)


@lru_cache(maxsize=512)
def _icon(name: str, size: int, css: str) -> SafeString:
    extra = {"class": f"ico {css}".strip(), "aria-hidden": "true"}
    return mark_safe(lucide(name, size=size, **extra))  # noqa: S308 -- drawn by the library from our own names


def has_icon(name: str) -> bool:
    """Whether the library draws an icon of that name."""
    try:
        _icon(name, 16, "")
    except lucide_icons.IconDoesNotExist:
        return False
    return True


def _time(moment: datetime | None, text: str) -> SafeString:
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), words.exact(local, _language()), text
    )


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """“il y a 4 min”."""
    return _time(moment, words.ago(moment, clock.now(), _language()) if moment else "")


@register.filter
def age(moment: datetime | None) -> SafeString:
    """“4 min”: the time between `moment` and now, either way."""
    return _time(moment, words.age(clock.now() - moment, _language()) if moment else "")


@register.filter
def moment(value: datetime | None) -> SafeString:
    """“10:42”, or with its day when that is not today."""
    return _time(value, in_words(value) if value else "")


def in_words(value: datetime) -> str:
    """The same, as plain text."""
    return words.moment_of(timezone.localtime(value), timezone.localtime(clock.now()), _language())


@register.filter
def is_past(value: datetime | None) -> bool:
    """Whether the moment is behind us."""
    return value is not None and value <= clock.now()


@register.filter
def duration(seconds: float | None) -> str:
    """“5 h 10”; a dash when there is nothing to tell."""
    return "–" if seconds is None else words.duration(seconds, _language())


@register.filter
def grouped(value: float | None) -> str:
    """“8 400”; a dash when unknown."""
    return "–" if value is None else words.number(value, _language())


@register.filter
def compact(value: float | None) -> str:
    """“8,4 k”."""
    return "–" if value is None else words.compact(value, _language())


@register.filter
def percent(value: float | None) -> str:
    """A share in [0, 1] as “83 %”."""
    if value is None:
        return "–"
    return f"{round(value * 100)}{words.NBSP}%" if _language().startswith("fr") else f"{round(value * 100)}%"


@register.filter
def hue(key: Any) -> int:
    """The colour of an avatar, always the same for the same key: 0 to 7."""
    return zlib.crc32(str(key).encode()) % COLOURS


@register.simple_tag
def avatar(who: Any, size: str = "sm", dot: str = "") -> SafeString:
    """Initials on a colour. `who` has `initials` and a primary key; `dot` adds a presence mark."""
    mark = format_html('<span class="face-dot face-dot-{}"></span>', dot) if dot else ""
    colour, initials = hue(getattr(who, "pk", "")), getattr(who, "initials", "?")
    drawn = '<span class="face face-{} hue-{}" aria-hidden="true">{}{}</span>'
    return format_html(drawn, size, colour, initials, mark)


@register.simple_tag
def badge(facet: str, value: Any) -> SafeString:
    """A reading in words and colour: `{% badge "sentiment" row.sentiment %}`; nothing for no value."""
    return _badge(facet, str(value or ""), _language())


@lru_cache(maxsize=512)
def _badge(facet: str, value: str, _language: str) -> SafeString:
    shown: Badge | None = badge_of(facet, value)
    if shown is None:
        return SafeString("")
    drawn = _icon(shown.icon, 12, "") if shown.icon else ""
    return format_html('<span class="mark tint-{}">{}{}</span>', shown.tint, drawn, shown.label)


@register.simple_tag
def reading(one: Reading) -> SafeString:
    """A badge with how sure the machine is, or who corrected it; nothing for an urgency that asks for no hurry."""
    if one.facet == "urgency" and one.value not in {"safety", "high"}:
        return SafeString("")
    if not one.machine:
        sure = percent(one.score) if one.score is not None else ""
        return _machine_reading(one.facet, one.value, sure, one.unsure, _language())
    told = _("the machine said “%(machine)s”; %(name)s corrected it") % {
        "machine": one.machine,
        "name": one.by,
    }
    by = _("corrected by %(name)s") % {"name": one.by}
    beside = format_html('{}<span class="visually-hidden">{}</span>', _icon("user-check", 12, ""), by)
    return _reading(_badge(one.facet, one.value, _language()), f"{one.label} — {told}", beside)


@lru_cache(maxsize=4096)
def _machine_reading(facet: str, value: str, sure: str, unsure: bool, language: str) -> SafeString:
    tip = f"{Facet(facet).label} — {_('unsure')}" if unsure else str(Facet(facet).label)
    beside = f"{sure} ?" if sure and unsure else sure
    return _reading(_badge(facet, value, language), tip, beside)


def _reading(drawn: SafeString, tip: str, beside: str) -> SafeString:
    shape = '<span class="read" title="{}">{}<span class="muted small">{}</span></span>'
    return format_html(shape, tip, drawn, beside)


@register.simple_tag
def audience(people: int) -> SafeString:
    """How many people an author reaches, as the channel estimates it."""
    return _audience(people, _language())


@lru_cache(maxsize=4096)
def _audience(people: int, language: str) -> SafeString:
    told = _("≈ %(n)s (estimated)") % {"n": words.compact(people, language)}
    tip = _("Estimated: what the channel said of the audience of the author")
    drawn = _icon("users", 12, "")
    return format_html('<span class="muted small" title="{}">{} {}</span>', tip, drawn, told)


@register.simple_tag
def counted(count: int, url: str) -> SafeString:
    """The cell of a table of counts: a link where the count can be opened, grey where there is nothing."""
    if url:
        return format_html('<td class="n"><a href="{}">{}</a></td>', url, grouped(count))
    if count:
        return format_html('<td class="n">{}</td>', grouped(count))
    return _NOTHING


@register.simple_tag
def told(people: int, seconds: float) -> str:
    """By how many people a thing was said, and in what time."""
    sentence = ngettext(
        "said by %(shown)s person, over %(time)s", "said by %(shown)s people in %(time)s", people
    )
    return sentence % {"shown": grouped(people), "time": duration(seconds)}


@register.simple_tag
def language_name(code: str) -> str:
    """“French” for fr; the code itself when we do not know it; “unknown” for nothing."""
    if not code:
        return _("unknown")
    name = words.locale_of(_language()).languages.get(code.split("-")[0])
    return name or code


@register.filter
def hour(value: datetime | None) -> SafeString:
    """“10:42”, whatever the day: the day is said above."""
    return _time(value, words.clock_time(timezone.localtime(value), _language()) if value else "")


@register.filter
def day(value: datetime) -> str:
    """“dimanche 22 novembre 2026”."""
    return words.day_of(timezone.localtime(value), _language())


@register.filter
def masked(text: str, rules: Rules) -> str:
    """The text without the personal data that the organisation does not show on screen."""
    return rules.masked(text, Place.SCREEN) if pii.may_hold(text, pii.KINDS) else text
