"""From a query to the stored search: text expressions for FTS5 or PostgreSQL, joined by a small boolean tree.

Both compilations give the same documents as the matchers, exactly, provided that
- the index holds `entendu.reading.analyser.fold_document(text)`: FTS5 with `FTS5_TOKENIZE`, or the tsvector
  that `tsvector_literal` writes (PostgreSQL keeps 256 places a word: a phrase of words that both stand more
  often than that in one text may be missed beyond them);
- the folded string itself is kept in a column: no index serves `*ending`, which is a LIKE on it;
- the columns of the fields hold the normal forms of `Document`; a NULL satisfies no comparison, and its
  negation is true (`where_sql` sees to it).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from entendu.reading.query import fts5, tsquery
from entendu.reading.query.plan import normal_form
from entendu.reading.query.tree import And, Field, Near, Node, Not, Operator, Or, Phrase, Query, Term


@dataclass(frozen=True, slots=True)
class Text:
    """The index must satisfy this expression (MATCH, or @@ ::tsquery)."""

    expression: str


@dataclass(frozen=True, slots=True)
class Ending:
    """A word of the folded text ends so; `like` is a pattern for (' ' || folded || ' ') LIKE pattern ESCAPE
    '\\'."""

    suffix: str
    like: str


@dataclass(frozen=True, slots=True)
class Where:
    """A field must compare so. `site` with "=": the host itself or a host below it. `is`, `has`: flags by
    value."""

    name: str
    operator: Operator
    value: str | int


@dataclass(frozen=True, slots=True)
class Every:
    """All must hold."""

    children: tuple["Compiled", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One must hold."""

    children: tuple["Compiled", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Must not hold."""

    child: "Compiled"


Compiled = Text | Ending | Where | Every | Any | Without


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How one engine writes a leaf and joins expressions; `but(yes, no)` is yes and not no."""

    leaf: Callable[[Term | Phrase | Near], str]
    every: str
    any: str
    but: str


_FTS5 = _Dialect(fts5.leaf, " AND ", " OR ", " NOT ")
_TSQUERY = _Dialect(tsquery.leaf, " & ", " | ", " & !")


def compile_fts5(query: Query) -> Compiled:
    """The query for SQLite: its texts are FTS5 MATCH expressions, as few and as large as possible."""
    return _compiled(normal_form(query.root), _FTS5)


def compile_tsquery(query: Query) -> Compiled:
    """The query for PostgreSQL: its texts are tsquery literals."""
    return _compiled(normal_form(query.root), _TSQUERY)


def tsvector_literal(folded: str) -> str:
    """The tsvector of a folded document, for a `::tsvector` cast: its words with their places, up to 1 MB."""
    parts: list[str] = []
    size = 0
    for place, word in enumerate(folded.split(), start=1):
        size += len(word.encode()) + 8
        if size > 1_000_000:
            break
        parts.append(f"'{word}':{min(place, 16_383)}")
    return " ".join(parts)


def _compiled(node: Node, dialect: _Dialect) -> Compiled:
    match node:
        case Term(text, "suffix"):
            escaped = text.replace("_", "\\_")
            return Ending(text, f"%{escaped} %")
        case Term() | Phrase() | Near():
            return Text(dialect.leaf(node))
        case Field(name, operator, value):
            return Where(name, operator, value)
        case Not(child):
            return Without(_compiled(child, dialect))
        case And(children):
            return _every([_compiled(child, dialect) for child in children], dialect)
        case Or(children):
            return _any([_compiled(child, dialect) for child in children], dialect)


def _sorted_out(children: list[Compiled]) -> tuple[list[str], list[str], list[Compiled]]:
    """(text expressions, negated text expressions, the rest)."""
    wanted: list[str] = []
    unwanted: list[str] = []
    rest: list[Compiled] = []
    for child in children:
        match child:
            case Text(expression):
                wanted.append(expression)
            case Without(Text(expression)):
                unwanted.append(expression)
            case _:
                rest.append(child)
    return wanted, unwanted, rest


def _joined(expressions: list[str], operator: str) -> str:
    return expressions[0] if len(expressions) == 1 else f"({operator.join(expressions)})"


def _every(children: list[Compiled], dialect: _Dialect) -> Compiled:
    wanted, unwanted, rest = _sorted_out(children)
    parts: list[Compiled] = []
    if wanted:
        expression = _joined(wanted, dialect.every)
        if unwanted:
            expression = f"({expression}{dialect.but}{_joined(unwanted, dialect.any)})"
        parts.append(Text(expression))
    elif unwanted:
        parts.append(Without(Text(_joined(unwanted, dialect.any))))
    parts += rest
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _any(children: list[Compiled], dialect: _Dialect) -> Compiled:
    wanted, unwanted, rest = _sorted_out(children)
    parts: list[Compiled] = []
    if wanted:
        parts.append(Text(_joined(wanted, dialect.any)))
    if unwanted:
        parts.append(Without(Text(_joined(unwanted, dialect.every))))
    parts += rest
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def where_sql(
    compiled: Compiled, *, text: str, folded: str, columns: Mapping[str, str], mark: str = "%s"
) -> tuple[str, list[str | int]]:
    """A compiled query as one SQL condition with parameters, true or false and never NULL.

    `text` is the condition of a text expression with one `mark` in it, such as
    ``id IN (SELECT rowid FROM mention_fts WHERE mention_fts MATCH %s)`` or ``search @@ %s::tsquery``;
    `folded` the column of the folded text; `columns` the SQL of each field: lang, author, site, channel,
    kind, reply, image, link (these three boolean), followers. These strings come from code, never from a
    user.
    """
    values: list[str | int] = []

    def written(node: Compiled) -> str:
        match node:
            case Text(expression):
                values.append(expression)
                return text
            case Ending(_, like):
                values.append(like)
                return f"(' ' || {folded} || ' ' LIKE {mark} ESCAPE '\\')"
            case Where():
                return _where(node, columns, mark, values)
            case Every(children):
                return "(" + " AND ".join([written(child) for child in children]) + ")"
            case Any(children):
                return "(" + " OR ".join([written(child) for child in children]) + ")"
            case Without(child):
                return f"(NOT {written(child)})"

    return written(compiled), values


def _where(node: Where, columns: Mapping[str, str], mark: str, values: list[str | int]) -> str:
    if node.name in ("is", "has"):
        return f"COALESCE({columns[str(node.value)]}, FALSE)"
    column = columns[node.name]
    values.append(node.value)
    if node.name != "site":
        return f"COALESCE({column} {node.operator} {mark}, FALSE)"
    values.append("%." + str(node.value).replace("_", "\\_"))
    return f"COALESCE({column} = {mark} OR {column} LIKE {mark} ESCAPE '\\', FALSE)"
