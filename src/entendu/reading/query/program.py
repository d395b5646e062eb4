"""A query as a program for the C kernel: instructions that jump, so that evaluation stops as soon as it can.

The program is a row of 32-bit integers: the number of instructions (0: it accepts), the instructions {argument * 4 +
operation, next if true, next if false}, then the data that arguments point to. Next: an instruction, -1 accept,
-2 reject. It runs on documents that have an anchor key, so a clause that says no more than that is left out.
Operations: 0 the document has term `argument`; 1 the phrase at `argument` {count, wild, terms ...}; 2 NEAR at
`argument` {distance, phrase, phrase}; 3 followers at `argument` {operator, low, high half of the value}.
Terms are indices into `Program.keys`.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from entendu.reading.analyser import SIGNS
from entendu.reading.query.fields import field_key
from entendu.reading.query.plan import anchor, beyond_anchor
from entendu.reading.query.tree import And, Field, Leaf, Near, Node, Not, Or, Phrase, Term

ACCEPT, REJECT = -1, -2
MOST_BESIDE = 11  # ALSO in _terms.h
_COMPARISONS = {"=": 0, "<": 1, "<=": 2, ">": 3, ">=": 4}


@dataclass(frozen=True, slots=True)
class Program:
    """`keys`: terms as `Term.key`; `code`: native 32-bit integers as bytes; `anchors`: indices into keys. `also`:
    indices of another clause, of which a document must have one key too; none: no such clause, or a long one."""

    keys: list[str]
    code: bytes
    anchors: list[int]
    also: list[int]


class _Writer:
    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.steps: list[tuple[int, int, int]] = []  # last instruction first; jumps are indices from the end
        self.data: list[int] = []

    def term(self, key: str) -> int:
        return self.keys.setdefault(key, len(self.keys))

    def write(self, node: Node, yes: int, no: int) -> int:
        """Writes a node whose outcomes lead to `yes` and `no`; returns the instruction where it begins."""
        match node:
            case Not(child):
                return self.write(child, no, yes)
            case And(children):
                for child in reversed(children):
                    yes = self.write(child, yes, no)
                return yes
            case Or(children):
                for child in reversed(children):
                    no = self.write(child, yes, no)
                return no
            case Near(left, right) if len(left) + len(right) > 2:
                pairs = tuple(Near((one,), (other,), node.distance) for one in left for other in right)
                return self.write(Or(pairs), yes, no)
            case _:
                begin = self._leaf(node, yes, no)
                for key in _tags(node):
                    begin = self._step(self.term(key), 0, begin, no)
                return begin

    def _leaf(self, leaf: Leaf, yes: int, no: int) -> int:
        match leaf:
            case Term():
                return self._step(self.term(leaf.key), 0, yes, no)
            case Field(name, operator, int(value)):
                del name
                return self._step(
                    self._put([_COMPARISONS[operator], _signed(value), value >> 32]), 3, yes, no
                )
            case Field():
                return self._step(self.term(field_key(leaf)), 0, yes, no)
            case Phrase():
                return self._step(self._put(self._phrase(leaf)), 1, yes, no)
            case Near(left, right, distance):
                return self._step(
                    self._put([distance, *self._phrase(left[0]), *self._phrase(right[0])]), 2, yes, no
                )

    def _phrase(self, atom: Term | Phrase) -> list[int]:
        words = atom.plain if isinstance(atom, Phrase) else (atom.text.lstrip(SIGNS),)
        keys = [*words[:-1], f"{words[-1]}*" if atom.wild else words[-1]]
        return [len(keys), int(bool(atom.wild)), *map(self.term, keys)]

    def _put(self, values: list[int]) -> int:
        self.data.extend(values)
        return len(self.data) - len(values)

    def _step(self, argument: int, operation: int, yes: int, no: int) -> int:
        self.steps.append((argument * 4 + operation, yes, no))
        return len(self.steps) - 1


def _signed(value: int) -> int:
    """The low half of a number, as a signed 32-bit integer holds it."""
    low = value & 0xFFFFFFFF
    return low - (1 << 32) if low >= 1 << 31 else low


def _tags(leaf: Leaf) -> list[str]:
    """The tags that must be there beside a phrase or a NEAR of one pair."""
    if isinstance(leaf, Phrase):
        return list(leaf.tags)
    if isinstance(leaf, Near):
        return [key for atom in leaf.left + leaf.right for key in _tags_of_side(atom)]
    return []


def _tags_of_side(atom: Term | Phrase) -> list[str]:
    return list(atom.tags) if isinstance(atom, Phrase) else [atom.key] if atom.text[0] in SIGNS else []


def _cost(node: Node) -> int:
    match node:
        case Term() | Field():
            return 0
        case Not(child):
            return _cost(child)
        case And(children) | Or(children):
            return 1 + max(map(_cost, children))
        case _:
            return 9


def _ordered(node: Node) -> Node:
    """Cheap tests first, everywhere."""
    if isinstance(node, And | Or):
        return type(node)(tuple(_ordered(child) for child in sorted(node.children, key=_cost)))
    return node


def program_of(root: Node, shares: Mapping[str, float]) -> Program:
    """The program of a tree in normal form, and the terms under which it is filed: none, it sees every document."""
    found = anchor(root, shares)
    writer = _Writer()
    rest = beyond_anchor(root, found)
    if rest:
        writer.write(_ordered(rest), ACCEPT, REJECT)
    last = len(writer.steps) - 1  # what was written last begins the program
    code = [len(writer.steps)]
    for instruction, yes, no in reversed(writer.steps):
        code += [instruction, last - yes if yes >= 0 else yes, last - no if no >= 0 else no]
    anchors = [writer.term(key) for key in found.keys] if found else []
    also = [writer.term(key) for key in _clause_beside(rest, shares)]
    return Program(list(writer.keys), array("i", code + writer.data).tobytes(), anchors, also)


def _clause_beside(rest: Node | None, shares: Mapping[str, float]) -> tuple[str, ...]:
    """The keys of the clause that fewest documents satisfy, of those that the kernel has room for."""
    if rest is None:
        return ()
    clauses = [anchor(child, shares) for child in (rest.children if isinstance(rest, And) else (rest,))]
    short = [clause for clause in clauses if clause and len(clause.keys) <= MOST_BESIDE]
    return min(short, key=lambda clause: clause.share).keys if short else ()
