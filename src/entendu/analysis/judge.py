"""Holds the hours that changed against their past: spikes of people, and disappointment that rises."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from entendu.accounts.models import Organisation
from entendu.analysis.explain import background_of, quote_of, words_of
from entendu.analysis.models import Level, Scope, Signal, SignalKind, Tally
from entendu.analysis.models.analysis import Sentiment
from entendu.analysis.raising import Found, raise_signal
from entendu.analysis.tally import HOUR
from entendu.analysis.voices import said_in, with_voices
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import Query
from entendu.reading import bursts, rising
from entendu.reading.keyphrases import Background

LATE = timedelta(hours=48)  # hours that are older are history, not news
PAST = timedelta(weeks=bursts.WEEKS)
DAY = 24  # hours over which disappointment is told
CURVE = 48  # hours that are drawn
LOUD = 10  # people, mostly unhappy: high
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local hours, as clocks on the wall show them


@dataclass(slots=True)
class Watch:
    """What judging needs to know of an organisation: how many series are watched, how many people are usually
    disappointed (a share), and what was usually said, kept from one look to the next."""

    organisation: Organisation
    scopes: int
    disappointed: float
    said: dict[datetime, Background] = field(default_factory=dict)
    begins: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def begin_of(self, tally: Tally) -> datetime:
        """Since when a scope has been listened to: silence before tells nothing."""
        key = tally.scope, tally.key
        if key not in self.begins:
            self.begins[key] = begin_of(tally)
        return min(self.begins[key], tally.hour)

    def words_of(self, texts: Sequence[str], before: datetime) -> list[str]:
        """The words of `texts` that were not usual before a moment."""
        if before not in self.said:
            self.said[before] = background_of(self.organisation.pk, before)
        return words_of(texts, self.said[before])


@dataclass(frozen=True, slots=True)
class Series:
    """Hours of one scope, as clocks on the wall number them (summer time makes no gap): people and disappointed."""

    people: list[int]
    disappointed: list[int]


def judge_waiting(limit: int) -> int:
    """Judges up to `limit` hours of scopes whose count changed, the loudest of a moment first; returns how many."""
    waiting = list(Tally.objects.filter(judged=False).order_by("-hour")[:limit])
    by_organisation: dict[int, list[Tally]] = defaultdict(list)
    for one in waiting:
        if one.hour >= clock.now() - LATE:
            by_organisation[one.organisation_id].append(one)
    for pk, tallies in by_organisation.items():
        judge_all(Organisation.objects.get(pk=pk), tallies)
    for one in waiting:  # unless it was counted anew meanwhile
        Tally.objects.filter(pk=one.pk, people=one.people, disappointed=one.disappointed).update(judged=True)
    return len(waiting)


def judge_all(organisation: Organisation, tallies: Sequence[Tally]) -> None:
    """Raises what stands out among `tallies`, by hour: what is open already first, then the strongest, so that the
    others join it."""
    watch = Watch(organisation, count_scopes(organisation.pk), usual_share(organisation.pk))
    for hour in sorted({one.hour for one in tallies}):
        found: list[Found] = []
        for one in [one for one in tallies if one.hour == hour]:
            series = series_of(watch, one)
            found += [each for each in (spike(one, series, watch), rise(one, series, watch)) if each]
        known = set(
            Signal.objects.filter(organisation=organisation, ended_at__isnull=True).values_list(
                "kind", "scope", "key"
            )
        )
        for each in sorted(
            found, key=lambda each: ((each.kind, each.scope, each.key) not in known, -each.score)
        ):
            raise_signal(each)


def spike(tally: Tally, series: Series, watch: Watch) -> Found | None:
    """More people than this hour of the week explains, told by its words; the people are counted once over its
    hours."""
    seen = bursts.judge(series.people, scopes=watch.scopes)
    if not seen.alarm:
        return None
    until = tally.hour + HOUR
    since = until - seen.hours * HOUR
    said = with_voices(said_in(tally.organisation_id, tally.scope, tally.key, since, until))
    rows = list(
        said.order_by("said_at").values("pk", "voice", "title", "text", "said_at", "analysis__sentiment")
    )
    people = len({row["voice"] for row in rows})
    seen = bursts.held(people, seen.hours, seen.usual, scopes=watch.scopes)
    if not seen.alarm:
        return None
    low, high = seen.band
    texts, ids = [text_of(row) for row in rows], [row["pk"] for row in rows]
    return Found(
        organisation=tally.organisation_id,
        kind=SignalKind.SPIKE,
        scope=tally.scope,
        key=tally.key,
        level=level_of(rows, people),
        score=seen.score,
        people=people,
        hours=seen.hours,
        expected=round(seen.usual.mean, 2),
        low=low,
        high=high,
        words=watch.words_of(texts, since),
        curve=curve_of(series.people, until),
        quote=quote_of(texts, ids),
        started_at=rows[0]["said_at"],
        last_at=rows[-1]["said_at"],
        mentions=ids[::-1],
    )


def rise(tally: Tally, series: Series, watch: Watch) -> Found | None:
    """A greater share of people is disappointed over a day than over the weeks before."""
    if tally.scope == Scope.SITE or not tally.disappointed:
        return None
    now = sum(series.disappointed[-DAY:]), sum(series.people[-DAY:])
    past = sum(series.disappointed[:-DAY]), sum(series.people[:-DAY])
    least = bursts.alarm_score(watch.scopes)
    if not rising.rising(now, past, whole=watch.disappointed, least_score=least).alarm:
        return None
    since, until = tally.hour + HOUR - DAY * HOUR, tally.hour + HOUR
    said = with_voices(said_in(tally.organisation_id, tally.scope, tally.key, since, until))
    rows = list(
        said.order_by("said_at").values("pk", "voice", "title", "text", "said_at", "analysis__disappointed")
    )
    unhappy = [row for row in rows if row["analysis__disappointed"]]
    people, some = len({row["voice"] for row in rows}), len({row["voice"] for row in unhappy})
    seen = rising.rising((some, people), past, whole=watch.disappointed, least_score=least)
    if not seen.alarm:
        return None
    texts, ids = [text_of(row) for row in unhappy], [row["pk"] for row in unhappy]
    return Found(
        organisation=tally.organisation_id,
        kind=SignalKind.DISAPPOINTMENT,
        scope=tally.scope,
        key=tally.key,
        level=Level.HIGH if some >= LOUD else Level.MEDIUM,
        score=seen.score,
        people=some,
        hours=DAY,
        expected=round(seen.usual, 3),
        low=seen.low,
        high=seen.high,
        share=round(seen.share, 3),
        words=watch.words_of(texts, since),
        curve=curve_of(series.disappointed, until),
        quote=quote_of(texts, ids),
        started_at=unhappy[0]["said_at"],
        last_at=unhappy[-1]["said_at"],
        mentions=ids[::-1],
    )


def curve_of(counts: Sequence[int], until: datetime) -> dict[str, object]:
    """The last hours of a series beside what is usual, to be drawn."""
    usual, high = bursts.course(counts, CURVE)
    people = list(counts[-len(usual) :])
    return {"until": until.isoformat(), "people": people, "usual": usual, "high": high}


def series_of(watch: Watch, tally: Tally) -> Series:
    """The hours of a scope from where its history begins to the hour of `tally`, at most PAST before it."""
    organisation = watch.organisation
    zone = zone_of(organisation.timezone)
    rows = Tally.objects.filter(
        organisation=organisation,
        scope=tally.scope,
        key=tally.key,
        hour__gt=tally.hour - PAST - HOUR,
        hour__lte=tally.hour,
    ).values_list("hour", "people", "disappointed")
    counted = [(place_of(hour, zone), people, disappointed) for hour, people, disappointed in rows]
    last = place_of(tally.hour, zone)
    first = min([place for place, _people, _some in counted] + [place_of(watch.begin_of(tally), zone)])
    first = max(first, last - bursts.WEEKS * bursts.WEEK)
    people, some = [0] * (last - first + 1), [0] * (last - first + 1)
    for place, count, disappointed in counted:
        if place >= first:
            people[place - first] += count
            some[place - first] += disappointed
    return Series(people, some)


def begin_of(tally: Tally) -> datetime:
    """The first hour of the organisation or, if later, the making of the scope's query or channel."""
    hours = Tally.objects.filter(organisation=tally.organisation_id).order_by("hour")
    begin: datetime = hours.values_list("hour", flat=True)[:1].get()
    made: Any = None
    if tally.scope == Scope.QUERY:
        made = Query.objects.filter(pk=tally.key).values_list("created_at", flat=True).first()
    elif tally.scope == Scope.CHANNEL:
        made = Channel.objects.filter(pk=tally.key).values_list("created_at", flat=True).first()
    return max(begin, made) if made else begin


