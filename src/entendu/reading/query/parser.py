"""From the text of a query to its tree.

or    := and (OR and)*                  OR, OU
and   := not ((AND)? not)*              AND, ET, or nothing between
not   := NOT* near                      NOT, SAUF, or - right before a word
near  := item (NEAR/n item)?            NEAR/5, PRÈS/5, PRES/5
item  := ( or ) | "phrase" | word | begin* | *end | field:value
"""

import re

from entendu.reading.query.atoms import Atom, quoted_atom, word_atom
from entendu.reading.query.errors import QueryError
from entendu.reading.query.fields import make_field
from entendu.reading.query.lexer import Piece, pieces
from entendu.reading.query.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_NEAR, MAX_NEAR_PAIRS, MAX_OPERANDS
from entendu.reading.query.plan import flat
from entendu.reading.query.tree import And, Near, Node, Not, Notice, Or, Phrase, Query, Term

_PUNCTUATION = set("-–—,;.:!|/•·…'’&+")


def parse(text: str) -> Query:
    """The tree of a query; raises QueryError (code, position, length, parameters) when there is none."""
    if len(text) > MAX_CHARACTERS:
        raise QueryError(
            "too_long", MAX_CHARACTERS, len(text) - MAX_CHARACTERS, characters=len(text), limit=MAX_CHARACTERS
        )
    return _Parser(text).query()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._notices: list[Notice] = []
        self._operands = 0
        self._depth = 0
        self._at = 0
        self._pieces = [piece for piece in pieces(source) if not self._is_ignored(piece)]

    def query(self) -> Query:
        if self._here.kind == "end":
            raise QueryError("empty", 0, len(self._source))
        root = self._or()
        if self._here.kind == "close":
            raise QueryError("paren_close", self._here.position, 1)
        return Query(root, self._source, tuple(self._notices))

    @property
    def _here(self) -> Piece:
        return self._pieces[self._at]

    def _take(self) -> Piece:
        piece = self._here
        self._at += 1
        return piece

    def _is_ignored(self, piece: Piece) -> bool:
        if piece.kind != "word" or not set(piece.text) <= _PUNCTUATION:
            return False
        self._notices.append(Notice("ignored", piece.position, piece.length, (("text", piece.text),)))
        return True

    def _or(self) -> Node:
        start = self._here.position
        children = [self._and()]
        while self._here.kind == "or":
            operator = self._take()
            children.append(self._and(operator))
        return children[0] if len(children) == 1 else Or(flat(Or, children), start, self._end() - start)

    def _and(self, after: Piece | None = None) -> Node:
        start = self._here.position
        children = [self._not(after)]
        while self._here.kind not in ("or", "close", "end"):
            operator = self._take() if self._here.kind == "and" else None
            children.append(self._not(operator))
        return children[0] if len(children) == 1 else And(flat(And, children), start, self._end() - start)

    def _not(self, after: Piece | None) -> Node:
        start = self._here.position
        negated = False
        while self._here.kind == "not":
            after = self._take()
            negated = not negated
        child = self._near(after)
        return Not(child, start, self._end() - start) if negated else child

    def _near(self, after: Piece | None) -> Node:
        start = self._here.position
        left = self._item(after)
        if self._here.kind != "near":
            return left
        operator = self._take()
        distance = _distance(operator)
        right = self._item(operator)
        if self._here.kind == "near":
            raise QueryError("near_chain", self._here.position, self._here.length)
        sides = _side(left, operator), _side(right, operator)
        pairs = len(sides[0]) * len(sides[1])
        if pairs > MAX_NEAR_PAIRS:
            raise QueryError(
                "near_wide", operator.position, operator.length, pairs=pairs, limit=MAX_NEAR_PAIRS
            )
        return Near(*sides, distance, start, self._end() - start)

    def _item(self, after: Piece | None) -> Node:
        piece = self._here
        if piece.kind == "open":
            return self._group()
        if piece.kind not in ("word", "quoted", "field"):
            raise self._missing(after)
        self._take()
        self._operands += 1
        if self._operands > MAX_OPERANDS:
            raise QueryError("too_many_operands", piece.position, piece.length, limit=MAX_OPERANDS)
        if piece.kind == "field":
            return make_field(piece.name, piece.operator, piece.text, piece.position, piece.length)
        if piece.kind == "quoted":
            return quoted_atom(piece)
        atom, notice = word_atom(piece)
        self._notices.extend([notice] if notice else [])
        return atom

    def _group(self) -> Node:
        opening = self._take()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError("too_deep", opening.position, 1, limit=MAX_DEPTH)
        if self._here.kind == "close":
            raise QueryError("paren_empty", opening.position, self._here.position + 1 - opening.position)
        if self._here.kind == "end":
            raise QueryError("paren_open", opening.position, 1)
        inner = self._or()
        if self._take().kind != "close":
            raise QueryError("paren_open", opening.position, 1)
        self._depth -= 1
        return inner

    def _missing(self, after: Piece | None) -> QueryError:
        """Something other than an operand stands where one must: say of which operator."""
        here = self._here
        if after is not None:
            shown = self._source[after.position : after.position + after.length]
            return QueryError("operand_missing", after.position, after.length, operator=shown)
        if here.kind == "close":
            return QueryError("paren_close", here.position, 1)
        if here.kind == "end":
            return QueryError("empty", 0, len(self._source))
        shown = self._source[here.position : here.position + here.length]
        return QueryError("operand_missing_before", here.position, here.length, operator=shown)

    def _end(self) -> int:
        last = self._pieces[self._at - 1]
        return last.position + last.length


def _distance(operator: Piece) -> int:
    if not re.fullmatch(r"/-?\d{1,12}", operator.text, re.ASCII):
        raise QueryError("near_number", operator.position, operator.length)
    distance = int(operator.text[1:])
    if not 1 <= distance <= MAX_NEAR:
        raise QueryError("near_range", operator.position, operator.length, limit=MAX_NEAR)
    return distance


def _side(node: Node, operator: Piece) -> tuple[Atom, ...]:
    """The alternatives on one side of NEAR."""
    alternatives = node.children if isinstance(node, Or) else (node,)
    atoms: list[Atom] = []
    for one in alternatives:
        if not isinstance(one, Term | Phrase):
            raise QueryError("near_operand", operator.position, operator.length)
        if isinstance(one, Term) and one.wild == "suffix":
            raise QueryError("wildcard_near", one.position, one.length)
        atoms.append(one)
    return tuple(atoms)
