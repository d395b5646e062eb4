"""The matcher in pure Python: the reference that the C one must equal, and what serves without it.

Each query is filed under the keys of its anchor. A document is read once; the keys that it has lead to the
few queries that could match, and these alone are evaluated. The cost follows the words of the document and
its matches, not the number of queries.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from entendu.reading.analyser import MAX_WORDS, analyse
from entendu.reading.query.common import COMMON
from entendu.reading.query.document import Document
from entendu.reading.query.evaluate import Seen, Test, bits_of, clause_bits, may_hold, test_of, used_keys
from entendu.reading.query.fields import document_keys, field_key
from entendu.reading.query.plan import anchor, beyond_anchor, normal_form
from entendu.reading.query.tree import Field, Node, Query, leaves

Id = TypeVar("Id", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)
_SURELY_READ = MAX_WORDS // 4  # characters: each makes four words at most
_REMEMBERED = 100_000  # pieces of text
_WORTH_REMEMBERING = (
    24  # characters of a piece of text: longer ones are links and the like, which do not come again
)


class PythonMatcher(Generic[Id]):
    """Many queries held against each document. `shares`: measured share of documents by key, to choose
    anchors."""

    def __init__(self, shares: Mapping[str, float] = COMMON) -> None:
        self._shares = shares
        self._entries: dict[Id, _Entry[Id]] = {}
        self._anchored: dict[str, list[_Entry[Id]]] = {}
        self._unanchored: dict[Id, _Entry[Id]] = {}
        self._fields: dict[str, int] = {}
        self._prefixes = _Wildcards(reverse=False)
        self._suffixes = _Wildcards(reverse=True)
        self._known = _Memory(self._read_all)
        self._facts = _Memory(self._read_fact)
        self._used: dict[str, int] = {}
        self._order = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, query_id: Id) -> bool:
        return query_id in self._entries

    def add(self, query_id: Id, query: Query) -> None:
        """Adds a query, or puts another in the place of the one with this id."""
        self.remove(query_id)
        self._forget()
        root = normal_form(query.root)
        found = anchor(root, self._shares)
        self._order += 1
        rest = beyond_anchor(root, found)
        test = test_of(rest) if rest else _always
        clauses = clause_bits(rest) if rest else ()
        entry = _Entry(query_id, self._order, test, clauses, found.keys if found else (), root)
        self._entries[query_id] = entry
        for key in entry.keys:
            self._anchored.setdefault(key, []).append(entry)
        if not entry.keys:
            self._unanchored[query_id] = entry
        self._count(root, 1)

    def remove(self, query_id: Id) -> None:
        """Takes a query out; nothing happens when it is not there."""
        entry = self._entries.pop(query_id, None)
        if entry is None:
            return
        self._forget()
        for key in entry.keys:
            kept = [other for other in self._anchored[key] if other is not entry]
            if kept:
                self._anchored[key] = kept
            else:
                del self._anchored[key]
        self._unanchored.pop(query_id, None)
        self._count(entry.root, -1)

    def match(self, document: Document) -> list[Id]:
        """The ids of the queries that the document satisfies, in the order in which they were added."""
        text = document.text
        if len(text) > _SURELY_READ:
            reads = [self._read_all(text)]
        else:
            reads = list(map(self._known.__getitem__, text.split()))
        if self._fields:
            reads += map(self._facts.__getitem__, document_keys(document, self._fields))
        candidates: set[_Entry[Id]] = set(self._unanchored.values()) if self._unanchored else set()
        bits = 0
        for _, entries, some in reads:
            bits |= some
            if entries:
                candidates.update(entries)
        possible = [entry for entry in candidates if may_hold(entry.clauses, bits)]
        if not possible:
            return []
        seen = Seen({key for read in reads for key in read[0]}, document)
        found = [entry for entry in possible if entry.test(seen)]
        if len(found) > 1:
            found.sort(key=_order)
        return [entry.id for entry in found]

    def _read_all(self, text: str) -> "_Read[Id]":
        """What a text, or what stands between white space in it, means for these queries: all that need be known to
        find those that could match."""
        words, tags = analyse(text)
        keys = {*words, *tags}
        wild = self._prefixes.met(keys) + self._suffixes.met(words)
        used = [key for key in keys if key in self._used] + wild
        entries = {entry: None for key in used for entry in self._anchored.get(key, ())}
        return _Read(tuple(used), tuple(entries), bits_of(used)) if used else _NOTHING

    def _read_fact(self, key: str) -> "_Read[Id]":
        """The same for a field's key, "lang:fr"."""
        return (
            _Read((key,), tuple(self._anchored.get(key, ())), bits_of((key,)))
            if key in self._used
            else _NOTHING
        )

    def _forget(self) -> None:
        self._known.clear()
        self._facts.clear()

    def match_many(self, documents: Iterable[Document]) -> list[list[Id]]:
        """`match` of each document."""
        return [self.match(document) for document in documents]

    def _count(self, root: Node, step: int) -> None:
        """Keeps count of the fields, keys and wildcards that queries use: a document is asked for no others."""
        for leaf in leaves(root):
            if isinstance(leaf, Field):
                if leaf.name != "followers":
                    _count(self._fields, leaf.name, step)
                    _count(self._used, field_key(leaf), step)
                continue
            for key in used_keys(leaf):
                _count(self._used, key, step)
                if "*" in key:
                    (self._suffixes if key[0] == "*" else self._prefixes).count(key, step)


