"""A signal in words."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from entendu.analysis.models import Signal, SignalKind
from entendu.web import words
from entendu.web.dashboard.cards import told

ICONS = {
    SignalKind.SAFETY: "shield-alert",
    SignalKind.SPIKE: "trending-up",
    SignalKind.DISAPPOINTMENT: "frown",
    SignalKind.WEAK: "sparkles",
}
TINTS = {"high": "red", "medium": "orange", "low": "grey"}
STATE_TINTS = {"new": "blue", "seen": "grey", "taken": "green", "ignored": "grey", "ended": "grey"}


def state_in_words(signal: Signal) -> str:
    """Where it stands."""
    names = {
        "new": _("new"),
        "seen": _("seen"),
        "taken": _("taken as an incident"),
        "ignored": _("ignored"),
        "ended": _("quiet again"),
    }
    return str(names[signal.state])


def facts(signal: Signal) -> str:
    """How many people, in how long, and what would be usual."""
    language = get_language() or "en"
    people = ngettext("%(n)s person", "%(n)s people", signal.people) % {
        "n": words.number(signal.people, language)
    }
    length = words.duration(signal.hours * 3600, language)
    if signal.kind == SignalKind.SPIKE:
        usual = words.number(round(signal.expected, 1), language)
        return _("%(people)s in %(length)s, %(usual)s usual") % {
            "people": people,
            "length": length,
            "usual": usual,
        }
    if signal.kind == SignalKind.DISAPPOINTMENT:
        return _("%(people)s in %(length)s: %(share)s of those who spoke, %(usual)s usual") % {
            "people": people,
            "length": length,
            "share": told(100 * (signal.share or 0), "percent"),
            "usual": told(100 * signal.expected, "percent"),
        }
    if signal.kind == SignalKind.WEAK:
        return _("%(people)s in %(length)s, nobody before") % {"people": people, "length": length}
    return people


def headline(signal: Signal, where: str) -> str:
    """What moves, in a few words."""
    if signal.kind == SignalKind.WEAK:
        return quoted(signal.key)
    if signal.kind == SignalKind.SAFETY:
        return quoted(signal.words[0]) if signal.words else _("Read as danger")
    return where or _("Everywhere")


def quoted(text: str) -> str:
    """In the quotation marks of the reader's language."""
    return _("“%(text)s”") % {"text": text}
