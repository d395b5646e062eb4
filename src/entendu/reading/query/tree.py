"""What a query means: a small tree. Positions are offsets in the source text and do not count for
equality."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from entendu.reading.analyser import SIGNS

Wild = Literal["", "prefix", "suffix"]
Operator = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Term:
    """One word, tag or wildcard. `text` is folded, with its sign ("#sncf") and without its star."""

    text: str
    wild: Wild = ""
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The term as one string: `word`, `#tag`, `begin*`, `*end`. A star never belongs to a word."""
        return f"*{self.text}" if self.wild == "suffix" else f"{self.text}*" if self.wild else self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two words or more in a row. A word may carry a sign: then the text must also have that tag, anywhere.

    `wild`: the last word is a prefix.
    """

    words: tuple[str, ...]
    wild: bool = False
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)

    @property
    def plain(self) -> tuple[str, ...]:
        """The words without their signs."""
        return tuple(word.lstrip(SIGNS) for word in self.words)

    @property
    def tags(self) -> tuple[str, ...]:
        """Keys of the tags that the text must have, as `Term.key` writes them."""
        last = len(self.words) - 1
        return tuple(
            f"{word}*" if self.wild and at == last else word
            for at, word in enumerate(self.words)
            if word[0] in SIGNS
        )


@dataclass(frozen=True, slots=True)
class Near:
    """One of `left` and one of `right`, in any order, at most `distance` words apart (1: side by side).

    For two words at places i and j: |i - j| <= distance. For phrases the distance goes from the last word of
    the earlier to the first word of the later; they may overlap. Signs: as in `Phrase`. No suffix wildcards.
    """

    left: tuple["Term | Phrase", ...]
    right: tuple["Term | Phrase", ...]
    distance: int
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A condition on what is known of the document beside its text; `value` is in the normal form of its
    field."""

    name: str
    operator: Operator
    value: str | int
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True when its child is not."""

    child: "Node"
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """True when all children are."""

    children: tuple["Node", ...]
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """True when one child is."""

    children: tuple["Node", ...]
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


Leaf = Term | Phrase | Near | Field
Node = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the parser left out, to be said beside the field: code as in `errors`, where,
    parameters."""

    code: str
    position: int
    length: int
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: its tree, and what the parser has to say of it."""

    root: Node
    source: str = field(default="", compare=False)
    notices: tuple[Notice, ...] = field(default=(), compare=False)


def leaves(node: Node) -> Iterator[Leaf]:
    """The leaves of a tree from left to right."""
    if isinstance(node, And | Or):
        for child in node.children:
            yield from leaves(child)
    elif isinstance(node, Not):
        yield from leaves(node.child)
    else:
        yield node
