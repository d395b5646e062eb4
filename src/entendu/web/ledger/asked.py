"""What a page of the ledger is asked for: which days, which channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from entendu.kit import clock

DAYS = 14
MOST_DAYS = 400


@dataclass(frozen=True)
class Wanted:
    """Days (both included) and the name of a channel, or of none in particular."""

    since: date
    until: date
    channel: str

    @property
    def address(self) -> str:
        """The same, in an address."""
        return urlencode({"since": str(self.since), "until": str(self.until), "channel": self.channel})


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """What an address asks for; the last two weeks when it asks for nothing that can be, 400 days at most."""
    until = day_of(given.get("until", "")) or timezone.localtime(clock.now()).date()
    since = day_of(given.get("since", "")) or until - timedelta(days=DAYS - 1)
    since = max(since, until - timedelta(days=MOST_DAYS)) if until.year > 1 + MOST_DAYS // 365 else until
    return Wanted(since, until, given.get("channel", "")[:120])


def day_of(text: str) -> date | None:
    """The day that `text` names, if it does."""
    try:
        return parse_date(text)
    except ValueError:
        return None
