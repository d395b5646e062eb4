"""The figures of the ledger, and the receipts behind each of them."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from entendu.accounts.paging import slice_of
from entendu.channels.models import Channel
from entendu.mentions.ledger import Line, ledger
from entendu.mentions.models import End, Forgotten, Mention, Receipt
from entendu.web.access import Asked, page
from entendu.web.alarms import in_words, open_alarms
from entendu.web.ledger.asked import Wanted, day_of, wanted_of
from entendu.web.ledger.sources import sources_of
from entendu.web.ledger.words import reason_in_words

WAITING = "waiting"
ASIDE = "aside"
LINES = 100  # of a page
COUNTS = ("came", "forgotten", *End.values, WAITING, ASIDE)


@dataclass(frozen=True)
class Cell:
    """A count, and the address of the list that it counts (empty for nothing)."""

    count: int
    url: str


@dataclass(frozen=True)
class Shown:
    """A line as the page shows it. `reasons`: words, count, address."""

    line: Line
    cells: list[Cell]
    reasons: list[tuple[str, int, str]]


@require_GET
@page
def show(request: Asked) -> HttpResponse:
    """Where everything that was heard ended, newest day first; and what the sources say that they hold."""
    wanted = wanted_of(request.GET)
    lines = lines_of(request, wanted)
    part = Paginator(lines, LINES).get_page(request.GET.get("page"))
    context = {
        "lines": [_shown(line) for line in part],
        "part": part,
        "totals": [sum(getattr(line, name) for line in lines) for name in COUNTS],
        "balanced": all(line.balanced for line in lines),
        "wanted": wanted,
        "channels": [(name, name) for name in _channels(request)],
        "sources": sources_of(request.actor, wanted.channel),
        "all_alarms": in_words(open_alarms(request.actor)[:LINES]),
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "ledger/ledger.html", context)


def lines_of(request: Asked, wanted: Wanted) -> list[Line]:
    """The lines that `wanted` asks for and the actor may see, newest day first."""
    found = Receipt.objects.visible_to(request.actor)
    forgotten = Forgotten.objects.visible_to(request.actor)
    if wanted.channel:
        chosen = Channel.objects.visible_to(request.actor).filter(name=wanted.channel)
        found, forgotten = found.filter(channel__in=chosen), forgotten.filter(channel__in=chosen)
    return ledger(found, forgotten, since=wanted.since, until=wanted.until)[::-1]


@require_GET
@page
def receipts(request: Asked) -> HttpResponse:
    """The receipts that one count of the ledger counts, newest first, with what they said."""
    day, end = day_of(request.GET.get("day", "")), request.GET.get("end", "")
    found = Receipt.objects.visible_to(request.actor)
    if channel := request.GET.get("channel", ""):
        found = found.filter(channel__name=channel)
    if day:
        found = found.filter(day=day)
    if end in (WAITING, ASIDE):
        found = found.filter(end="")
        found = found.filter(reason="unreadable") if end == ASIDE else found.exclude(reason="unreadable")
    elif end in End.values:
        found = found.filter(end=end)
    if "reason" in request.GET:
        found = found.filter(reason=request.GET["reason"])
    said = Mention.objects.visible_to(request.actor).select_related("author", "part__conversation")
    found = found.select_related("channel").prefetch_related(Prefetch("mentions", said)).defer("content")
    part = slice_of(found.order_by("-id"), request.GET.get("cursor", ""))
    given = request.GET.copy()
    given["cursor"] = part.following
    context = {
        "rows": [(one, reason_in_words(one.reason) if one.reason else "") for one in part.rows],
        "following": part.following,
        "address": given.urlencode(),
        "day": day,
        "channel": channel,
        "end": dict(End.choices).get(end, end),
        "waiting": end == WAITING,
        "aside": end == ASIDE,
        "reason": reason_in_words(request.GET["reason"]) if "reason" in request.GET else "",
    }
    return render(request, "ledger/receipts.html", context)


def _shown(line: Line) -> Shown:
    reasons = sorted(line.reasons.items(), key=lambda one: -one[1])
    return Shown(
        line,
        [_cell(line, name) for name in COUNTS],
        [
            (reason_in_words(code), count, _address(line, end=End.DROPPED, reason=code))
            for code, count in reasons
        ],
    )


def _cell(line: Line, name: str) -> Cell:
    """What was forgotten at once is in no list: neither it nor a sum with it opens one."""
    count = getattr(line, name)
    opens = not line.forgotten if name == "came" else name != "forgotten"
    return Cell(count, _address(line, end="" if name == "came" else name) if count and opens else "")


def _address(line: Line, **more: str) -> str:
    wanted = {"channel": line.channel, "day": line.day.isoformat()} | {
        name: value for name, value in more.items() if value or name == "reason"
    }
    return f"{reverse('ledger_receipts')}?{urlencode(wanted)}"


def _channels(request: Asked) -> list[str]:
    return list(Channel.objects.visible_to(request.actor).order_by("name").values_list("name", flat=True))
