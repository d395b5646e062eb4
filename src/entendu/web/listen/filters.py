"""The filters of the stream: they live in the address, so that a list can be sent to a colleague."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership
from entendu.analysis.models import Sample
from entendu.analysis.voices import heard
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.mentions.search import search
from entendu.reading.query import Query as Asked

ENDS = [
    ("unseen", _("nobody has decided")),
    ("watched", _("watched")),
    ("decided", _("watched by decision")),
    ("conversation", _("in a conversation")),
]
WRITERS = [
    ("people", _("people")),
    ("new", _("people heard for the first time")),
    ("machine", _("a machine")),
]
HOLDS = [("image", _("an image")), ("link", _("a link"))]
AUDIENCES = [("100", "≥ 100"), ("1000", "≥ 1 000"), ("10000", "≥ 10 000"), ("100000", "≥ 100 000")]
FOLDS = [("no", _("each on its own"))]
NEWCOMER = timedelta(days=7)  # without a period, people whose first word is not older


@dataclass(frozen=True)
class Filters:
    """What the address says, as text; what cannot be understood there filters nothing."""

    q: str = ""
    channel: str = ""
    language: str = ""
    sentiment: str = ""
    intent: str = ""
    urgency: str = ""
    topic: str = ""
    query: str = ""
    end: str = ""
    wrote: str = ""
    has: str = ""
    audience: str = ""
    fold: str = ""
    cluster: str = ""
    site: str = ""
    linking: str = ""
    signal: str = ""
    since: str = ""
    until: str = ""

    @property
    def address(self) -> str:
        """The filters as the query part of an address."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    @property
    def folds(self) -> bool:
        """Whether near-duplicates stand as one row."""
        return self.fold != "no" and not self.cluster and not self.signal

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The first moment, and the first after; today where neither day is given. Days of the page's time zone."""
        first, last = _day(self.since), _day(self.until)
        today = timezone.localtime(clock.now()).date()
        start = _midnight(first) if first else _midnight(last or today)
        return start, _midnight((last or today) + timedelta(days=1))

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered."""
        return any(value for name, value in asdict(self).items() if name != "fold")


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
    if (signal := _number(asked.signal)) is not None:
        samples = Sample.objects.visible_to(actor).filter(signal=signal)
        found = found.filter(pk__in=samples.values("mention"))
    found = _where_it_is(found, asked.end)
    found = _written_by(found, asked)
    found = _on_site(found, asked)
    if asked.has in {"image", "link"}:
        found = found.filter(**{f"search_entry__{asked.has}": True})
    if since := _day(asked.since):
        found = found.filter(said_at__gte=_midnight(since))
    if until := _day(asked.until):
        found = found.filter(said_at__lte=_midnight(until, at_end=True))
    return found.order_by("-said_at")


def _where_it_is(found: QuerySet[Mention], end: str) -> QuerySet[Mention]:
    if end == "conversation":
        return found.filter(part__isnull=False)
    if end == "watched":
        return found.filter(part__isnull=True, receipt__end="watched")
    if end == "unseen":
        return found.filter(part__isnull=True, watch__isnull=True, gathered_at__isnull=False)
    return found.filter(part__isnull=True, watch__isnull=False) if end == "decided" else found


def _on_site(found: QuerySet[Mention], asked: Filters) -> QuerySet[Mention]:
    site = _number(asked.site)
    if site is None:
        return found
    return found.filter(appearances__site=site, appearances__linked=bool(asked.linking))


def _written_by(found: QuerySet[Mention], asked: Filters) -> QuerySet[Mention]:
    if asked.wrote == "machine":
        return found.filter(automatic=True)
    if asked.wrote == "people":
        return found.filter(pk__in=heard().values("pk"))
    if asked.wrote == "new":
        since = _day(asked.since)
        start = _midnight(since) if since else clock.now() - NEWCOMER
        return found.filter(automatic=False, author__first_seen_at__gte=start)
    return found


_EQUAL = {
    "language": "analysis__language",
    "sentiment": "analysis__sentiment",
    "intent": "analysis__intent",
    "urgency": "analysis__urgency",
    "topic": "tags__topic__slug",
}
_NUMBERED = {
    "channel": "channel",
    "query": "matches__query",
    "cluster": "copy__cluster",
    "audience": "audience__gte",
}


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
