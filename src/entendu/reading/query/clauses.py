"""The clauses of a query, for the editor: which part finds how much."""

from dataclasses import dataclass, replace
from typing import Literal

from entendu.reading.query.tree import And, Node, Not, Or, Query

Role = Literal["all", "any", "not"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a query. `role`: it must be there (all), it is one of several (any), or it must not be there (not).

    `alone`: the part by itself, without its NOT. `within`: for one of several, the whole query with it; for
    what must not be there, what the rest finds and this takes away; for what must be there, the whole query. `parts`:
    those of a clause that is one of several.
    """

    source: str
    role: Role
    alone: Query
    within: Query
    parts: tuple["Clause", ...] = ()


def clauses(query: Query) -> list[Clause]:
    """The clauses of `query`, left to right; one with several alternatives holds them as parts."""
    root = query.root
    if isinstance(root, Or):
        return [_clause(query, child, "any", _as_query(child)) for child in root.children]
    if not isinstance(root, And):
        return [_top(query, root, ())]
    return [
        _top(query, child, tuple(one for one in root.children if one is not child)) for child in root.children
    ]


def _top(query: Query, node: Node, others: tuple[Node, ...]) -> Clause:
    """A clause of the outermost AND (or the only one), with the others that must hold too."""
    if isinstance(node, Not):
        return _clause(query, node.child, "not", _joined(node.child, others), shown=node)
    parts: tuple[Clause, ...] = ()
    if isinstance(node, Or):
        parts = tuple(_clause(query, one, "any", _joined(one, others)) for one in node.children)
    return replace(_clause(query, node, "all", _joined(node, others)), parts=parts)


def _clause(query: Query, node: Node, role: Role, within: Query, shown: Node | None = None) -> Clause:
    place = shown or node
    source = query.source[place.position : place.position + place.length]
    return Clause(source, role, _as_query(node), within)


def _joined(node: Node, others: tuple[Node, ...]) -> Query:
    return _as_query(And((node, *others)) if others else node)


def _as_query(node: Node) -> Query:
    return Query(node)