class _Entry(Generic[Id]):
    """One query as it is filed."""

    __slots__ = ("clauses", "id", "keys", "order", "root", "test")

    def __init__(
        self,
        query_id: Id,
        order: int,
        test: Test,
        clauses: tuple[int, ...],
        keys: tuple[str, ...],
        root: Node,
    ) -> None:
        self.id = query_id
        self.order = order
        self.test = test
        self.clauses = clauses
        self.keys = keys
        self.root = root


class _Read(NamedTuple, Generic[Id]):
    """What a piece of text gives: keys that queries use, queries filed under them, `bits_of` the keys."""

    keys: tuple[str, ...]
    entries: tuple[_Entry[Id], ...]
    bits: int


class _Memory(dict[str, "_Read[Id]"], Generic[Id]):
    """What pieces of text or fields were found to mean: asked for as a dictionary, read where it is not known."""

    def __init__(self, read: Callable[[str], "_Read[Id]"]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, piece: str) -> "_Read[Id]":
        found = self._read(piece)
        if len(piece) <= _WORTH_REMEMBERING:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[piece] = found
        return found


def _count(counts: dict[Key, int], key: Key, step: int) -> None:
    """One more or one less; what is down to none is forgotten."""
    counts[key] = counts.get(key, 0) + step
    if not counts[key]:
        del counts[key]


class _Wildcards:
    """The wildcards in use."""

    def __init__(self, reverse: bool) -> None:
        self._reverse = reverse
        self._counts: dict[str, int] = {}  # key -> how often queries use it
        self._sizes: dict[int, int] = {}  # characters beside the star -> how many wildcards have as many

    def count(self, key: str, step: int) -> None:
        """One more or one less query uses the wildcard."""
        before = key in self._counts
        _count(self._counts, key, step)
        if before != (key in self._counts):
            _count(self._sizes, len(key) - 1, step)

    def met(self, words: Iterable[str]) -> list[str]:
        """The keys of the wildcards that some word satisfies."""
        pairs = [(word, size) for word in words for size in self._sizes if size <= len(word)]
        keys = (f"*{word[-size:]}" if self._reverse else f"{word[:size]}*" for word, size in pairs)
        return [key for key in keys if key in self._counts]


_NOTHING: _Read[Any] = _Read((), (), 0)


def _always(seen: Seen) -> bool:
    """Of a query whose anchor says all."""
    return True


def _order(entry: _Entry[Id]) -> int:
    return entry.order
