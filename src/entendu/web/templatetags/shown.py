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
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.jinja import lucide

from entendu.kit import clock
from entendu.mentions.masking import Rules
from entendu.mentions.models import Place
from entendu.reading import pii
from entendu.web import words
from entendu.web.badges import Badge, badge_of

register = template.Library()

COLOURS = 8  # of avatars, in app.css


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


@register.inclusion_tag("shell/_avatar.html")
def avatar(who: Any, size: str = "sm", dot: str = "") -> dict[str, Any]:
    """Initials on a colour. `who` has `initials` and a primary key; `dot` adds a presence mark."""
    return {
        "initials": getattr(who, "initials", "?"),
        "hue": hue(getattr(who, "pk", "")),
        "size": size,
        "dot": dot,
    }


@register.inclusion_tag("shell/_badge.html")
def badge(facet: str, value: Any) -> dict[str, Any]:
    """A reading in words and colour: `{% badge "sentiment" row.sentiment %}`; nothing for no value."""
    shown: Badge | None = badge_of(facet, str(value or ""))
    return {"badge": shown}


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
