"""A query as a Python function of a document whose keys are known: what the Python matcher runs on
candidates."""

from collections.abc import Callable, Iterable

from entendu.reading.analyser import SIGNS, analyse
from entendu.reading.query.document import Document
from entendu.reading.query.fields import field_key, holds
from entendu.reading.query.plan import key_of
from entendu.reading.query.tree import And, Field, Leaf, Near, Node, Not, Or, Phrase, Term


class Seen:
    """A document as read: the keys it has, of those that queries use; its words in order when a test needs them."""

    __slots__ = ("_joined", "document", "present")

    def __init__(self, present: set[str], document: Document) -> None:
        self.present = present
        self.document = document
        self._joined = ""

    @property
    def joined(self) -> str:
        """The words with one space before and after each, so that a phrase is a substring."""
        if not self._joined:
            self._joined = f" {' '.join(analyse(self.document.text)[0])} "
        return self._joined


Test = Callable[[Seen], bool]


def test_of(node: Node) -> Test:
    """The function of a tree in normal form."""
    match node:
        case Term():
            return _has(node.key)
        case Field(name):
            return (lambda seen: holds(node, seen.document)) if name == "followers" else _has(field_key(node))
        case Phrase():
            return _phrase(node)
        case Near():
            return _near(node)
        case Not(child):
            test = test_of(child)
            return lambda seen: not test(seen)
        case And(children):
            return _all(children)
        case Or(children):
            return _any(children)


def bits_of(keys: Iterable[str]) -> int:
    """One bit for each key, of 1,024: a document whose bits miss all of a clause's bits cannot satisfy it."""
    bits = 0
    for key in keys:
        bits |= 1 << (hash(key) & 1023)
    return bits


def clause_bits(root: Node) -> tuple[int, ...]:
    """The bits of each clause that one key or another must satisfy."""
    clauses = root.children if isinstance(root, And) else (root,)
    rows = [
        [key_of(one) for one in (clause.children if isinstance(clause, Or) else (clause,))]
        for clause in clauses
    ]
    return tuple(bits_of(key for key in keys if key) for keys in rows if None not in keys)


def may_hold(clauses: tuple[int, ...], bits: int) -> bool:
    """False when some clause cannot be satisfied."""
    for clause in clauses:  # noqa: SIM110 - a generator costs more than the tests
        if not clause & bits:
            return False
    return True


def used_keys(leaf: Leaf) -> set[str]:
    """The keys that must be looked for in each document for the sake of this leaf, fields aside."""
    match leaf:
        case Term():
            return {leaf.key}
        case Phrase():
            return {*_Side(leaf).keys}
        case Near(left, right):
            return {key for atom in left + right for key in (*_Side(atom).keys, *_wild(atom))}
        case _:
            return set()


def _wild(atom: Term | Phrase) -> list[str]:
    return [atom.key] if isinstance(atom, Term) else []


def _has(key: str) -> Test:
    return lambda seen: key in seen.present


def _cost(node: Node) -> int:
    """Cheap tests first."""
    match node:
        case Term() | Field():
            return 0
        case Not(child):
            return _cost(child)
        case And(children) | Or(children):
            return 1 + max(_cost(child) for child in children)
        case _:
            return 9


def _any(children: tuple[Node, ...]) -> Test:
    keys = frozenset(key for key in map(key_of, children) if key)
    tests = [test_of(child) for child in sorted(children, key=_cost) if key_of(child) is None]
    if not tests:
        return lambda seen: not keys.isdisjoint(seen.present)
    if not keys:
        return lambda seen: any(test(seen) for test in tests)
    return lambda seen: not keys.isdisjoint(seen.present) or any(test(seen) for test in tests)


def _all(children: tuple[Node, ...]) -> Test:
    wanted = frozenset(key for key in map(key_of, children) if key)
    unwanted = frozenset(
        key for key in (key_of(child.child) for child in children if isinstance(child, Not)) if key
    )
    rest = [child for child in children if key_of(child.child if isinstance(child, Not) else child) is None]
    tests = [test_of(child) for child in sorted(rest, key=_cost)]
    if unwanted:
        tests.insert(0, lambda seen: unwanted.isdisjoint(seen.present))
    if wanted:
        tests.insert(0, lambda seen: wanted <= seen.present)
    if len(tests) == 2:
        first, second = tests
        return lambda seen: first(seen) and second(seen)

    def test(seen: Seen) -> bool:
        for one in tests:  # noqa: SIM110 - a generator costs more than the tests
            if not one(seen):
                return False
        return True

    return test


def _tags_test(atom: Term | Phrase) -> frozenset[str]:
    if isinstance(atom, Phrase):
        return frozenset(atom.tags)
    return frozenset([atom.key]) if atom.text[0] in SIGNS else frozenset()


def _phrase(phrase: Phrase) -> Test:
    needle = f" {' '.join(phrase.plain)}{'' if phrase.wild else ' '}"
    words = frozenset(phrase.plain[:-1] if phrase.wild else phrase.plain) | _tags_test(phrase)
    return lambda seen: words <= seen.present and needle in seen.joined


def _near(near: Near) -> Test:
    pairs = [(_Side(left), _Side(right)) for left in near.left for right in near.right]
    distance = near.distance
    return lambda seen: any(_are_near(left, right, distance, seen) for left, right in pairs)


class _Side:
    """One alternative of NEAR: its words, the keys that must be present, and the needle that finds it."""

    __slots__ = ("keys", "needle", "size")

    def __init__(self, atom: Term | Phrase) -> None:
        words = atom.plain if isinstance(atom, Phrase) else (atom.text.lstrip(SIGNS),)
        whole = words[:-1] if atom.wild else words
        self.keys = frozenset(whole) | _tags_test(atom)
        self.needle = f" {' '.join(words)}{'' if atom.wild else ' '}"
        self.size = len(words)

    def starts(self, seen: Seen) -> list[int]:
        """The places of the first words, ascending."""
        found: list[int] = []
        joined = seen.joined
        at = joined.find(self.needle)
        place = done = 0
        while at >= 0:
            place += joined.count(" ", done, at)
            done = at
            found.append(place)
            at = joined.find(self.needle, at + 1)
        return found


def _are_near(left: _Side, right: _Side, distance: int, seen: Seen) -> bool:
    if not (left.keys <= seen.present and right.keys <= seen.present):
        return False
    ours, theirs = left.starts(seen), right.starts(seen)
    at = 0
    for place in ours:
        while at < len(theirs) and theirs[at] < place:
            at += 1
        if at < len(theirs) and theirs[at] - (place + left.size - 1) <= distance:
            return True
        if at and place - (theirs[at - 1] + right.size - 1) <= distance:
            return True
    return False
