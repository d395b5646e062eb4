"""Weak signals: words and phrases that some people begin to use and the weeks before did not know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db import transaction

from entendu.accounts.models import Organisation
from entendu.analysis.explain import background_of
from entendu.analysis.judge import text_of, zone_of
from entendu.analysis.models import Level, Listened, Mute, Sample, Scope, Signal, SignalKind, Tally
from entendu.analysis.raising import Found, raise_signal
from entendu.analysis.voices import heard, with_voices
from entendu.analysis.write_line import forget_stale
from entendu.kit import clock
from entendu.kit.fold import fold
from entendu.reading.keyphrases import new_phrases, phrases

EVERY = timedelta(hours=1)
RECENT = timedelta(days=7)
LEAST_PAST = timedelta(days=14)  # listened to before: otherwise everything is new
KNOWN_FOR = timedelta(days=60)  # an event that was raised is known for so long
FEWEST_PEOPLE = 3
FEWEST_FOR_A_WORD = 5  # single words come back by accident sooner than phrases do
EVENT = 0.5  # share of its messages that belong to events of before: no news
MOST_TEXTS = 5_000
MOST_PAST = 10_000
MOST = 5  # phrases raised at a look: the strongest


@dataclass(slots=True)
class Holders:
    """Who said a phrase, when and where."""

    voices: set[int] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    mentions: list[int] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    def spread(self, phrase: str) -> bool:
        """Enough people, on several days or in several places."""
        least = FEWEST_PEOPLE if " " in phrase else FEWEST_FOR_A_WORD
        return len(self.voices) >= least and (len(self.days) > 1 or len(self.places) > 1)


def look_for_words(limit: int) -> int:
    """Looks for new words in up to `limit` organisations where something was said since, each hour at most."""
    due = Listened.objects.filter(words_due=True, words_at__lte=clock.now() - EVERY)
    done = 0
    for pk in list(due.order_by("words_at").values_list("pk", flat=True)[:limit]):
        claimed = due.filter(pk=pk).update(words_due=False, words_at=clock.now())
        if claimed:
            organisation = Organisation.objects.get(pk=pk)
            look(organisation)
            forget_stale(organisation)
            done += 1
    return done


@transaction.atomic
def look(organisation: Organisation) -> None:
    """Raises the new words of an organisation, and tells the open signals who said theirs again."""
    now = clock.now()
    since = now - RECENT
    first = (
        Tally.objects.filter(organisation=organisation)
        .order_by("hour")
        .values_list("hour", flat=True)
        .first()
    )
    if first is None or first > since - LEAST_PAST:
        return
    said = with_voices(heard().filter(organisation=organisation, said_at__gte=since, said_at__lte=now))
    names = "pk", "voice", "said_at", "network", "place", "title", "text", "author__handle", "author__name"
    rows = list(said.order_by("-said_at").values(*names)[:MOST_TEXTS])
    holders = held_by(rows, zone_of(organisation.timezone))
    usual = background_of(organisation.pk, since, MOST_PAST)
    silent = known_words(organisation) | muted_words(organisation)
    told = told_in_events(organisation)
    raised = 0
    for one in new_phrases([text_of(row) for row in rows], usual, most=200, least=FEWEST_PEOPLE):
        group = holders.get(one.text)
        if group is None or not group.spread(one.text) or is_known(one.text, silent):
            continue
        if len(told & set(group.mentions)) < EVENT * len(group.mentions):
            raise_signal(found_of(organisation, one.text, one.score, group))
            silent.add(one.text)
            told |= set(group.mentions)
            raised += 1
        if raised == MOST:
            break
    follow(organisation, holders)


def held_by(rows: Iterable[dict[str, Any]], zone: tzinfo) -> dict[str, Holders]:
    """Who holds which phrase. Names of whoever speaks are no words of theirs."""
    holders: dict[str, Holders] = defaultdict(Holders)
    for row in rows:
        own = set(fold(f"{row['author__handle']} {row['author__name']}").replace("@", " ").split())
        for phrase in phrases(text_of(row)):
            if own.isdisjoint(fold(phrase).split()):
                group = holders[phrase]
                group.voices.add(row["voice"])
                group.days.add(row["said_at"].astimezone(zone).date())
                group.places.add(f"{row['network']}/{row['place']}")
                group.mentions.append(row["pk"])
                group.moments.append(row["said_at"])
    return holders


def follow(organisation: Organisation, holders: Mapping[str, Holders]) -> None:
    """Tells the open weak signals who says their phrase by now."""
    open_ones = Signal.objects.filter(
        organisation=organisation, kind=SignalKind.WEAK, ended_at__isnull=True
    ).values_list("key", "score", "last_at")
    for key, score, last_at in list(open_ones):
        group = holders.get(key)
        if group is not None and max(group.moments) > last_at:
            raise_signal(found_of(organisation, key, score, group))


def known_words(organisation: Organisation) -> set[str]:
    """The words of what was raised lately: no news."""
    raised = Signal.objects.filter(organisation=organisation, raised_at__gte=clock.now() - KNOWN_FOR)
    rows = raised.exclude(kind=SignalKind.SAFETY).values_list("kind", "key", "words")
    return {word for kind, key, words in rows for word in ([key] if kind == SignalKind.WEAK else words)}


def told_in_events(organisation: Organisation) -> set[int]:
    """The messages of what was raised lately, open or not: an event brings its words with it."""
    since = clock.now() - KNOWN_FOR
    samples = Sample.objects.filter(signal__organisation=organisation, signal__raised_at__gte=since)
    return set(samples.exclude(signal__kind=SignalKind.SAFETY).values_list("mention", flat=True))


def muted_words(organisation: Organisation) -> set[str]:
    """The words that shall raise nothing."""
    muted = Mute.objects.filter(organisation=organisation, ended_at__isnull=True)
    return set(muted.values_list("word", flat=True))


def is_known(phrase: str, words: Iterable[str]) -> bool:
    """Whether a phrase says one of `words`, or is said by one of them."""
    plain = f" {fold(phrase)} "
    return any(f" {fold(word)} " in plain or plain in f" {fold(word)} " for word in words)


def found_of(organisation: Organisation, phrase: str, score: float, group: Holders) -> Found:
    """A weak signal as it is today."""
    return Found(
        organisation=organisation.pk,
        kind=SignalKind.WEAK,
        scope=Scope.ORGANISATION.value,
        key=phrase,
        level=Level.MEDIUM if len(group.voices) >= 2 * FEWEST_PEOPLE else Level.LOW,
        score=score,
        people=len(group.voices),
        hours=int(RECENT.total_seconds() // 3600),
        started_at=min(group.moments),
        last_at=max(group.moments),
        mentions=group.mentions,
        words=[phrase],
        quote=group.mentions[0],
    )
