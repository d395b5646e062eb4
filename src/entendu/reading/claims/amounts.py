"""Durations, money, shares, hours and days that a text names, in French and English."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from entendu.reading.claims.tokens import Token

_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50,
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "plusieurs": 3, "several": 3, "couple": 2, "few": 3, "half": 0.5, "demi": 0.5, "demie": 0.5,
}  # fmt: skip
_HOURS = {
    "min": 1 / 60, "mins": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "mn": 1 / 60, "seconde": 1 / 3600,
    "secondes": 1 / 3600, "second": 1 / 3600, "seconds": 1 / 3600, "h": 1, "hr": 1, "hrs": 1, "heure": 1, "heures": 1,
    "hour": 1, "hours": 1, "j": 24, "jour": 24, "jours": 24, "day": 24, "days": 24, "nuit": 24, "nuits": 24,
    "semaine": 168, "semaines": 168, "week": 168, "weeks": 168, "mois": 720, "month": 720, "months": 720,
    "an": 8760, "ans": 8760, "annee": 8760, "annees": 8760, "year": 8760, "years": 8760,
}  # fmt: skip
_ALONE = {"fortnight": 336, "quinzaine": 360, "lendemain": 24, "surlendemain": 48, "overnight": 24}
_WORKING = frozenset(
    {"working", "business", "ouvres", "ouvrables", "full", "long", "longues", "bonnes", "good"}
)
_MONEY = frozenset(
    {"€", "£", "$", "euro", "euros", "eur", "quid", "pounds", "pound", "dollars", "gbp", "balles"}
)
_AT = frozenset(
    {"a", "at", "des", "from", "until", "till", "jusqu", "vers", "after", "apres", "before", "avant", "by"}
)
_DAYS = {
    "lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3, "vendredi": 4, "samedi": 5, "dimanche": 6, "dimanches": 6,
    "samedis": 5, "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "mondays": 0, "tuesdays": 1, "wednesdays": 2, "thursdays": 3, "fridays": 4, "saturdays": 5, "sundays": 6,
    "lundis": 0, "mardis": 1, "mercredis": 2, "jeudis": 3, "vendredis": 4,
}  # fmt: skip
_GROUPS = {
    "weekday": range(5),
    "weekdays": range(5),
    "weekend": (5, 6),
    "weekends": (5, 6),
    "semaine": range(5),
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "january", "jan"), ("fevrier", "february", "feb"), ("mars", "march"), ("avril", "april"),
            ("mai", "may"), ("juin", "june"), ("juillet", "july"), ("aout", "august"), ("septembre", "september"),
            ("octobre", "october"), ("novembre", "november"), ("decembre", "december"),
        )
    )
    for name in names
}  # fmt: skip


class Amount(NamedTuple):
    """A value said by tokens [start, end)."""

    value: float
    start: int
    end: int


@dataclass(slots=True)
class Amounts:
    """`durations` in hours, `clocks` in hours of the day, `days` from Monday 0, `elapsed`: hours between two days or
    months that are named one after the other."""

    durations: list[Amount] = field(default_factory=list)
    money: list[Amount] = field(default_factory=list)
    shares: list[Amount] = field(default_factory=list)
    clocks: list[Amount] = field(default_factory=list)
    days: list[Amount] = field(default_factory=list)
    elapsed: list[Amount] = field(default_factory=list)


def amounts(tokens: list[Token]) -> Amounts:
    """All that the tokens count."""
    found = Amounts()
    forms = [token.form for token in tokens]
    months: list[Amount] = []
    dates: list[Amount] = []
    for at, form in enumerate(forms):
        following = forms[at + 1] if at + 1 < len(forms) else ""
        if form in _ALONE:
            found.durations.append(Amount(_ALONE[form], at, at + 1))
        elif form in _DAYS:
            found.days.append(Amount(_DAYS[form], at, at + 1))
        elif form in _GROUPS and (form != "semaine" or forms[at - 1 : at] == ["en"]):
            found.days += [Amount(day, at, at + 1) for day in _GROUPS[form]]
        elif form in _MONTHS and (form not in ("may", "march", "mars", "mai") or _before(forms, at) in _IN):
            months.append(Amount(_MONTHS[form], at, at + 1))
        elif form in ("night", "day") and _before(forms, at) == "next":
            found.durations.append(Amount(24, at - 1, at + 1))
        value = _number(form)
        if value is not None:
            _counted(found, forms, at, value, following)
            if _before(forms, at) in ("le", "the") and value <= 31 and following not in _HOURS:
                dates.append(Amount(value, at, at + 1))
    found.elapsed += _between(found.days, 7, 24) + _between(months, 12, 720) + _between(dates, 31, 24)
    return found


_IN = frozenset({"en", "in", "since", "depuis", "de", "from", "until", "before"})


def _counted(found: Amounts, forms: list[str], at: int, value: float, following: str) -> None:
    """What the number at `at` counts."""
    word = at + 1 if following not in _WORKING else at + 2
    unit = forms[word] if word < len(forms) else ""
    if _before(forms, at) in _MONEY - {"euros"} and forms[at][0].isdigit():
        found.money.append(Amount(value, at - 1, at + 1))
    elif following in _MONEY and forms[at][0].isdigit():
        cents = forms[at + 2] if at + 2 < len(forms) else ""
        found.money.append(Amount(value + (int(cents) / 100 if _cents(cents) else 0), at, at + 2))
    elif following in ("%", "percent"):
        found.shares.append(Amount(value, at, at + 2))
    elif following == "pour" and forms[at + 2 : at + 3] == ["cent"]:
        found.shares.append(Amount(value, at, at + 3))
    elif following in ("am", "pm"):
        found.clocks.append(Amount(value % 12 + (12 if following == "pm" else 0), at, at + 2))
    elif unit in _HOURS and not _is_clock(forms, at, value, unit):
        if unit == "h" and value == 24 and forms[at + 2 : at + 3] == ["24"]:
            return
        found.durations.append(Amount(value * _HOURS[unit], at, word + 1))
    elif unit == "h":
        minutes = forms[at + 2] if at + 2 < len(forms) else ""
        found.clocks.append(Amount(value + (int(minutes) / 60 if _cents(minutes) else 0), at, at + 2))
    elif _before(forms, at) in ("at", "till", "until", "by") and value <= 24 and forms[at][0].isdigit():
        found.clocks.append(Amount(value, at, at + 1))


def _is_clock(forms: list[str], at: int, value: float, unit: str) -> bool:
    """« à 8 h », « 8 h 30 », « dès 7 h » tell the time; « 24 h », « 3 h de retard », « 2 heures » a duration."""
    if unit not in ("h", "heures") or value > 23:
        return False
    if unit == "h" and _cents(forms[at + 2] if at + 2 < len(forms) else ""):
        return True
    before = _before(forms, at)
    if before in ("en", "sous", "depuis", "pendant", "in", "within", "for", "que", "prochaines"):
        return False
    if before in _AT:
        return True
    after = forms[at + 2] if at + 2 < len(forms) else ""
    return unit == "h" and value >= 6 and after not in ("de", "d", "que", "pour", "to", "later")


def _cents(form: str) -> bool:
    return len(form) == 2 and form.isdigit()


def _before(forms: list[str], at: int) -> str:
    return forms[at - 1] if at else ""


def _number(form: str) -> float | None:
    if form[0].isdigit():
        plain = form.replace(",", ".").replace(":", ".")
        try:
            return float(plain) if plain.count(".") <= 1 else None
        except ValueError:
            return None
    return _NUMBERS.get(form)


def _between(points: list[Amount], cycle: int, hours: float) -> list[Amount]:
    """The time from the first to the last, going forward."""
    if len(points) < 2 or points[0].value == points[-1].value:
        return []
    first, last = points[0], points[-1]
    return [Amount((last.value - first.value) % cycle * hours, first.start, last.end)]


def spans(found: Amounts) -> Iterator[Amount]:
    """All amounts, whatever they count."""
    for kind in (found.durations, found.money, found.shares, found.clocks, found.days, found.elapsed):
        yield from kind
