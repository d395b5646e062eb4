"""The rows of the stream, with all that a line shows: the same number of queries for 10 rows and for 50."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.analysis.models import Correction, Facet, Tag
from entendu.mentions.models import Match, Mention
from entendu.web.inbox.readings import Reading, readings_of
from entendu.web.listen.filters import Filters, mentions_of
from entendu.web.queries.syntax import read

COUNTED = 1000  # a count says "a thousand or more" rather than read a hundred thousand rows


@dataclass(frozen=True)
class Row:
    """A mention as the stream shows it. `number`: of its conversation, 0 when it is in none."""

    it: Mention
    readings: list[Reading]
    number: int
    person: int | None


def stream(actor: Membership, asked: Filters, *, cursor: str = "", counting: bool = True) -> dict[str, Any]:
    """What the stream shows: rows, the cursor of what follows, how many there are up to COUNTED,
    or what is wrong with the words."""
    typed = read(asked.q)
    if typed.trouble:
        return {"rows": [], "following": "", "count": 0, "trouble": typed.trouble, "asked": asked}
    found = mentions_of(actor, asked, typed.query)
    page = slice_of(loaded(found, actor), cursor)
    return {
        "rows": rows_of(page.rows),
        "following": page.following,
        "count": found.order_by()[: COUNTED + 1].count() if counting else 0,
        "counted": COUNTED,
        "notices": typed.notices,
        "asked": asked,
    }


def loaded(found: QuerySet[Mention], actor: Membership) -> QuerySet[Mention]:
    """`found` with all that a row shows."""
    corrections = Correction.objects.visible_to(actor).select_related("by").order_by("id")
    beside: list[Any] = [
        Prefetch("matches", Match.objects.visible_to(actor).select_related("query")),
        Prefetch("tags", Tag.objects.visible_to(actor).select_related("topic")),
        Prefetch("analysis__corrections", corrections),
        "attachments",
        "author__identities",
    ]
    found = found.select_related("author", "channel", "analysis", "part__conversation")
    return found.prefetch_related(*beside)


def rows_of(mentions: Sequence[Mention]) -> list[Row]:
    """The rows of mentions that were `loaded`."""
    return [Row(one, _shown(one), _number_of(one), _person_of(one)) for one in mentions]


def _shown(mention: Mention) -> list[Reading]:
    kept = (Facet.SENTIMENT, Facet.INTENT, Facet.URGENCY)
    return [one for one in readings_of(mention) if one.facet in kept]


def _number_of(mention: Mention) -> int:
    part = getattr(mention, "part", None)
    return part.conversation.number if part else 0


def _person_of(mention: Mention) -> int | None:
    claims = (one for one in mention.author.identities.all() if one.confirmed_at and not one.ended_at)
    return next((one.person_id for one in claims), None)
