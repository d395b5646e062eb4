"""The matcher in pure Python: the reference that the C one must equal, and what serves without it.

Each query is filed under the keys of its anchor. A document is read once; the keys that it has lead to the
few queries that could match, and these alone are evaluated. The cost follows the words of the document and
its matches, not the number of queries.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from entendu.reading.analyser import analyse
from entendu.reading.query.common import COMMON
from entendu.reading.query.document import Document
from entendu.reading.query.evaluate import Seen, Test, test_of, wild_keys
from entendu.reading.query.fields import document_keys
from entendu.reading.query.plan import anchor, normal_form
from entendu.reading.query.tree import Field, Node, Query, leaves

Id = TypeVar("Id", bound=Hashable)
_STEM = 2  # every wildcard has at least as many characters beside its star: see limits.MIN_WILDCARD


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
        self._order = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, query_id: Id) -> bool:
        return query_id in self._entries

    def add(self, query_id: Id, query: Query) -> None:
        """Adds a query, or puts another in the place of the one with this id."""
        self.remove(query_id)
        root = normal_form(query.root)
        found = anchor(root, self._shares)
        self._order += 1
        entry = _Entry(query_id, self._order, test_of(root), found.keys if found else (), root)
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
        words, tags = analyse(document.text)
        present = set(words)
        present.update(tags)
        if self._prefixes or self._suffixes:
            wild = [*self._prefixes.met(present), *self._suffixes.met(set(words))]
            present.update(wild)
        if self._fields:
            present.update(document_keys(document, tuple(self._fields)))
        candidates = self._candidates(present)
        if not candidates:
            return []
        seen = Seen(words, present, document)
        found = [(entry.order, entry.id) for entry in candidates if entry.test(seen)]
        if len(found) > 1:
            found.sort(key=_order)
        return [query_id for _, query_id in found]

    def match_many(self, documents: Iterable[Document]) -> list[list[Id]]:
        """`match` of each document."""
        return [self.match(document) for document in documents]

    def _candidates(self, present: set[str]) -> "set[_Entry[Id]]":
        anchored = self._anchored
        candidates = set(self._unanchored.values()) if self._unanchored else set()
        for key in present & anchored.keys():
            candidates.update(anchored[key])
        return candidates

    def _count(self, root: Node, step: int) -> None:
        """Keeps count of which fields and wildcards the queries use: a document is asked for no others."""
        for leaf in leaves(root):
            if isinstance(leaf, Field):
                if leaf.name != "followers":
                    self._fields[leaf.name] = self._fields.get(leaf.name, 0) + step
                    if not self._fields[leaf.name]:
                        del self._fields[leaf.name]
            else:
                for key in wild_keys(leaf):
                    (self._suffixes if key[0] == "*" else self._prefixes).count(key, step)


class _Entry(Generic[Id]):
    """One query as it is filed."""

    __slots__ = ("id", "keys", "order", "root", "test")

    def __init__(self, query_id: Id, order: int, test: Test, keys: tuple[str, ...], root: Node) -> None:
        self.id = query_id
        self.order = order
        self.test = test
        self.keys = keys
        self.root = root


class _Wildcards:
    """The wildcards in use, found from the two characters beside their open end and then by length."""

    def __init__(self, reverse: bool) -> None:
        self._reverse = reverse
        self._counts: dict[str, int] = {}
        self._lengths: dict[str, dict[int, int]] = {}  # stem -> {length: how many wildcards have it}

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, key: str, step: int) -> None:
        """One more or one less query uses the wildcard."""
        before = self._counts.get(key, 0)
        self._counts[key] = before + step
        if not self._counts[key]:
            del self._counts[key]
        if bool(before) == (key in self._counts):
            return
        stem = key[-_STEM:] if self._reverse else key[:_STEM]
        lengths = self._lengths.setdefault(stem, {})
        size = len(key) - 1
        lengths[size] = lengths.get(size, 0) + step
        if not lengths[size]:
            del lengths[size]
        if not lengths:
            del self._lengths[stem]

    def met(self, words: set[str]) -> list[str]:
        """The keys of the wildcards that some word satisfies."""
        if not self._counts:
            return []
        found: list[str] = []
        for word in words:
            lengths = self._lengths.get(word[-_STEM:] if self._reverse else word[:_STEM])
            for size in lengths or ():
                key = f"*{word[-size:]}" if self._reverse else f"{word[:size]}*"
                if size <= len(word) and key in self._counts:
                    found.append(key)
        return found


def _order(found: tuple[int, object]) -> int:
    return found[0]
