"""Dates as exports write them. The shape that worked last is tried first: files seldom change their mind."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from dateutil import parser as dateutil_parser

Reader = Callable[[str], datetime | None]

MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
EPOCH_UNITS = {10: 1, 9: 1, 13: 1_000, 12: 1_000, 16: 1_000_000, 19: 1_000_000_000}
EARLIEST, LATEST = 1970, 2200
NUMERIC = re.compile(
    r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4})"
    r"(?:(?:\s*[,àT]\s*|\s+(?:à\s+|at\s+)?)(\d{1,2})\s?[:hH.](\d{2})?(?:[:.](\d{2}))?(?:\.\d+)?\s*([AaPp])?\.?(?:[Mm]\.?)?)?"
)
FRENCH_WORDS = {
    "janv": "Jan", "janvier": "Jan", "fevr": "Feb", "févr": "Feb", "fév": "Feb", "février": "Feb",
    "fevrier": "Feb",
    "mars": "Mar", "avr": "Apr", "avril": "Apr", "mai": "May", "juin": "Jun", "juil": "Jul", "juillet": "Jul",
    "août": "Aug", "aout": "Aug", "sept": "Sep", "septembre": "Sep", "octobre": "Oct", "novembre": "Nov",
    "déc": "Dec", "décembre": "Dec", "decembre": "Dec", "à": " ", "le": " ", "1er": "1",
    "lundi": " ", "mardi": " ", "mercredi": " ", "jeudi": " ", "vendredi": " ", "samedi": " ",
    "dimanche": " ",
}  # fmt: skip
MAIL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, *)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|[A-Z]{1,5})\b"
)
WORD = re.compile(r"[^\W_]+", re.UNICODE)


class UnreadableDate(ValueError):
    """No usual shape fits, or the date lies outside of what anybody could have said."""


class DateReader:
    """Reads one column of dates. `zone` is given to dates without one; `day_first` decides 03/04/2024."""

    def __init__(self, zone: tzinfo = UTC, day_first: bool = True) -> None:
        self._zone = zone
        self._day_first = day_first
        self._readers: list[Reader] = [_iso, _twitter, _digits, self._numeric, _rfc_2822, _in_words]

    def read(self, value: object) -> datetime:
        """`value` (text, or a number since 1970) as an aware datetime in UTC. UnreadableDate."""
        text = value.strip() if isinstance(value, str) else _plain_number(value)
        for place, reader in enumerate(self._readers):
            try:
                found = reader(text)
            except (ValueError, OverflowError, KeyError, IndexError):
                continue
            if found is None:
                continue
            if place:
                self._readers.insert(0, self._readers.pop(place))
            return self._settled(found, text)
        raise UnreadableDate(text[:60])

    def _settled(self, found: datetime, text: str) -> datetime:
        if not EARLIEST <= found.year <= LATEST:
            raise UnreadableDate(text[:60])
        if found.tzinfo is UTC:
            return found
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)

    def _numeric(self, text: str) -> datetime | None:
        match = NUMERIC.fullmatch(text)
        if match is None:
            return None
        first, second, third, hour, minute, seconds, half = match.groups()
        if len(first) > 2:
            year, month, day = int(first), int(second), int(third)
        else:
            day, month = (int(first), int(second)) if self._day_first else (int(second), int(first))
            year = int(third) if len(third) == 4 else 2000 + int(third) - 100 * (int(third) > 69)
        return datetime(  # noqa: DTZ001 - _settled gives the zone
            year, month, day, _hour_of_day(int(hour or 0), half), int(minute or 0), int(seconds or 0)
        )


def guess_day_first(values: Iterable[str]) -> bool | None:
    """True: 31/12/2024. False: 12/31/2024. None: these values do not say (other shapes, or ambiguous)."""
    for value in values:
        match = NUMERIC.fullmatch(value.strip())
        if match is None or len(match[1]) > 2:
            continue
        if int(match[1]) > 12:
            return True
        if int(match[2]) > 12 or match[7]:
            return False
    return None


def _plain_number(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or isinstance(value, bool) else str(value)


def _hour_of_day(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return hour % 12 + (12 if half in "pP" else 0)


def _iso(text: str) -> datetime | None:
    if text.isdigit():  # 1509487847 would be read as a year and a time
        return None
    return datetime.fromisoformat(text)


def _twitter(text: str) -> datetime | None:
    """Tue Oct 31 22:10:47 +0000 2017"""
    if len(text) != 30 or text[19] != " ":
        return None
    clock = int(text[11:13]), int(text[14:16]), int(text[17:19])
    found = datetime(int(text[26:30]), MONTHS[text[4:7]], int(text[8:10]), *clock, tzinfo=UTC)
    if text[20:25] == "+0000":
        return found
    away = timedelta(hours=int(text[21:23]), minutes=int(text[23:25]))
    return found - away if text[20] == "+" else found + away


def _digits(text: str) -> datetime | None:
    """Seconds, milli-, micro- or nanoseconds since 1970, or 20171031, or 20171031221047."""
    whole, _, fraction = text.partition(".")
    if not whole.isdigit() or not whole.isascii() or (fraction and not fraction.isdigit()):
        return None
    if len(whole) == 8:
        return datetime.strptime(whole, "%Y%m%d")  # noqa: DTZ007 - _settled gives the zone
    if len(whole) == 14:
        return datetime.strptime(whole, "%Y%m%d%H%M%S")  # noqa: DTZ007
    unit = EPOCH_UNITS.get(len(whole))
    return datetime.fromtimestamp(int(whole) / unit, UTC) if unit else None


def _rfc_2822(text: str) -> datetime | None:
    # The library reads nearly anything, and drops the PM of "10:10 PM".
    return parsedate_to_datetime(text) if MAIL_DATE.match(text) else None


def _in_words(text: str) -> datetime | None:
    """31 octobre 2017 à 22h10, October 31, 2017 10:10 PM. A date without its day or year is refused."""
    if not re.search(r"\d{4}", text) or len(text) > 60:
        return None
    english = WORD.sub(lambda word: FRENCH_WORDS.get(word[0].casefold(), word[0]), text)
    english = re.sub(r"(\d{1,2})\s?h\s?(\d{2})", r"\1:\2", english)
    one = dateutil_parser.parse(english, default=datetime(2000, 1, 1))  # noqa: DTZ001
    other = dateutil_parser.parse(english, default=datetime(2001, 2, 2))  # noqa: DTZ001
    return one if one == other else None
