"""What the organisation's own models say of new mentions, beside the reader that all share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from entendu.analysis.models import Learned, Subject, Tag, Topic, TopicSaid
from entendu.analysis.near_duplicates import words_of
from entendu.mentions.models import Mention
from entendu.reading import Reading, Value
from entendu.reading.own import OwnModel, from_json

SURE = 0.6  # from this chance a topic is set, or an intent that the shared reader doubts is replaced
VERY_SURE = 0.85  # from this, an intent that the shared reader is sure of, if the own model proved itself
PROVED = 0.75  # its precision on examples put aside


@dataclass(frozen=True, slots=True)
class Own:
    """The two models of an organisation; None where it taught nothing yet."""

    topics: OwnModel | None
    intents: OwnModel | None
    version: str  # "own-3.1": of topics, of intents; empty without any


def own_of(organisation: int) -> Own:
    """The models in force. One query; a model is unpacked once a process."""
    rows = Learned.objects.filter(organisation=organisation, version__gt=0)
    states = list(rows.values_list("subject", "version", "learned_at"))
    versions = {subject: version for subject, version, _ in states}
    models = {subject: _unpacked(organisation, subject, version, at) for subject, version, at in states}
    name = f"own-{versions.get(Subject.TOPICS, 0)}.{versions.get(Subject.INTENTS, 0)}" if versions else ""
    return Own(models.get(Subject.TOPICS), models.get(Subject.INTENTS), name)


@lru_cache(maxsize=64)
def _unpacked(organisation: int, subject: str, version: int, learned_at: datetime) -> OwnModel | None:
    del version, learned_at  # they only say when what is remembered is old
    row = Learned.objects.filter(organisation=organisation, subject=subject).first()
    model = from_json(row.data) if row and row.data else None
    return model if model is not None and model.labels else None


def with_own_intents(
    mentions: Sequence[Mention], texts: Sequence[str], readings: Sequence[Reading]
) -> list[Reading]:
    """The readings, with the intent that the organisation's people would rather say."""
    found = list(readings)
    for organisation in {one.organisation_id for one in mentions}:
        own = own_of(organisation)
        if own.intents is None:
            continue
        mine = [at for at, one in enumerate(mentions) if one.organisation_id == organisation]
        for at, said in zip(mine, own.intents.read([texts[at] for at in mine], least=SURE), strict=True):
            if said:
                found[at] = rather(found[at], said[0], own.intents)
            found[at] = replace(found[at], model=f"{found[at].model}+{own.version}")
    return found


def rather(reading: Reading, said: Value, model: OwnModel) -> Reading:
    """The reading with the intent `said`, if the shared reader doubts, or the own model is sure and proved itself."""
    quality = model.quality.get(said.label)
    proved = quality is not None and quality.precision >= PROVED
    doubted = "intent" in reading.unsure
    if said.label == reading.intent.label or not (doubted or (proved and said.score >= VERY_SURE)):
        return reading
    unsure = reading.unsure - {"intent"} if proved else reading.unsure
    return replace(reading, intent=said, unsure=unsure)


def own_topics(mentions: Sequence[Mention]) -> list[Tag]:
    """The tags that the organisations' own models give, not yet written."""
    found: list[Tag] = []
    for organisation in {one.organisation_id for one in mentions}:
        model = own_of(organisation).topics
        if model is None:
            continue
        there = set(Topic.objects.filter(organisation=organisation).values_list("pk", flat=True))
        mine = [at for at, one in enumerate(mentions) if one.organisation_id == organisation and not one.ours]
        for at, said in zip(
            mine, model.read([words_of(mentions[at]) for at in mine], least=SURE), strict=True
        ):
            found += [
                Tag(mention_id=mentions[at].pk, topic_id=int(one.label), score=one.score)
                for one in said
                if int(one.label) in there
            ]
    return found


def but_for_people(tags: Sequence[Tag]) -> list[Tag]:
    """Those of `tags` of which no person said that the mention is not about the topic."""
    said = TopicSaid.objects.filter(mention__in={tag.mention_id for tag in tags}).order_by("id")
    newest = {
        (mention, topic): about for mention, topic, about in said.values_list("mention", "topic", "about")
    }
    return [tag for tag in tags if newest.get((tag.mention_id, tag.topic_id), True)]
