"""The filters of the stream: they live in the address, so that a list can be sent to a colleague."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership
from entendu.analysis.voices import heard
from entendu.mentions.models import Mention
from entendu.mentions.search import search
from entendu.reading.query import Query as Asked

ENDS = [("conversation", _("in a conversation")), ("watched", _("watched"))]
WRITERS = [("people", _("people")), ("machine", _("a machine"))]


@dataclass(frozen=True)
class Filters:
    """What the address says, as text; what cannot be understood there filters nothing."""

    q: str = ""
    channel: str = ""
    language: str = ""
    sentiment: str = ""
    intent: str = ""
    topic: str = ""
    query: str = ""
    end: str = ""
    wrote: str = ""
    since: str = ""
    until: str = ""

    @property
    def address(self) -> str:
        """The filters as the query part of an address."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered."""
        return any(asdict(self).values())


def filters_of(given: QueryDict) -> Filters:
    """The filters of an address."""
    return Filters(**{one.name: given.get(one.name, "").strip()[:4200] for one in fields(Filters)})


def mentions_of(actor: Membership, asked: Filters, words: Asked | None) -> QuerySet[Mention]:
    """What others said, newest first, as far as `actor` may see it. `words`: the parsed `asked.q`."""
    found = search(actor, words) if words is not None else Mention.objects.visible_to(actor)
    found = found.filter(ours=False, deleted_at__isnull=True)
    for name, lookup in _EQUAL.items():
        if value := getattr(asked, name):
            found = found.filter(**{lookup: value})
    for name, lookup in _NUMBERED.items():
        if (number := _number(getattr(asked, name))) is not None:
            found = found.filter(**{lookup: number})
    if asked.end == "conversation":
        found = found.filter(part__isnull=False)
    elif asked.end == "watched":
        found = found.filter(part__isnull=True, receipt__end="watched")
    if asked.wrote == "people":
        found = found.filter(pk__in=heard().values("pk"))
    elif asked.wrote == "machine":
        found = found.filter(automatic=True)
    if since := _day(asked.since):
        found = found.filter(said_at__gte=_midnight(since))
    if until := _day(asked.until):
        found = found.filter(said_at__lte=_midnight(until, at_end=True))
    return found.order_by("-said_at")


_EQUAL = {
    "language": "analysis__language",
    "sentiment": "analysis__sentiment",
    "intent": "analysis__intent",
    "topic": "tags__topic__slug",
}
_NUMBERED = {"channel": "channel", "query": "matches__query"}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _midnight(day: date, *, at_end: bool = False) -> datetime:
    moment: Any = time.max if at_end else time.min
    return timezone.make_aware(datetime.combine(day, moment))
