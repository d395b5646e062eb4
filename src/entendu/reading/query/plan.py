"""How a matcher goes about a query: negations pushed to the leaves, and the anchor, the cheapest set of keys
one of which every matching document has. A document that has none of a query's anchor keys never meets that
query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from entendu.reading.analyser import SIGNS
from entendu.reading.query.common import COMMON
from entendu.reading.query.fields import field_key
from entendu.reading.query.tree import And, Field, Near, Node, Not, Or, Phrase, Term

# Share of documents that hold a key which no table knows: a guess, by the length of the word. Only the order
# matters.
_BY_LENGTH = (0.05, 0.05, 0.02, 0.005, 0.001, 0.0005, 0.0003, 0.0002)
_TAG_SHARE = 0.0003
_FIELD_SHARE = {
    "lang": 0.3,
    "author": 0.00001,
    "site": 0.001,
    "channel": 0.1,
    "kind": 0.3,
    "is": 0.4,
    "has": 0.4,
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """`keys`: every matching document has one of them. `share`: how many documents have one, estimated, in
    [0, 1]."""

    keys: tuple[str, ...]
    share: float


def key_share(key: str, shares: Mapping[str, float]) -> float:
    """The estimated share of documents that have a key: as `shares` knows it, else guessed from its length."""
    known = shares.get(key)
    if known is not None:
        return known
    name, colon, _ = key.partition(":")
    if colon:
        return _FIELD_SHARE[name]
    if "*" in key:
        return 20 * _by_length(key.strip("*"))
    return _TAG_SHARE if key[0] in SIGNS else _by_length(key)


def _by_length(word: str) -> float:
    if len(word) == 1 and ord(word) > 0x2000:  # a word of one character in its script
        return 0.005
    return _BY_LENGTH[min(len(word), len(_BY_LENGTH) - 1)]


def normal_form(node: Node, negated: bool = False) -> Node:
    """The same meaning with Not on leaves alone, and no AND right in an AND, no OR right in an OR."""
    match node:
        case Not(child):
            return normal_form(child, not negated)
        case And(children) | Or(children):
            kind = And if isinstance(node, And) != negated else Or
            return kind(flat(kind, (normal_form(child, negated) for child in children)))
        case _:
            return Not(node) if negated else node


def flat(kind: type[And] | type[Or], children: Iterable[Node]) -> tuple[Node, ...]:
    """Children that are of the same kind are taken in: (a AND b) AND c is one AND of three."""
    return tuple(
        one for child in children for one in (child.children if isinstance(child, kind) else (child,))
    )


def beyond_anchor(root: Node, found: Anchor | None) -> Node | None:
    """What is left to test on a document that has an anchor key; None: nothing, it matches.

    A clause that is just "one of the anchor's keys" holds already.
    """
    if found is None:
        return root
    keys = set(found.keys)
    if _keys_of_clause(root) == keys:
        return None
    if not isinstance(root, And):
        return root
    rest = tuple(child for child in root.children if _keys_of_clause(child) != keys)
    return rest[0] if len(rest) == 1 else And(rest) if rest else None


def key_of(node: Node) -> str | None:
    """The key that decides the node alone, if one does."""
    if isinstance(node, Term):
        return node.key
    return field_key(node) if isinstance(node, Field) and node.name != "followers" else None


def _keys_of_clause(node: Node) -> set[str] | None:
    keys = [key_of(child) for child in (node.children if isinstance(node, Or) else (node,))]
    return None if None in keys else {key for key in keys if key}


def anchor(node: Node, shares: Mapping[str, float] = COMMON) -> Anchor | None:
    """The best anchor of a tree in normal form; None when nothing must be there (`NOT a`, `followers>9`)."""
    match node:
        case Term():
            return Anchor((node.key,), key_share(node.key, shares))
        case Phrase():
            return _of_phrase(node, shares)
        case Near():
            sides = (_of_any(node.left, shares), _of_any(node.right, shares))
            return min((side for side in sides if side), key=_share, default=None)
        case Field():
            if node.name == "followers":
                return None
            return Anchor((field_key(node),), key_share(field_key(node), shares))
        case Not():
            return None
        case And(children):
            found = [one for one in (anchor(child, shares) for child in children) if one]
            return min(found, key=_share, default=None)
        case Or(children):
            return _of_any(children, shares)


def _share(found: Anchor) -> float:
    return found.share


def _of_phrase(phrase: Phrase, shares: Mapping[str, float]) -> Anchor:
    """The rarest of its words; its prefix only when there is nothing else."""
    plain = phrase.plain
    keys = [*(plain[:-1] if phrase.wild else plain), *phrase.tags]
    best = min(keys, key=lambda key: (key_share(key, shares), key))
    return Anchor((best,), key_share(best, shares))


def _of_any(nodes: tuple[Node, ...], shares: Mapping[str, float]) -> Anchor | None:
    found = [anchor(node, shares) for node in nodes]
    sure = [one for one in found if one]
    if len(sure) < len(found):
        return None
    keys = dict.fromkeys(key for one in sure for key in one.keys)
    return Anchor(tuple(keys), min(1.0, sum(key_share(key, shares) for key in keys)))