def count_scopes(organisation: int) -> int:
    """How many series are watched: those in which somebody spoke within a week."""
    recent = Tally.objects.filter(organisation=organisation, hour__gte=clock.now() - timedelta(days=7))
    return recent.order_by().values("scope", "key").distinct().count()


def usual_share(organisation: int) -> float:
    """The share of people who were disappointed, over everything and the last weeks."""
    rows = Tally.objects.filter(
        organisation=organisation, scope=Scope.ORGANISATION, hour__gte=clock.now() - PAST
    ).values_list("people", "disappointed")
    people = sum(people for people, _some in rows)
    return sum(some for _people, some in rows) / people if people else 0.0


def level_of(rows: Sequence[dict[str, Any]], people: int) -> str:
    """High when many are unhappy together; low when nobody much is."""
    unhappy = sum(row["analysis__sentiment"] == Sentiment.NEGATIVE for row in rows) / len(rows)
    if unhappy >= 0.5:
        return Level.HIGH if people >= LOUD else Level.MEDIUM
    return Level.MEDIUM if unhappy >= 0.25 else Level.LOW


def text_of(row: dict[str, Any]) -> str:
    """Title and text."""
    return f"{row['title']}\n{row['text']}" if row["title"] else str(row["text"])


def place_of(hour: datetime, zone: tzinfo) -> int:
    """The number of an hour on the clocks of `zone`."""
    return int((hour.astimezone(zone).replace(tzinfo=None) - EPOCH) // HOUR)


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The time zone called `name`; UTC when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
