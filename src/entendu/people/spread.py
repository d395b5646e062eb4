"""How far what was said has gone: the people behind near-duplicates, and the tree of answers and repetitions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, FilteredRelation, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from entendu.analysis.models import Copy
from entendu.mentions.models import Mention
from entendu.people.models import Identity
from entendu.reading.spread import Post

LARGEST = 5_000  # posts of a cascade that are read; the page says so when there are more
DEEPEST = 50  # levels of answers


@dataclass(frozen=True, slots=True)
class Summary:
    """A cluster in a line: `posts`, the distinct `people` behind them (linked accounts count once), and when."""

    posts: int
    people: int
    first: datetime
    last: datetime

    @property
    def lasted(self) -> timedelta:
        """From the first post to the last."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Cascade:
    """The mentions of a cascade by time, each with its post for `reading.spread`; `cut`: more than LARGEST."""

    mentions: Sequence[Mention]
    posts: Sequence[Post]
    cut: bool


def summaries(clusters: Collection[int]) -> dict[int, Summary]:
    """The clusters (by id) of at least two copies, one query."""
    linked = Q(
        mention__author__identities__confirmed_at__isnull=False,
        mention__author__identities__ended_at__isnull=True,
    )
    identity = FilteredRelation("mention__author__identities", condition=linked)
    person = Coalesce("identity__person_id", -F("mention__author_id"))
    rows = (
        Copy.objects.filter(cluster__in=clusters).order_by().annotate(identity=identity).values("cluster_id")
    )
    counted = rows.annotate(
        posts=Count("pk"), people=Count(person, distinct=True), first=Min("said_at"), last=Max("said_at")
    )
    return {
        row["cluster_id"]: Summary(row["posts"], row["people"], row["first"], row["last"])
        for row in counted
        if row["posts"] > 1
    }


def cascade_of(mention: Mention) -> Cascade:
    """What repeats `mention` nearly word for word, and what answers or repeats any of that, in turn: said by others,
    still there. A constant number of queries for each level of answers."""
    copies = Copy.objects.filter(cluster__copies__mention=mention).order_by("said_at", "pk")
    ids = list(copies.values_list("mention_id", flat=True)[: LARGEST + 1]) or [mention.pk]
    known, level = set(ids), ids
    for _level in range(DEEPEST):
        if not level or len(known) > LARGEST:
            break
        answers = said().filter(parent__in=level).exclude(pk__in=known)
        level = list(answers.order_by("pk").values_list("pk", flat=True)[:LARGEST])
        known.update(level)
    found = (
        said().filter(pk__in=known).select_related("author", "channel", "analysis").defer("extra", "quoted")
    )
    mentions = list(found.order_by("said_at", "pk")[:LARGEST])
    persons = persons_of({one.author_id for one in mentions})
    posts = [
        Post(one.pk, one.parent_id, persons.get(one.author_id, -one.author_id), one.said_at)
        for one in mentions
    ]
    return Cascade(mentions, posts, len(known) > LARGEST)


def said() -> QuerySet[Mention]:
    """What others said and have not taken back."""
    return Mention.objects.filter(ours=False, automatic=False, deleted_at__isnull=True)


def persons_of(authors: Collection[int]) -> dict[int, int]:
    """The person of each author (ids), where one is confirmed."""
    claims = Identity.objects.filter(author__in=authors, confirmed_at__isnull=False, ended_at__isnull=True)
    return dict(claims.values_list("author_id", "person_id"))
