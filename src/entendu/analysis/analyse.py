"""Reads what was heard: the machine's values, the topics, and the queries that find it."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from entendu import reading
from entendu.analysis.models import Analysis, Tag
from entendu.analysis.topics import topics_of
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.match import match
from entendu.mentions.models import Mention


def analyse_waiting(limit: int) -> int:
    """Reads up to `limit` mentions that nobody has read; returns how many."""
    waiting = Mention.objects.filter(analysed_at__isnull=True).order_by("id")
    batch = list(waiting.select_related("author")[:limit])
    if not batch:
        return 0
    channels = Channel.objects.in_bulk({one.channel_id for one in batch})
    for one in batch:
        one.channel = channels[one.channel_id]
    readings = read(batch)
    matches = match(batch, [one.language.label for one in readings])
    tags = topics_of(batch, matches.documents)
    with transaction.atomic():
        mine = set(
            Mention.objects.filter(pk__in=[one.pk for one in batch], analysed_at__isnull=True)
            .select_for_update()
            .values_list("pk", flat=True)
        )
        write(batch, readings, mine)
        Tag.objects.insert_many((tag for tag in tags if tag.mention_id in mine), skip_known=True)
        matches.write(mine)
        Mention.objects.filter(pk__in=mine).update(analysed_at=clock.now())
    return len(batch)


def read(mentions: Sequence[Mention]) -> list[reading.Reading]:
    """The machine's reading of each mention, title and text together."""
    texts = [f"{one.title}\n{one.text}" if one.title else one.text for one in mentions]
    hints = [one.language_hint or one.author.language or None for one in mentions]
    return reading.read(texts, languages=hints, model=settings.READER)


def write(mentions: Sequence[Mention], readings: Sequence[reading.Reading], mine: set[int]) -> None:
    """Writes the readings of the mentions in `mine`. A person's corrections outlive a new reading."""
    known = {one.mention_id: one for one in Analysis.objects.filter(mention__in=mine)}
    new: list[Analysis] = []
    for mention, one in zip(mentions, readings, strict=True):
        if mention.pk not in mine:
            continue
        analysis = known.get(mention.pk)
        if analysis is None:
            new.append(Analysis(mention_id=mention.pk, **values_of(one)))
        else:
            renew(analysis, one)
    Analysis.objects.insert_many(new)


def renew(analysis: Analysis, one: reading.Reading) -> None:
    """A second reading (the text or the model changed): what people corrected stays, the rest is new."""
    kept = set(analysis.corrections.values_list("facet", flat=True))
    fresh = values_of(one)
    machine = dict(analysis.machine)
    for name, value in fresh.items():
        if name in kept:
            machine[name] = as_text(value)
        else:
            setattr(analysis, name, value)
    analysis.machine = machine
    analysis.save()


def values_of(one: reading.Reading) -> dict[str, object]:
    """The columns of an Analysis."""
    return {
        "language": one.language.label[:8],
        "sentiment": one.sentiment.label,
        "intent": one.intent.label,
        "urgency": one.urgency.label,
        "disappointed": one.disappointed.label == "yes",
        "offensive": one.offensive.label == "yes",
        "scores": {
            "language": round(one.language.score, 3),
            "sentiment": round(one.sentiment.score, 3),
            "intent": round(one.intent.score, 3),
            "urgency": round(one.urgency.score, 3),
            "disappointed": round(one.disappointed.score, 3),
            "offensive": round(one.offensive.score, 3),
        },
        "unsure": sorted(one.unsure),
        "model": one.model[:60],
        "read_at": clock.now(),
    }


def as_text(value: object) -> str:
    """A facet's value as Correction keeps it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
