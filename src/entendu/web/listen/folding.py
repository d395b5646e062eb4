"""Near-duplicates as one row: the newest of a cluster stands for those that the filters let in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from entendu.accounts.paging import cursor_after, slice_of, upto
from entendu.mentions.models import Mention

ROWS = 20  # of a page: a row is tall, two screens of them
STEP = 4 * ROWS  # mentions looked at in one read
ROUNDS = 4  # reads for one page: then it is shown as it is, shorter


@dataclass(frozen=True)
class Folded:
    """The mentions that stand for their clusters, or for themselves, in order; and the cursor of what follows."""

    ids: list[int]
    following: str


def fold(found: QuerySet[Mention], cursor: str) -> Folded:
    """A page of rows after `cursor`: at most 3 × ROUNDS queries, whatever the size of the clusters."""
    light = found.annotate(cluster=F("copy__cluster_id")).only("pk", "said_at")
    shown = upto(light, cursor) if cursor else light.none()
    ids: list[int] = []
    last: Mention | None = None
    seen: set[int] = set()
    for _round in range(ROUNDS):
        part = slice_of(light.exclude(Q(cluster__in=seen)) if seen else light, cursor, STEP)
        fresh = {one.cluster for one in part.rows if one.cluster is not None} - seen  # type: ignore[attr-defined]
        before = _known(shown, fresh)
        seen |= before
        for one in part.rows:
            cluster: int | None = one.cluster  # type: ignore[attr-defined]
            if cluster is not None and cluster in seen:
                continue
            if len(ids) == ROWS and last is not None:
                return Folded(ids, cursor_after(light, last))
            ids.append(one.pk)
            last = one
            if cluster is not None:
                seen.add(cluster)
        if not part.following:
            return Folded(ids, "")
        cursor = part.following
    return Folded(ids, cursor)


def _known(shown: QuerySet[Mention], clusters: Sequence[int] | set[int]) -> set[int]:
    if not clusters:
        return set()
    known = shown.filter(copy__cluster__in=clusters).order_by().values_list("copy__cluster_id", flat=True)
    return set(known.distinct())
