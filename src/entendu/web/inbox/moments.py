"""The moments that the menus offer, in the organisation's time zone. Pure: the present is given."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from entendu.kit import clock

MORNING, EVENING = time(9), time(18)
SUNDAY = 6


def snooze_presets(now: datetime) -> list[tuple[str, Lazy | str, datetime]]:
    """Code, words and moment: in an hour, this evening (until 5 p.m.), tomorrow, next Monday morning."""
    presets: list[tuple[str, Lazy | str, datetime]] = [("1h", _("In an hour"), now + timedelta(hours=1))]
    if now.hour < EVENING.hour - 1:
        presets.append(("evening", _("This evening"), _at(now, EVENING)))
    presets.append(("tomorrow", _("Tomorrow morning"), _at(now + timedelta(days=1), MORNING)))
    if now.weekday() != SUNDAY:  # on a Sunday, that is tomorrow
        presets.append(("monday", _("Next Monday"), _at(now + timedelta(days=7 - now.weekday()), MORNING)))
    return presets


def promise_presets(now: datetime) -> list[tuple[str, Lazy | str, datetime]]:
    """Code, words and moment: within the hour, today, tomorrow noon, two days."""
    presets: list[tuple[str, Lazy | str, datetime]] = [("1h", _("Within the hour"), now + timedelta(hours=1))]
    if now.hour < EVENING.hour - 1:
        presets.append(("today", _("Today, before 6 p.m."), _at(now, EVENING)))
    presets.append(("noon", _("Tomorrow, before noon"), _at(now + timedelta(days=1), time(12))))
    presets.append(("2d", _("Within two days"), now + timedelta(days=2)))
    return presets


def moment_from(text: str) -> datetime | None:
    """The moment of a form: ISO 8601, aware, or local to the organisation as <input type=datetime-local> says it.
    None when it cannot be read."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        return None
    if found is None:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def preset_or_custom(
    code: str, custom: str, presets: list[tuple[str, Lazy | str, datetime]]
) -> datetime | None:
    """The moment of the preset `code`, else the one typed."""
    return next((moment for name, _words, moment in presets if name == code), None) or moment_from(custom)


def local_now() -> datetime:
    """The present in the organisation's time zone."""
    return timezone.localtime(clock.now())


def _at(day: datetime, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day.date(), hour), day.tzinfo)
