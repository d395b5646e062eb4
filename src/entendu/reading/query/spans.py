"""What each piece of a query's text is, for the editor's colours: also of a text that is no query yet."""

from dataclasses import dataclass
from typing import Literal

from entendu.reading.query.errors import QueryError
from entendu.reading.query.lexer import Piece, pieces

Sort = Literal["operator", "near", "paren", "phrase", "field", "tag", "wild", "word"]
_SORTS: dict[str, Sort] = {
    "and": "operator", "or": "operator", "not": "operator", "near": "near", "open": "paren", "close": "paren",
    "quoted": "phrase", "field": "field",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A piece: its sort, and where it stands in the text (offset and length in code points)."""

    sort: Sort
    position: int
    length: int


def spans(source: str) -> list[Span]:
    """The pieces of `source` in order; what cannot be cut (an open quotation mark, an unknown field) ends the list, and
    what was before it keeps its colours."""
    return [Span(_sort(piece), piece.position, piece.length) for piece in _readable(source)]


def _readable(source: str) -> list[Piece]:
    try:
        return pieces(source)[:-1]
    except QueryError as error:
        return _readable(source[: error.position]) if error.position < len(source) else []


def _sort(piece: Piece) -> Sort:
    if piece.kind in _SORTS:
        return _SORTS[piece.kind]
    if piece.text[0] in "#@$" and len(piece.text) > 1:
        return "tag"
    return "wild" if "*" in piece.text else "word"
