"""Reads what was heard: the machine's values, the topics, the queries that find it, what it contradicts."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from entendu import reading
from entendu.analysis.contradict import hold
from entendu.analysis.models import Analysis, Tag
from entendu.analysis.near_duplicates import words_of
from entendu.analysis.own import but_for_people, own_topics, with_own_intents
from entendu.analysis.read_once import Read, as_text, read_once
from entendu.analysis.topics import topics_of
from entendu.analysis.versions import note_versions
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.match import match
from entendu.mentions.models import Mention
from entendu.reading.claims import Mood


def analyse_waiting(limit: int) -> int:
    """Reads up to `limit` mentions that nobody has read; returns how many."""
    waiting = Mention.objects.filter(analysed_at__isnull=True).order_by("id")
    batch = list(waiting.select_related("author")[:limit])
    if not batch:
        return 0
    channels = Channel.objects.in_bulk({one.channel_id for one in batch})
    for one in batch:
        one.channel = channels[one.channel_id]
    readings = read_once(batch, read)
    matches = match(batch, [str(one.values["language"]) for one in readings])
    tags = but_for_people([*topics_of(batch, matches.documents), *own_topics(batch)])
    about: dict[int, set[int]] = {}
    for tag in tags:
        about.setdefault(tag.mention_id, set()).add(tag.topic_id)
    held = hold(
        batch, [Mood(str(one.values["sentiment"]), str(one.values["intent"])) for one in readings], about
    )
    with transaction.atomic():
        mine = set(
            Mention.objects.filter(pk__in=[one.pk for one in batch], analysed_at__isnull=True)
            .select_for_update()
            .values_list("pk", flat=True)
        )
        write(batch, readings, mine)
        pairs = zip(batch, readings, strict=True)
        Tag.objects.insert_many((tag for tag in tags if tag.mention_id in mine), skip_known=True)
        matches.write(mine)
        held.write(mine)
        note_versions([(one, str(said.values["model"])) for one, said in pairs if one.pk in mine])
        Mention.objects.filter(pk__in=mine).update(analysed_at=clock.now())
    return len(batch)


def read(mentions: Sequence[Mention]) -> list[reading.Reading]:
    """The machine's reading of each mention; the organisation's own model has its say in the intent."""
    texts = [words_of(one) for one in mentions]
    hints = [one.language_hint or one.author.language or None for one in mentions]
    return with_own_intents(mentions, texts, reading.read(texts, languages=hints, model=settings.READER))


def write(mentions: Sequence[Mention], readings: Sequence[Read], mine: set[int]) -> None:
    """Writes the readings of the mentions in `mine`. A person's corrections outlive a new reading."""
    known = {one.mention_id: one for one in Analysis.objects.filter(mention__in=mine)}
    sources = Mention.objects.filter(pk__in={one.source for one in readings if one.source})
    held = set(sources.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    new: list[Analysis] = []
    for mention, one in zip(mentions, readings, strict=True):
        if mention.pk not in mine:
            continue
        if one.source not in held:  # dropped meanwhile: its reading stays true
            one = replace(one, source=None)
        analysis = known.get(mention.pk)
        if analysis is None:
            new.append(Analysis(mention_id=mention.pk, read_from_id=one.source, **one.values))
        else:
            renew(analysis, one)
    Analysis.objects.insert_many(new)


def renew(analysis: Analysis, one: Read) -> None:
    """A second reading (the text or the model changed): what people corrected stays, the rest is new."""
    kept = set(analysis.corrections.values_list("facet", flat=True))
    analysis.read_from_id, analysis.clustered_at, analysis.mapped = one.source, None, False
    machine = dict(analysis.machine)
    for name, value in one.values.items():
        if name in kept:
            machine[name] = as_text(value)
        else:
            setattr(analysis, name, value)
    analysis.machine = machine
    analysis.counted = False
    analysis.save()
