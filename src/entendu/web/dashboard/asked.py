"""What the dashboard is asked to show: a period and filters, read from the address."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from entendu.accounts.models import Membership
from entendu.analysis.models import Topic
from entendu.channels.models import Channel
from entendu.measures.compute import BadPeriod, last_days, perimeter_of
from entendu.measures.perimeter import Perimeter

PERIODS = (7, 30, 90)
USUAL = 30


@dataclass(frozen=True)
class AskedFor:
    """A perimeter, and how it was asked for: `days` of a usual period that ends today (0: from one day to
    another), the slug of the topic, and `trouble`, a code when the dates that were given cannot be
    used."""

    perimeter: Perimeter
    days: int
    topic: str = ""
    trouble: str = ""

    def address(self, **change: Any) -> str:
        """The same as the query part of an address, `change`d; empty values are left out."""
        about = self.perimeter
        values: dict[str, Any] = {
            "channel": about.channel,
            "language": about.language,
            "topic": self.topic,
        }
        values |= {"days": self.days} if self.days else {"since": about.since, "until": about.until}
        return urlencode({name: value for name, value in (values | change).items() if value})

    def heard(self, **change: Any) -> str:
        """The query part of the listening stream that shows the same mentions: those of people."""
        return replace(self, days=0).address(wrote="people", **change)


def asked_of(given: QueryDict, actor: Membership) -> AskedFor:
    """What `given` asks for, as far as `actor` may see it; what cannot be used is the usual, and
    `trouble` says so."""
    channel = _channel(given.get("channel", ""), actor)
    topic = Topic.objects.visible_to(actor).filter(slug=given.get("topic", "")[:80]).first()
    language = given.get("language", "")[:8]
    since, until, days, trouble = _period(given, actor)
    perimeter = Perimeter(actor.organisation, since, until, channel, language, topic.pk if topic else None)
    return AskedFor(perimeter, days, topic.slug if topic else "", trouble)


def _period(given: QueryDict, actor: Membership) -> tuple[date, date, int, str]:
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    if given.get("days", "") not in {str(days) for days in PERIODS} and (since or until):
        last = until or last_days(actor.organisation, 1)[1]
        first = since or last - timedelta(days=USUAL - 1)
        try:
            perimeter_of(actor.organisation, first, last)
        except BadPeriod as error:
            return *last_days(actor.organisation, USUAL), USUAL, str(error)
        return first, last, 0, ""
    days = next((days for days in PERIODS if str(days) == given.get("days", "")), USUAL)
    return *last_days(actor.organisation, days), days, ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


def _channel(text: str, actor: Membership) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return None
    return Channel.objects.visible_to(actor).filter(pk=int(text)).values_list("pk", flat=True).first()
