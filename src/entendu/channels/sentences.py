"""What an alarm says, in the language of the reader: on the pages and in the letters."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entendu.channels.models import Alarm, Trouble
from entendu.channels.models.channel import State
from entendu.channels.words import in_words


def sentences_of(alarm: Alarm) -> list[str]:
    """What is wrong, since when, and what helps. `alarm.channel` is loaded."""
    return SAID[Trouble(alarm.kind)](alarm)


def moment(at: datetime | None) -> str:
    """A date and time, short, where the organisation is."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""


def hours_in_words(hours: float) -> str:
    """A length of time as one says it: minutes, hours, days."""
    if hours < 1.5:
        minutes = max(1, round(hours * 60))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", round(hours)) % {"n": round(hours)}
    return ngettext("%(n)d day", "%(n)d days", round(hours / 24)) % {"n": round(hours / 24)}


def failing(alarm: Alarm) -> list[str]:
    """The door does not work."""
    said = [_("It has not worked since %(at)s.") % {"at": moment(alarm.since)}]
    if alarm.code:
        said.append(in_words(alarm.code))
    if alarm.facts.get("state") == State.NEEDS_AUTH:
        said.append(_("Sign in again: open the channel and type its password or token."))
    else:
        said.append(_("It is tried again by itself, at least once an hour; nothing is lost meanwhile."))
    return said


def silent(alarm: Alarm) -> list[str]:
    """The door works, and nothing comes."""
    expected, usual = alarm.facts.get("expected", 0), alarm.facts.get("usual", 0)
    return [
        _("It answers, and nothing has come since %(at)s.") % {"at": moment(alarm.since)},
        _(
            "By its own rhythm, about %(n)s would have come, and such a silence lasts no longer than %(usual)s."
        )
        % {"n": round(float(expected)), "usual": hours_in_words(float(usual))},
    ]


def gap(alarm: Alarm) -> list[str]:
    """The source holds what we did not."""
    there, missing = int(alarm.facts.get("there", 0)), int(alarm.facts.get("missing", 0))
    fetched = int(alarm.facts.get("fetched", 0))
    said = []
    if fetched:
        words = ngettext(
            "Of the %(there)d that the source holds, %(n)d had not come: it was fetched now.",
            "Of the %(there)d that the source holds, %(n)d had not come: they were fetched now.",
            fetched,
        )
        said.append(words % {"there": there, "n": fetched})
    if missing:
        words = ngettext(
            "Of the %(there)d that the source holds, %(n)d is missing here and cannot be fetched.",
            "Of the %(there)d that the source holds, %(n)d are missing here and cannot be fetched.",
            missing,
        )
        said.append(words % {"there": there, "n": missing})
    if address := alarm.facts.get("address"):
        said.append(_("It was found last at %(address)s.") % {"address": address})
    return said


def unread(alarm: Alarm) -> list[str]:
    """Something could not be read."""
    count = int(alarm.facts.get("count", 0))
    words = ngettext(
        "%(n)d item could not be read. It is set aside with its bytes: try it again, or drop it with a reason.",
        "%(n)d items could not be read. They are set aside with their bytes: try them again, or drop them with a "
        "reason.",
        count,
    )
    return [words % {"n": count}]


SAID = {Trouble.FAILING: failing, Trouble.SILENT: silent, Trouble.GAP: gap, Trouble.UNREAD: unread}
