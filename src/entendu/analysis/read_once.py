"""The same words are read once: who repeats them takes the reading that is there, and says from whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from entendu import reading
from entendu.analysis.models import Analysis
from entendu.analysis.near_duplicates import clusters_at, words_of
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.reading.near_duplicates import prints_of, sameness

Reader = Callable[[Sequence[Mention]], list[reading.Reading]]
Same = tuple[int, str, str]  # organisation, words, what is known of the language


@dataclass(frozen=True, slots=True)
class Read:
    """The columns of an Analysis. `source`: the mention (id) whose reading this is, None when it was read itself."""

    values: dict[str, object] = field(repr=False)
    source: int | None = None


def read_once(mentions: Sequence[Mention], read: Reader) -> list[Read]:
    """The reading of each mention, in order. Words that are the same but for addresses of pages and people, with the
    same hint of their language, are read by `read` once: here, or before (the lead of their cluster) by one of the
    models that read here. Two that merely resemble one another are both read: one word may turn the meaning."""
    sames = [_same(one) for one in mentions]
    first: dict[Same, int] = {}
    for at, same in enumerate(sames):
        first.setdefault(same, at)
    before = readings_before(mentions, first)
    fresh = [at for same, at in first.items() if same not in before]
    found = dict(zip(fresh, map(values_of, read([mentions[at] for at in fresh])), strict=True))
    models = {values["model"] for values in found.values()}
    stale = [at for same, at in first.items() if same in before and before[same].model not in models]
    if stale and not models:  # nothing new was read: ask the model for its name by reading one of them
        models = {values["model"] for values in map(values_of, read([mentions[stale[0]]]))}
        stale = [at for at in stale if before[sames[at]].model not in models]
    found |= zip(stale, map(values_of, read([mentions[at] for at in stale])), strict=True)
    answers = []
    for at, same in enumerate(sames):
        start = first[same]
        if start in found:
            answers.append(Read(found[start], None if at == start else mentions[start].pk))
        else:
            answers.append(Read(copied(before[same]), before[same].mention_id))
    return answers


def readings_before(mentions: Sequence[Mention], first: dict[Same, int]) -> dict[Same, Analysis]:
    """What was read before of the same words: the analyses of the leads of their clusters."""
    prints: dict[Same, int] = {}
    by_organisation: dict[int, list[Same]] = {}
    for same in first:
        by_organisation.setdefault(same[0], []).append(same)
    for organisation, sames in by_organisation.items():
        texts = [words_of(mentions[first[same]]) for same in sames]
        for same, found in zip(sames, prints_of(texts, str(organisation), bands=False), strict=True):
            if found is not None:
                prints[same] = found.whole
    clusters = clusters_at(set(prints.values()))
    leads = {one.lead_id for one in clusters.values()} - {None}
    rows = Analysis.objects.filter(mention__in=leads, mention__deleted_at__isnull=True)
    read = {one.mention_id: one for one in rows.select_related("mention__author")}
    answers = {}
    for same, whole in prints.items():
        lead = read.get((clusters[whole].lead_id or 0) if whole in clusters else 0)
        if lead is not None and lead.mention_id != mentions[first[same]].pk and _same(lead.mention) == same:
            answers[same] = lead
    return answers


def copied(analysis: Analysis) -> dict[str, object]:
    """The columns of `analysis` as the machine read them, without what people said of it."""
    values: dict[str, object] = {
        name: getattr(analysis, name) for name in (*FACETS, "scores", "unsure", "model")
    }
    for facet, machine in analysis.machine.items():
        values[facet] = machine == "yes" if facet in ("disappointed", "offensive") else machine
    return values | {"read_at": clock.now()}


FACETS = ("language", "sentiment", "intent", "urgency", "disappointed", "offensive")


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


def _same(mention: Mention) -> Same:
    hint = mention.language_hint or mention.author.language
    return mention.organisation_id, sameness(words_of(mention)), hint
