"""What a number is about: whose, from which day to which day, on which channel, in which language, on
which topic."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from entendu.accounts.models import Organisation


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Days are days of the organisation's time zone, both included. Empty filters let everything in."""

    organisation: Organisation
    since: date
    until: date
    channel: int | None = None
    language: str = ""
    topic: int | None = None

    @property
    def days(self) -> int:
        """How many days, at least one."""
        return (self.until - self.since).days + 1

    def before(self) -> "Perimeter":
        """The period of the same length that ends the day before this one begins."""
        length = timedelta(days=self.days)
        return replace(self, since=self.since - length, until=self.until - length)

    def bounds(self) -> tuple[datetime, datetime]:
        """The first moment, and the first moment after."""
        start, _ = bounds(self.since, zone(self.organisation.timezone))
        _, end = bounds(self.until, zone(self.organisation.timezone))
        return start, end


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The time zone called `name`; UTC when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def bounds(day: date, of: tzinfo) -> tuple[datetime, datetime]:
    """When `day` begins and when the next one does: 23 to 25 hours later where clocks change."""
    return (
        datetime.combine(day, time.min, of).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time.min, of).astimezone(UTC),
    )


def day_of(moment: datetime, of: tzinfo) -> date:
    """The day of `moment` on the calendars of `of`."""
    return moment.astimezone(of).date()
