"""Would this query listen to the whole world? Said in the editor before anything is matched."""

from collections.abc import Mapping
from dataclasses import dataclass

from entendu.reading.query.common import COMMON
from entendu.reading.query.plan import anchor, normal_form
from entendu.reading.query.tree import Query

LIMIT = 0.02  # share of all documents that a query may have to look at


@dataclass(frozen=True, slots=True)
class Selectivity:
    """`keys`: one of these must be in a matching document (empty: nothing must, the query looks at every
    document).

    `share`: estimated share of all documents to look at, in [0, 1]; an upper bound of what matches.
    `selective`: false when the query should be refused or confirmed with its volume.
    """

    keys: tuple[str, ...]
    share: float
    selective: bool


def selectivity(query: Query, shares: Mapping[str, float] = COMMON) -> Selectivity:
    """The selective clause of a query. `shares`: measured share of documents by word, when there are
    measures."""
    found = anchor(normal_form(query.root), shares)
    if found is None:
        return Selectivity((), 1.0, False)
    return Selectivity(found.keys, found.share, found.share <= LIMIT)
