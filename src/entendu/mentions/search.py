"""The stored search: the mentions that satisfy a query of the query language, the same as the matchers find."""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.mentions.models import Mention
from entendu.reading.query import (
    Any,
    Compiled,
    Every,
    Query,
    Where,
    Without,
    compile_fts5,
    compile_tsquery,
    normal_name,
    where_sql,
)
from entendu.reading.query.tree import Field, leaves

_FTS = (
    "entry.mention_id IN (SELECT rowid FROM mentions_searchentry_fts WHERE mentions_searchentry_fts MATCH %s)"
)
_FTS_BETWEEN = _FTS.replace("%s", "%%s AND rowid BETWEEN %d AND %d")
_VECTOR = "entry.search @@ %s::tsquery"
_COLUMNS = {
    "lang": "entry.lang",
    "author": "entry.author",
    "site": "entry.site",
    "channel": "said.channel_id",
    "kind": "said.channel_id",
    "reply": "(said.parent_key <> '')",
    "image": "entry.image",
    "link": "entry.link",
    "followers": "said.audience",
}
NO_CHANNEL = -1


def search(actor: Membership, query: Query) -> QuerySet[Mention]:
    """The mentions that `actor` may see and that satisfy `query`, in no order. Not yet read: not yet found."""
    return search_in(actor.organisation_id, query)


def search_in(
    organisation: int, query: Query, *, between: tuple[int, int] | None = None
) -> QuerySet[Mention]:
    """The same for an organisation (id), without an actor: for the loop. `between`: the first and the last mention
    (ids) to look at."""
    return Mention.objects.filter(
        pk__in=ids_in(organisation, query, between=between), organisation=organisation
    )


def ids_in(organisation: int, query: Query, *, between: tuple[int, int] | None = None) -> RawSQL:
    """The ids of those mentions, as a condition for `pk__in`."""
    on_postgres = connection.vendor == "postgresql"
    compiled = compile_tsquery(query) if on_postgres else compile_fts5(query)
    where, values = where_sql(
        _with_channels(compiled, _channels_of(organisation, query)),
        text=_VECTOR if on_postgres else _FTS if between is None else _FTS_BETWEEN % between,
        folded="entry.folded",
        columns=_COLUMNS,
    )
    within = "" if between is None else f"entry.mention_id BETWEEN {between[0]:d} AND {between[1]:d} AND "
    # `where` is made of our own names; what people typed is in `values`.
    sql = (
        "SELECT entry.mention_id FROM mentions_searchentry entry JOIN mentions_mention said"  # noqa: S608
        f" ON said.id = entry.mention_id WHERE {within}said.organisation_id = %s AND {where}"
    )
    return RawSQL(sql, [organisation, *values])  # noqa: S611


def _channels_of(organisation: int, query: Query) -> list[Channel]:
    """The channels of an organisation, when the query speaks of channels."""
    if not any(isinstance(leaf, Field) and leaf.name in ("channel", "kind") for leaf in leaves(query.root)):
        return []
    return list(Channel.objects.filter(organisation=organisation))


def _with_channels(node: Compiled, channels: list[Channel]) -> Compiled:
    """Names and kinds of channels become the ids that they have today: a channel may be renamed."""
    match node:
        case Where("channel", operator, value):
            ids = [one.pk for one in channels if normal_name(one.name) == value]
        case Where("kind", operator, value):
            ids = [one.pk for one in channels if normal_name(one.kind) == value]
        case Every(children):
            return Every(tuple(_with_channels(child, channels) for child in children))
        case Any(children):
            return Any(tuple(_with_channels(child, channels) for child in children))
        case Without(child):
            return Without(_with_channels(child, channels))
        case _:
            return node
    return Any(tuple(Where("channel", operator, pk) for pk in ids or [NO_CHANNEL]))
