"""Dates, durations and numbers in the reader's language. Pure: the language and the present are given."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal

NBSP = "\u00a0"
MONTHS = timedelta(days=45)  # from where Babel counts in months


@lru_cache(maxsize=16)
def locale_of(language: str) -> Locale:
    """Babel's locale of one of our two languages."""
    return Locale.parse("fr" if language.startswith("fr") else "en")


def ago(moment: datetime, now: datetime, language: str) -> str:
    """How long ago, or in how long: "il y a 4 min", "in 2 hr". Under a minute: "à l'instant", "just now"."""
    delta = moment - now
    if abs(delta) < timedelta(minutes=1):
        return "à l’instant" if language.startswith("fr") else "just now"
    return format_timedelta(
        delta, "minute", add_direction=True, format=_style(delta), threshold=1.5, locale=locale_of(language)
    )


def age(delta: timedelta, language: str) -> str:
    """A length of time in one unit: "4 min", "3 h", "12 j"."""
    seconds = max(60, round(abs(delta.total_seconds())))
    style = _style(timedelta(seconds=seconds))
    return format_timedelta(seconds, "minute", format=style, threshold=1.5, locale=locale_of(language))


def _style(delta: timedelta) -> Literal["short", "long"]:
    """Months in full: their short form in French, "m.", would pass for minutes."""
    return "long" if abs(delta) >= MONTHS else "short"


def duration(seconds: float, language: str) -> str:
    """A measured duration in at most two units: "45 s", "22 min", "5 h 10", "2 j 4 h" ("2 d 4 h")."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{NBSP}s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}{NBSP}h{NBSP}{minutes:02d}" if minutes else f"{hours}{NBSP}h"
    days, hours = divmod(round(seconds / 3600), 24)
    day = "j" if language.startswith("fr") else "d"
    return f"{days}{NBSP}{day}{NBSP}{hours}{NBSP}h" if hours else f"{days}{NBSP}{day}"


def clock_time(moment: datetime, language: str) -> str:
    """The time of the day: "10:42"."""
    return format_time(moment, "HH:mm", locale=locale_of(language))


def moment_of(moment: datetime, now: datetime, language: str) -> str:
    """A moment as short as it stays clear: "10:42" today, "15 nov. 10:42" this year, else with the year."""
    if moment.date() == now.date():
        return clock_time(moment, language)
    pattern = "d MMM HH:mm" if moment.year == now.year else "d MMM y HH:mm"
    return format_datetime(moment, pattern, locale=locale_of(language))


def day_of(moment: datetime, language: str) -> str:
    """A day in full: "dimanche 22 novembre 2026"."""
    return format_date(moment, "full", locale=locale_of(language))


@lru_cache(maxsize=8192)
def exact(moment: datetime, language: str) -> str:
    """Everything, for the tip of a date: "dimanche 22 novembre 2026 à 10:42:07"."""
    return format_datetime(moment, "full", locale=locale_of(language))


@lru_cache(maxsize=4096)
def number(value: float, language: str) -> str:
    """With the separators of the language: "8 400", "8,400"."""
    return format_decimal(value, locale=locale_of(language))


@lru_cache(maxsize=4096)
def compact(value: float, language: str) -> str:
    """Short, for a badge: "8,4 k", "23K"."""
    return format_compact_decimal(
        value, locale=locale_of(language), fraction_digits=1 if value < 10_000 else 0
    )
