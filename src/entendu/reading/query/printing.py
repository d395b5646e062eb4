"""The canonical text of a query: operators in English capitals, explicit AND, parentheses only where
needed."""

import re

from entendu.reading.query.lexer import OPERATORS
from entendu.reading.query.tree import And, Field, Near, Node, Not, Or, Phrase, Query, Term

_QUOTED_VALUE = re.compile(r"[\s()\"“”„‟«»]")
_NEVER_BARE = {"near", "pres"}  # folded texts are lower case: no operator is met, but the eye stumbles


def print_query(query: Query) -> str:
    """The query, such that parsing the text gives the same tree, and printing that the same text."""
    return _printed(query.root)


def _printed(node: Node) -> str:
    match node:
        case Term():
            return (
                f'"{node.text}"' if node.text.upper() in OPERATORS or node.text in _NEVER_BARE else node.key
            )
        case Phrase(words, wild):
            return f'"{" ".join(words)}{"*" if wild else ""}"'
        case Near(left, right, distance):
            return f"{_side(left)} NEAR/{distance} {_side(right)}"
        case Field():
            return _field(node)
        case Not(child):
            return f"NOT {_inner(child)}"
        case And(children):
            return " AND ".join(_inner(child) for child in children)
        case Or(children):
            return " OR ".join(_inner(child) for child in children)


def _inner(node: Node) -> str:
    return f"({_printed(node)})" if isinstance(node, And | Or | Near) else _printed(node)


def _side(atoms: tuple[Term | Phrase, ...]) -> str:
    shown = " OR ".join(_printed(atom) for atom in atoms)
    return f"({shown})" if len(atoms) > 1 else shown


def _field(field: Field) -> str:
    if field.name == "followers":
        return f"followers{field.operator}{field.value}"
    value = str(field.value)
    return f'{field.name}:"{value}"' if _QUOTED_VALUE.search(value) else f"{field.name}:{value}"
