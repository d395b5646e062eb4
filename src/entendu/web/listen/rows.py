"""The rows of the stream, with all that a line shows: the same number of queries for 10 rows and for 50."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, prefetch_related_objects

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.analysis.models import ClaimMatch, Correction, Facet, Tag
from entendu.analysis.models.claim import CONTRADICTED
from entendu.mentions.models import Match, Mention
from entendu.people.spread import Summary, summaries
from entendu.web.inbox.readings import Reading, readings_of
from entendu.web.listen.filters import Filters, mentions_of
from entendu.web.listen.folding import ROWS, fold
from entendu.web.queries.syntax import read

COUNTED = 1000  # a count says "a thousand or more" rather than read a hundred thousand rows


@dataclass(frozen=True)
class Row:
    """A mention as the stream shows it. `number`: of its conversation, 0 when it is in none; `spread`: of its cluster,
    None when nothing repeats it; `folded`: it stands for the whole cluster; `answers`: how many mentions answer it."""

    it: Mention
    readings: list[Reading]
    number: int
    person: int | None
    spread: Summary | None = None
    folded: bool = False
    answers: int = 0

    @property
    def cluster(self) -> int:
        """The cluster's id, 0 for none."""
        copy = getattr(self.it, "copy", None)
        return copy.cluster_id if copy and self.spread else 0

    @property
    def handle(self) -> str:
        """The handle of its author, where it says more than the name."""
        handle = self.it.author.handle
        return "" if handle == self.it.author.shown else handle

    @property
    def where(self) -> str:
        """Where it was said, as far as that is known."""
        it = self.it
        return " · ".join(
            filter(None, [str(it.channel), it.network if it.network != it.channel.kind else "", it.place])
        )

    @property
    def stands_for(self) -> int:
        """How many messages a verb on this row treats."""
        return self.spread.posts if self.folded and self.spread else 1

    @property
    def others(self) -> int:
        """How many near-duplicates it has beside itself."""
        return self.spread.posts - 1 if self.spread else 0

    @property
    def hours(self) -> timedelta:
        """How long its cluster has been told."""
        return self.spread.lasted if self.spread else timedelta(0)


def stream(actor: Membership, asked: Filters, *, cursor: str = "", counting: bool = True) -> dict[str, Any]:
    """What the stream shows: rows, the cursor of what follows, how many messages there are up to COUNTED, the newest
    that is known, or what is wrong with the words."""
    typed = read(asked.q)
    if typed.trouble:
        return {"rows": [], "following": "", "count": 0, "trouble": typed.trouble, "asked": asked}
    found = mentions_of(actor, asked, typed.query)
    if asked.folds:
        page = fold(found, cursor)
        rows = loaded(Mention.objects.visible_to(actor).filter(pk__in=page.ids), actor).order_by(
            "-said_at", "-pk"
        )
        mentions, following = list(rows), page.following
    else:
        part = slice_of(loaded(found, actor), cursor, ROWS)
        mentions, following = part.rows, part.following
    return {
        "rows": rows_of(mentions, actor, folded={one.pk for one in mentions} if asked.folds else ()),
        "following": following,
        "count": found.order_by()[: COUNTED + 1].count() if counting else 0,
        "counted": COUNTED,
        "newest": newest(actor) if counting else 0,
        "notices": typed.notices,
        "asked": asked,
    }


def newest(actor: Membership) -> int:
    """The id of the mention heard last; 0 before the first."""
    return Mention.objects.visible_to(actor).order_by("-pk").values_list("pk", flat=True).first() or 0


def came_since(actor: Membership, asked: Filters, after: int) -> int:
    """How many mentions that the filters let in were heard after the one with the id `after`, up to COUNTED."""
    typed = read(asked.q)
    if typed.trouble:
        return 0
    found = mentions_of(actor, asked, typed.query).filter(pk__gt=after)
    return found.order_by("pk")[:COUNTED].count()


def loaded(found: QuerySet[Mention], actor: Membership) -> QuerySet[Mention]:
    """`found` with all that a row shows."""
    against = ClaimMatch.objects.visible_to(actor).filter(CONTRADICTED)
    beside: list[Any] = [
        Prefetch("matches", Match.objects.visible_to(actor).select_related("query")),
        Prefetch("claim_matches", against.select_related("claim"), to_attr="against"),
        Prefetch("tags", Tag.objects.visible_to(actor).select_related("topic")),
        "attachments",
        "author__identities",
    ]
    found = found.select_related(
        "author", "channel", "analysis__read_from", "part__conversation", "copy", "watch__by"
    )
    return found.prefetch_related(*beside)


def rows_of(mentions: Sequence[Mention], actor: Membership, *, folded: Collection[int] = ()) -> list[Row]:
    """The rows of mentions that were `loaded`: a query each for their corrections, their spread and their answers.
    `folded`: the ids of those that stand for their cluster."""
    corrected = [one.analysis for one in mentions if getattr(one, "analysis", None) and one.analysis.machine]
    corrections = Correction.objects.visible_to(actor).select_related("by").order_by("id")
    prefetch_related_objects(corrected, Prefetch("corrections", corrections))
    clusters = {one.pk: one.copy.cluster_id for one in mentions if getattr(one, "copy", None)}
    spreads = summaries(set(clusters.values())) if clusters else {}
    answers = dict(
        Mention.objects.visible_to(actor)
        .filter(parent__in=[one.pk for one in mentions], ours=False, deleted_at__isnull=True)
        .order_by()
        .values_list("parent_id")
        .annotate(n=Count("pk"))
    )
    return [
        Row(
            it=one,
            readings=_shown(one),
            number=_number_of(one),
            person=_person_of(one),
            spread=spreads.get(clusters.get(one.pk, 0)),
            folded=one.pk in folded,
            answers=answers.get(one.pk, 0),
        )
        for one in mentions
    ]


def _shown(mention: Mention) -> list[Reading]:
    kept = (Facet.SENTIMENT, Facet.INTENT, Facet.URGENCY)
    return [one for one in readings_of(mention) if one.facet in kept]


def _number_of(mention: Mention) -> int:
    part = getattr(mention, "part", None)
    return part.conversation.number if part else 0


def _person_of(mention: Mention) -> int | None:
    claims = (one for one in mention.author.identities.all() if one.confirmed_at and not one.ended_at)
    return next((one.person_id for one in claims), None)
