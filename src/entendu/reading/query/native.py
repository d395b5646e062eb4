"""The matcher in C, with the same answers as `reference.PythonMatcher`. Importing fails where it was not built."""

import secrets
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar, cast

from entendu.reading.analyser import compose, fold_classes, fold_targets
from entendu.reading.query import _kernel
from entendu.reading.query.common import COMMON
from entendu.reading.query.document import Document
from entendu.reading.query.plan import normal_form
from entendu.reading.query.program import program_of
from entendu.reading.query.tree import Query

Id = TypeVar("Id", bound=Hashable)
_CLASSES = {"w": 1, "s": 2, "d": 3, "g": 4, "cd": 5, "cs": 6}

# The hash is keyed anew in each process: nobody can prepare words that it takes for one another.
_kernel.set_folds(
    [(first, last, _CLASSES[kind]) for first, last, kind in fold_classes()],
    fold_targets(),
    compose,
    secrets.randbits(64),
    secrets.randbits(64),
)


class KernelMatcher(Generic[Id]):
    """Many queries held against each document; see `PythonMatcher`, whose methods these are."""

    def __init__(self, shares: Mapping[str, float] = COMMON) -> None:
        self._shares = shares
        self._slots: dict[Id, int] = {}
        self._kernel = _kernel.Kernel()

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, query_id: Id) -> bool:
        return query_id in self._slots

    def add(self, query_id: Id, query: Query) -> None:
        """Adds a query, or puts another in the place of the one with this id."""
        program = program_of(normal_form(query.root), self._shares)
        self.remove(query_id)
        self._slots[query_id] = self._kernel.add(
            query_id, program.keys, program.code, program.anchors, program.also
        )

    def remove(self, query_id: Id) -> None:
        """Takes a query out; nothing happens when it is not there."""
        slot = self._slots.pop(query_id, None)
        if slot is not None:
            self._kernel.remove(slot)

    def match(self, document: Document) -> list[Id]:
        """The ids of the queries that the document satisfies, in the order in which they were added."""
        return cast(list[Id], self._kernel.match(document))

    def match_many(self, documents: Iterable[Document]) -> list[list[Id]]:
        """`match` of each document."""
        if not isinstance(documents, Sequence):
            documents = list(documents)
        return cast(list[list[Id]], self._kernel.match_many(documents))

    def bytes_used(self) -> int:
        """Memory that the kernel holds for these queries, beside the ids themselves."""
        return self._kernel.bytes_used()
