from collections.abc import Callable, Hashable, Sequence

from entendu.reading.query.document import Document

def set_folds(
    classes: list[tuple[int, int, int]],
    targets: dict[int, str],
    compose: Callable[[str], str],
    start: int,
    factor: int,
) -> None: ...

class Kernel:
    def add(
        self, query_id: Hashable, keys: list[str], code: bytes, anchors: list[int], also: list[int]
    ) -> int: ...
    def remove(self, slot: int) -> None: ...
    def match(self, document: Document) -> list[Hashable]: ...
    def match_many(self, documents: Sequence[Document]) -> list[list[Hashable]]: ...
    def bytes_used(self) -> int: ...
