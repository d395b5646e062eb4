"""The stage that learns an organisation's own topics and intents from what its people said."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Max, Q

from entendu.analysis.models import Analysis, Correction, Facet, Learned, Subject, Tag, TopicSaid
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.reading.own import FEWEST, OwnModel, learn

REST = timedelta(minutes=1)  # between two lessons: corrections come in rows
BESIDE = 300  # messages that nobody spoke of, so that the model knows the rest as well
MOST = 5_000  # of the newest examples

Example = tuple[str, frozenset[str]]


def learn_due(limit: int) -> int:
    """Learns up to `limit` models that are due; returns how many. Seconds each, at most."""
    now = clock.now()
    rested = Q(learned_at__isnull=True) | Q(learned_at__lte=now - REST)
    done = 0
    for row in (
        Learned.objects.filter(rested, due=True).exclude(subject=Subject.THEMES).order_by("id")[:limit]
    ):
        # What is said from here on is for the next lesson; two workers do not learn the same.
        if not Learned.objects.filter(rested, pk=row.pk, due=True).update(due=False, learned_at=now):
            continue
        model, examples = teach(row)
        Learned.objects.filter(pk=row.pk).update(
            data=model.to_json(), version=row.version + 1, examples=examples
        )
        done += 1
    return done


def teach(row: Learned) -> tuple[OwnModel, int]:
    """The model that the organisation's messages and its people's words give, and how many people spoke of."""
    if row.subject == Subject.TOPICS:
        said, beside, labels = _topics(row.organisation_id)
    else:
        said, beside, labels = _intents(row.organisation_id)
    model = learn([*said, *beside], only=labels, fewest=FEWEST)
    return model, len(said)


def _topics(organisation: int) -> tuple[list[Example], list[Example], dict[str, int]]:
    newest = TopicSaid.objects.filter(mention__organisation=organisation, mention__deleted_at__isnull=True)
    ids = (
        newest.values("mention", "topic")
        .annotate(last=Max("id"))
        .order_by("-last")
        .values_list("last", flat=True)
    )
    rows = TopicSaid.objects.filter(pk__in=list(ids[:MOST])).values_list("mention", "topic", "about")
    about: dict[int, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for mention, topic, yes in rows:
        about[mention]
        if yes:
            about[mention].add(str(topic))
        counts[str(topic)] += yes
    by_words = _tags([*about], learned=False)
    said = [(text, frozenset(about[pk] | by_words.get(pk, set()))) for pk, text in _texts(about).items()]
    rest = _others(organisation, set(about))
    tags = _tags(rest, learned=False)
    beside = [(text, frozenset(tags.get(pk, set()))) for pk, text in rest.items()]
    return said, beside, dict(counts)


def _intents(organisation: int) -> tuple[list[Example], list[Example], dict[str, int]]:
    mine = Correction.objects.filter(
        facet=Facet.INTENT,
        analysis__mention__organisation=organisation,
        analysis__mention__deleted_at__isnull=True,
    )
    ids = mine.values("analysis").annotate(last=Max("id")).order_by("-last").values_list("last", flat=True)
    rows = dict(Correction.objects.filter(pk__in=list(ids[:MOST])).values_list("analysis__mention", "value"))
    counts: dict[str, int] = defaultdict(int)
    for value in rows.values():
        counts[value] += 1
    said = [(text, frozenset({rows[pk]})) for pk, text in _texts(rows).items()]
    rest = _others(organisation, set(rows))
    sure = Analysis.objects.filter(mention__in=list(rest)).values_list("mention", "intent", "unsure")
    beside = [(rest[pk], frozenset({intent})) for pk, intent, unsure in sure if Facet.INTENT not in unsure]
    return said, beside, dict(counts)


def _texts(mentions: Iterable[int]) -> dict[int, str]:
    found = Mention.objects.filter(pk__in=list(mentions)).order_by("id")
    return {
        pk: f"{title}\n{text}" if title else text
        for pk, title, text in found.values_list("pk", "title", "text")
    }


def _others(organisation: int, but: set[int]) -> dict[int, str]:
    """The newest messages of customers that are not among `but`."""
    rest = Mention.objects.filter(
        organisation=organisation, ours=False, deleted_at__isnull=True, analysed_at__isnull=False
    ).order_by("-id")
    return _texts(
        [pk for pk in rest.values_list("pk", flat=True)[: BESIDE + len(but)] if pk not in but][:BESIDE]
    )


def _tags(mentions: Iterable[int], *, learned: bool) -> dict[int, set[str]]:
    """The topics that words found (or, with `learned`, the model itself)."""
    rows = Tag.objects.filter(mention__in=list(mentions), by__isnull=True, score__isnull=not learned)
    found: dict[int, set[str]] = defaultdict(set)
    for mention, topic in rows.values_list("mention", "topic"):
        found[mention].add(str(topic))
    return found
