"""Cuts the source text of a query into pieces, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal

from entendu.reading.query.errors import QueryError
from entendu.reading.query.fields import ALIASES, FIELDS

Kind = Literal["open", "close", "and", "or", "not", "near", "word", "quoted", "field", "end"]
OPERATORS: dict[str, Kind] = {"AND": "and", "ET": "and", "OR": "or", "OU": "or", "NOT": "not", "SAUF": "not"}
_QUOTES = '"“”„‟«»'
_PIECE = re.compile(rf"[^\s(){_QUOTES}]+")
_NEAR = re.compile(r"^(NEAR|PRÈS|PRES)(/.*)?$", re.DOTALL)
_FIELD = re.compile(r"^([^\W\d_][\w-]*|_\w+)(:|>=|<=|>|<|=)(.*)$", re.DOTALL)
_LINK = re.compile(r"^https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: for a field, `text` is its value, `name` its name and `operator` what stands between."""

    kind: Kind
    text: str
    position: int
    length: int
    name: str = ""
    operator: str = ""


def pieces(source: str) -> list[Piece]:
    """The pieces of a query, the last of kind "end". Raises QueryError for an open quote or an unknown
    field."""
    found: list[Piece] = []
    at = 0
    while at < len(source):
        char = source[at]
        if char.isspace():
            at += 1
            continue
        if char in "()":
            found.append(Piece("open" if char == "(" else "close", char, at, 1))
        elif char in _QUOTES:
            found.append(_quoted(source, at))
        elif char == "-" and re.match(r"-[^\s)-]", source[at:]):
            found.append(Piece("not", "-", at, 1))
        else:
            found.append(_piece(source, at))
        at = found[-1].position + found[-1].length
    return [*found, Piece("end", "", len(source), 0)]


def _quoted(source: str, at: int) -> Piece:
    closing = re.compile(f"[{_QUOTES}]").search(source, at + 1)
    if closing is None:
        raise QueryError("quote_open", at, len(source) - at)
    return Piece("quoted", source[at + 1 : closing.start()], at, closing.end() - at)


def _piece(source: str, at: int) -> Piece:
    match = _PIECE.match(source, at)
    assert match  # the caller stands on such a character
    text = match[0]
    if text in OPERATORS:
        return Piece(OPERATORS[text], text, at, len(text))
    near = _NEAR.match(text)
    if near:
        return Piece("near", near[2] or "", at, len(text), near[1])
    field = _FIELD.match(text)
    if not field or _LINK.match(text):
        return Piece("word", text, at, len(text))
    name, operator, value = field.groups()
    if name.casefold() in ALIASES:
        return _field(source, at, name, operator, value)
    if operator == ":" and (value or source[match.end() : match.end() + 1] in ("(", *_QUOTES)):
        raise QueryError("field_unknown", at, len(name), name=name, names=", ".join(FIELDS))
    return Piece("word", text, at, len(text))


def _field(source: str, at: int, name: str, operator: str, value: str) -> Piece:
    end = at + len(name) + len(operator) + len(value)
    following = source[end : end + 1]
    if not value and following and following in _QUOTES:
        quoted = _quoted(source, end)
        return Piece("field", quoted.text.strip(), at, end - at + quoted.length, name, operator)
    if not value:
        code = "field_group" if following == "(" else "field_empty"
        raise QueryError(code, at, end - at, name=ALIASES[name.casefold()])
    return Piece("field", value, at, end - at, name, operator)
