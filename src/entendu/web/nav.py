"""What the menu shows, in one place. A new screen adds one line here and its paths in `web/urls.py`."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `view` and `args` make its address; `right` hides it from who may not go there.

    `count` names its number among the counts of the boxes; `alarm` paints it red; `key` is pressed after G.
    """

    view: str
    label: str | Promise
    icon: str
    args: tuple[str, ...] = ()
    right: str = ""
    count: str = ""
    alarm: bool = False
    key: str = ""


@dataclass(frozen=True)
class Group:
    """Lines under one heading."""

    label: str | Promise
    entries: list[Entry] = field(default_factory=list)


BOXES = [
    Entry("inbox", _("To take"), "inbox", ("to_take",), count="to_take", key="i"),
    Entry("inbox", _("Mine"), "user", ("mine",), count="mine"),
    Entry("inbox", _("Team"), "users", ("team",), count="team"),
    Entry("inbox", _("Paused"), "clock", ("paused",), count="paused"),
    Entry("inbox", _("At risk"), "triangle-alert", ("at_risk",), count="at_risk", alarm=True),
    Entry("inbox", _("For me to see"), "at-sign", ("nudges",), count="nudges"),
    Entry("inbox", _("Closed"), "circle-check", ("closed",)),
    Entry("inbox", _("All"), "archive", ("all",)),
]

GROUPS = [
    Group(_("Take care"), BOXES),
    Group(
        _("Listen"),
        [
            Entry("listen", _("Listening"), "ear", key="l"),
            Entry("places", _("Places"), "map-pinned", key="m"),
            Entry("signals", _("Signals"), "activity", count="signals", alarm=True, key="s"),
            Entry("people", _("People"), "contact-round", key="p"),
            Entry("queries", _("Queries"), "radar", key="q"),
            Entry("claims", _("Announcements"), "megaphone", key="a"),
        ],
    ),
    Group(
        _("Measure"),
        [
            Entry("dashboard", _("Dashboard"), "chart-line", key="d"),
            Entry("voice", _("Share of voice"), "chart-pie", key="v"),
            Entry("readings", _("How well we read"), "glasses", key="w"),
        ],
    ),
    Group(
        _("Organise"),
        [
            Entry("channels", _("Channels"), "plug", count="alarms", alarm=True, key="c"),
            Entry("ledger", _("Ledger"), "scale"),
            Entry("writer", _("Summaries"), "pen-line", right="administer"),
            Entry("team", _("People and teams"), "users-round", right="administer", key="t"),
        ],
    ),
]


@dataclass(frozen=True)
class Shown:
    """An entry as one member sees it."""

    entry: Entry
    url: str
    current: bool
    count: int | None


def menu(request: HttpRequest, actor: Membership, counts: dict[str, int]) -> list[tuple[Group, list[Shown]]]:
    """The groups and entries that `actor` may open, with their counts. An empty group is left out."""
    shown = [(group, [_show(entry, request, counts) for entry in _allowed(group, actor)]) for group in GROUPS]
    return [(group, entries) for group, entries in shown if entries]


def _allowed(group: Group, actor: Membership) -> list[Entry]:
    return [entry for entry in group.entries if not entry.right or actor.may(entry.right)]


def _show(entry: Entry, request: HttpRequest, counts: dict[str, int]) -> Shown:
    url = reverse(entry.view, args=entry.args)
    here = request.GET.get("at", "") if request.path == reverse("menu") else request.path
    return Shown(entry, url, here.startswith(url), counts.get(entry.count) if entry.count else None)
