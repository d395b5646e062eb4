"""The matcher in pure Python: the reference that the C one must equal, and what serves without it.

Each query is filed under the keys of its anchor. A document is read once; the keys that it has lead to the
few queries that could match, and these alone are evaluated. The cost follows the words of the document and
its matches, not the number of queries.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar, cast

from entendu.reading.analyser import MAX_WORDS, analyse
from entendu.reading.query.common import COMMON
from entendu.reading.query.document import Document
from entendu.reading.query.evaluate import Seen, Test, bits_of, clause_bits, may_hold, test_of, used_keys
from entendu.reading.query.fields import document_keys
from entendu.reading.query.plan import anchor, beyond_anchor, normal_form
from entendu.reading.query.tree import Field, Node, Query, leaves

Id = TypeVar("Id", bound=Hashable)
_SURELY_READ = MAX_WORDS // 4  # characters: each makes four words at most
_REMEMBERED = 100_000  # pieces of text
_WORTH_REMEMBERING = 24  # characters: longer ones are links and the like, which do not come again


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
        self._known: dict[str, _Read[Id]] = {}
        self._used: dict[str, int] = {}
        self._order = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, query_id: Id) -> bool:
        return query_id in self._entries

    def add(self, query_id: Id, query: Query) -> None:
        """Adds a query, or puts another in the place of the one with this id."""
        self.remove(query_id)
        self._known.clear()
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
        self._known.clear()
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
        known, text = self._known, document.text
        if len(text) > _SURELY_READ:
            reads = [self._read_all(text)]
        else:
            reads = [known.get(piece) or self._read(piece) for piece in text.split()]
        facts = document_keys(document, self._fields) if self._fields else []
        bits = bits_of(facts)
        candidates: set[_Entry[Id]] = set(self._unanchored.values()) if self._unanchored else set()
        for read in reads:
            bits |= read.bits
            if read.entries:
                candidates.update(read.entries)
        for key in facts:
            candidates.update(self._anchored.get(key, ()))
        possible = [entry for entry in candidates if may_hold(entry.clauses, bits)]
        if not possible:
            return []
        seen = Seen(set(facts).union(*[read.keys for read in reads]), document)
        found = [entry for entry in possible if entry.test(seen)]
        if len(found) > 1:
            found.sort(key=_order)
        return [entry.id for entry in found]

    def _read_all(self, text: str) -> "_Read[Id]":
        """What a text means for these queries: all that need be known to find those that could match."""
        words, tags = analyse(text)
        keys = {*words, *tags}
        wild = self._prefixes.met(keys) + self._suffixes.met(words)
        used = [key for key in keys if key in self._used] + wild
        entries = {entry: None for key in used for entry in self._anchored.get(key, ())}
        return _Read(tuple(used), tuple(entries), bits_of(used)) if used else cast(_Read[Id], _NOTHING)

    def _read(self, piece: str) -> "_Read[Id]":
        """The same for what stands between white space; remembered, for most pieces come again."""
        read = self._read_all(piece)
        if len(piece) <= _WORTH_REMEMBERING:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[piece] = read
        return read

    def match_many(self, documents: Iterable[Document]) -> list[list[Id]]:
        """`match` of each document."""
        return [self.match(document) for document in documents]

    def _count(self, root: Node, step: int) -> None:
        """Keeps count of the fields, keys and wildcards that queries use: a document is asked for no others."""
        for leaf in leaves(root):
            if isinstance(leaf, Field):
                if leaf.name != "followers":
                    self._fields[leaf.name] = self._fields.get(leaf.name, 0) + step
                    if not self._fields[leaf.name]:
                        del self._fields[leaf.name]
                continue
            for key in used_keys(leaf):
                self._used[key] = self._used.get(key, 0) + step
                if not self._used[key]:
                    del self._used[key]
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


class _Wildcards:
    """The wildcards in use."""

    def __init__(self, reverse: bool) -> None:
        self._reverse = reverse
        self._counts: dict[str, int] = {}  # key -> how often queries use it
        self._sizes: dict[int, int] = {}  # characters beside the star -> how many wildcards have as many

    def count(self, key: str, step: int) -> None:
        """One more or one less query uses the wildcard."""
        before = self._counts.get(key, 0)
        self._counts[key] = before + step
        if not self._counts[key]:
            del self._counts[key]
        if bool(before) == (key in self._counts):
            return
        size = len(key) - 1
        self._sizes[size] = self._sizes.get(size, 0) + step
        if not self._sizes[size]:
            del self._sizes[size]

    def met(self, words: Iterable[str]) -> list[str]:
        """The keys of the wildcards that some word satisfies."""
        pairs = [(word, size) for word in words for size in self._sizes if size <= len(word)]
        keys = (f"*{word[-size:]}" if self._reverse else f"{word[:size]}*" for word, size in pairs)
        return [key for key in keys if key in self._counts]


_NOTHING: _Read[Hashable] = _Read((), (), 0)


def _always(seen: Seen) -> bool:
    """Of a query whose anchor says all."""
    return True


def _order(entry: _Entry[Id]) -> int:
    return entry.order
