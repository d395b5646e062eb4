"""The figures of the ledger, and the receipts behind each of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from entendu.accounts.paging import slice_of
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.ledger import Line, ledger
from entendu.mentions.models import End, Mention, Receipt
from entendu.web.access import Asked, page
from entendu.web.ledger.words import reason_in_words

DAYS = 14
WAITING = "waiting"


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
    """Where everything that was heard ended, newest day first."""
    today = timezone.localtime(clock.now()).date()
    until = _day(request.GET.get("until", "")) or today
    since = _day(request.GET.get("since", "")) or until - timedelta(days=DAYS - 1)
    chosen = request.GET.get("channel", "")
    receipts = Receipt.objects.visible_to(request.actor)
    if chosen:
        receipts = receipts.filter(channel__name=chosen)
    lines = ledger(receipts, since=since, until=until)[::-1]
    context = {
        "lines": [_shown(line) for line in lines],
        "totals": _totals(lines),
        "balanced": all(line.balanced for line in lines),
        "since": since,
        "until": until,
        "channel": chosen,
        "channels": [(name, name) for name in _channels(request)],
    }
    return render(request, "ledger/ledger.html", context)


@require_GET
@page
def receipts(request: Asked) -> HttpResponse:
    """The receipts that one count of the ledger counts, newest first, with what they said."""
    day, end = _day(request.GET.get("day", "")), request.GET.get("end", "")
    found = Receipt.objects.visible_to(request.actor)
    if channel := request.GET.get("channel", ""):
        found = found.filter(channel__name=channel)
    if day:
        found = found.filter(received_at__range=(_at(day, time.min), _at(day, time.max)))
    if end == WAITING or end in End.values:
        found = found.filter(end="" if end == WAITING else end)
    if "reason" in request.GET:
        found = found.filter(reason=request.GET["reason"])
    said = Mention.objects.visible_to(request.actor).select_related("author", "part__conversation")
    found = found.select_related("channel").prefetch_related(Prefetch("mentions", said)).defer("content")
    part = slice_of(found.order_by("-received_at"), request.GET.get("cursor", ""))
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
        "reason": reason_in_words(request.GET["reason"]) if "reason" in request.GET else "",
    }
    return render(request, "ledger/receipts.html", context)


def _shown(line: Line) -> Shown:
    counts = {
        "": line.received,
        End.CONVERSATION: line.conversation,
        End.ATTACHED: line.attached,
        End.WATCHED: line.watched,
        End.DROPPED: line.dropped,
        WAITING: line.waiting,
    }
    reasons = sorted(line.reasons.items(), key=lambda one: -one[1])
    return Shown(
        line,
        [Cell(count, _address(line, end=str(end)) if count else "") for end, count in counts.items()],
        [
            (reason_in_words(code), count, _address(line, end=End.DROPPED, reason=code))
            for code, count in reasons
        ],
    )


def _address(line: Line, **more: str) -> str:
    wanted = {"channel": line.channel, "day": line.day.isoformat()} | {
        name: value for name, value in more.items() if value or name == "reason"
    }
    return f"{reverse('ledger_receipts')}?{urlencode(wanted)}"


def _totals(lines: list[Line]) -> list[int]:
    names = ("received", "conversation", "attached", "watched", "dropped", "waiting")
    return [sum(getattr(line, name) for line in lines) for name in names]


def _channels(request: Asked) -> list[str]:
    return list(Channel.objects.visible_to(request.actor).order_by("name").values_list("name", flat=True))


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


PATHS = [
    path("ledger/", show, name="ledger"),
    path("ledger/receipts/", receipts, name="ledger_receipts"),
]
