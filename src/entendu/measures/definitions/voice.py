"""What is said: measures over mentions."""

from collections import Counter
from datetime import date

from django.utils.translation import gettext_lazy as _

from entendu.measures.models import Family
from entendu.measures.names import said, tracked
from entendu.measures.registry import measured
from entendu.measures.result import Answer, Part, Point, percent
from entendu.measures.sheet import Sheet
from entendu.mentions.models import Tracked

SENTIMENTS = ("negative", "neutral", "positive")


@measured(_("Mentions"), unit="count", opens="mentions")
def mentions(sheet: Sheet) -> Answer:
    """How many things were said about or to the organisation, by day, sentiment and intent.

    A mention is one item (post, comment, mail …) that refers to it, counted once however many queries
    found it. Own and automatic messages, and what its author took back, do not count. Source: Conclave on
    Social Media Measurement Standards, "item" and "mention"
    (smmstandards.wixsite.com/reach-and-impressions).
    """
    sentiments: Counter[str] = Counter()
    intents: Counter[str] = Counter()
    days: dict[date, Counter[str]] = {}
    for day, label, total in sheet.totals(Family.MENTION):
        sentiment, _slash, intent = label.partition("/")
        sentiments[sentiment] += int(total)
        intents[intent] += int(total)
        days.setdefault(day, Counter())[sentiment] += int(total)
    n = sentiments.total()
    return Answer(
        n,
        n,
        parts=[Part(code, count) for code, count in (sentiments + intents).items()],
        points=[
            Point(day, days[day].total(), days[day].total(), _complete(days[day])) for day in sorted(days)
        ],
    )


@measured(_("Net sentiment"), unit="points", better="up", opens="mentions")
def net_sentiment(sheet: Sheet) -> Answer:
    """(positive − negative) ÷ (positive + neutral + negative) × 100, from −100 to +100.

    Source: Black Box Intelligence, "Net sentiment" (help.blackboxintelligence 360003715274). The value in
    force counts: a person's correction before the machine's reading.
    """
    days = sheet.by("day")
    whole = sum(days.values(), Counter[str]())
    return Answer(
        net(whole),
        whole.total(),
        parts=[Part(code, whole[code]) for code in SENTIMENTS],
        points=[Point(day, net(days[day]), days[day].total(), _complete(days[day])) for day in sorted(days)],
    )


@measured(_("Share of voice"), unit="percent", better="up", opens="mentions")
def share_of_voice(sheet: Sheet) -> Answer:
    """100 × mentions of our own tracked names ÷ mentions of all tracked names, by day; the parts are the mentions of
    each name (the id of its query). A mention of two names counts for both; near-duplicates count each.

    Source: Cision, "share of voice": brand mentions ÷ mentions of the tracked set, same rules, same period. None
    when no name of ours, or no other one, is tracked.
    """
    names = tracked(sheet.perimeter.organisation)
    own = {one.pk for one in names if one.tracked == Tracked.OWN}
    if not own or len(own) == len(names):
        return Answer(None, 0)
    whole = {query: counts.total() for query, counts in said(sheet).get("", {}).items()}
    points = []
    for day, found in sorted(said(sheet, "day").items()):
        ours = sum(counts.total() for query, counts in found.items() if query in own)
        total = sum(counts.total() for counts in found.values())
        points.append(Point(day, percent(ours, total), total))
    n = sum(whole.values())
    return Answer(
        percent(sum(count for query, count in whole.items() if query in own), n),
        n,
        parts=[Part(str(query), count) for query, count in sorted(whole.items())],
        points=points,
    )


@measured(_("People heard"), unit="count", opens="mentions")
def people_heard(sheet: Sheet) -> Answer:
    """How many distinct people said the mentions of the period; accounts linked to one person count once.

    Our own definition: no published standard was found. Counted from the mentions themselves, since
    people do not add up over days and links between accounts may change later.
    """
    people = sheet.people()
    return Answer(people, people)


@measured(_("Readings corrected"), unit="percent", better="down", opens="mentions")
def correction_rate(sheet: Sheet) -> Answer:
    """100 × mentions of which a person changed at least one reading ÷ mentions read. The parts tell which
    readings.

    Our own definition. It is a floor of the machine's error: people correct what they happen to see.
    """
    read = sheet.totals(Family.MENTION)
    corrected = sheet.totals(Family.CORRECTION)
    n = sum(total for _day, _label, total in read)
    by_facet: Counter[str] = Counter()
    by_day: Counter[date] = Counter()
    for day, label, total in corrected:
        by_facet[label] += int(total)
        by_day[day] += int(total) if label == "any" else 0
    days: Counter[date] = Counter()
    for day, _label, total in read:
        days[day] += int(total)
    return Answer(
        percent(by_facet.pop("any", 0), n),
        int(n),
        parts=[Part(code, count) for code, count in sorted(by_facet.items())],
        points=[Point(day, percent(by_day[day], days[day]), days[day]) for day in sorted(days)],
    )


def net(counts: Counter[str]) -> float | None:
    """The net sentiment of counts by sentiment, in [-100, 100]; None when there are none."""
    return percent(counts["positive"] - counts["negative"], counts.total())


def _complete(counts: Counter[str]) -> dict[str, float]:
    return {sentiment: counts[sentiment] for sentiment in SENTIMENTS}
