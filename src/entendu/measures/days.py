"""Counts the mentions of one day of one organisation."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from entendu.accounts.models import Organisation
from entendu.analysis.models import Correction
from entendu.analysis.voices import heard
from entendu.measures.models import Family, Figure
from entendu.measures.perimeter import bounds, zone
from entendu.mentions.models import Mention, Tracked

FAMILIES = (Family.MENTION, Family.CORRECTION, Family.VOICE, Family.VOICE_ONCE)


def refresh_day(organisation: Organisation, day: date) -> None:
    """Makes the counts of `day` anew, in the caller's transaction: four GROUP BY, a delete, an insert."""
    mentions = heard().filter(**_on(organisation, day))
    rows = [*_by_reading(mentions), *_corrected(organisation, day), *_by_name(mentions)]
    Figure.objects.filter(organisation=organisation, measure__in=FAMILIES, day=day).delete()
    Figure.objects.insert_many(Figure(organisation=organisation, day=day, **row) for row in rows)


def _on(organisation: Organisation, day: date, path: str = "") -> dict[str, Any]:
    start, end = bounds(day, zone(organisation.timezone))
    return {
        f"{path}organisation": organisation,
        f"{path}said_at__gte": start,
        f"{path}said_at__lt": end,
    }


def _by_reading(mentions: QuerySet[Mention]) -> Iterator[dict[str, Any]]:
    """Counts by channel, language, sentiment/intent: of all mentions (topic None), then of those on each
    topic."""
    plain = mentions.order_by().values_list(
        "channel_id", "analysis__language", "analysis__sentiment", "analysis__intent"
    )
    for channel, language, sentiment, intent, count in plain.annotate(n=Count("pk")):
        yield _row(Family.MENTION, channel, language, f"{sentiment}/{intent}", count)
    tagged = mentions.filter(tags__isnull=False).annotate(topic=F("tags__topic_id"))
    for channel, language, sentiment, intent, topic, count in (
        tagged.order_by()
        .values_list("channel_id", "analysis__language", "analysis__sentiment", "analysis__intent", "topic")
        .annotate(n=Count("pk"))
    ):
        yield _row(Family.MENTION, channel, language, f"{sentiment}/{intent}", count, topic)


def _corrected(organisation: Organisation, day: date) -> Iterator[dict[str, Any]]:
    """Counts of mentions whose reading a person changed, by facet. A correction taken back (the newest of
    its facet says what the machine said) is none."""
    said = Correction.objects.filter(**_on(organisation, day, "analysis__mention__")).filter(
        analysis__mention__in=heard()
    )
    newest: dict[tuple[int, str], tuple[bool, int, str]] = {}
    for mention, facet, machine, value, channel, language in said.order_by("pk").values_list(
        "analysis__mention_id",
        "facet",
        "machine",
        "value",
        "analysis__mention__channel_id",
        "analysis__language",
    ):
        newest[mention, facet] = (machine != value, channel, language)
    counts: dict[tuple[int, str, str], set[int]] = {}
    for (mention, facet), (changed, channel, language) in newest.items():
        if changed:
            counts.setdefault((channel, language, facet), set()).add(mention)
            counts.setdefault((channel, language, "any"), set()).add(mention)
    for (channel, language, facet), mentions in counts.items():
        yield _row(Family.CORRECTION, channel, language, facet, len(mentions))


def _by_name(mentions: QuerySet[Mention]) -> Iterator[dict[str, Any]]:
    """Counts by channel, language and query/sentiment of the mentions in which a tracked name is found: all of them,
    then without those that repeat another (the first one heard of a cluster counts)."""
    named = mentions.filter(matches__query__tracked__in=Tracked.values)
    named = named.annotate(query=F("matches__query_id")).order_by()
    first = Q(copy__isnull=True) | Q(leads__isnull=False)
    rows = named.values_list("channel_id", "analysis__language", "analysis__sentiment", "query")
    for channel, language, sentiment, query, posts, once in rows.annotate(
        n=Count("pk"), once=Count("pk", filter=first)
    ):
        yield _row(Family.VOICE, channel, language, f"{query}/{sentiment}", posts)
        if once:
            yield _row(Family.VOICE_ONCE, channel, language, f"{query}/{sentiment}", once)


def _row(
    family: Family, channel: int, language: str, label: str, count: int, topic: int | None = None
) -> dict[str, Any]:
    return {
        "measure": family.value,
        "channel": channel,
        "language": language,
        "topic": topic,
        "label": label,
        "value": count,
    }
