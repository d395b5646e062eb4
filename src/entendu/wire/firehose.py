"""A firehose: a stream of all that is said somewhere. What concerns nobody here is forgotten before it is stored.

It is the one stream that is more than a hint. That holds because each frame has a position: positions only grow, the
position of what was stored is committed with it, and upstream says again all that follows a position. Gaps between
positions mean nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Protocol

import msgspec

from entendu.wire.connector import Connector
from entendu.wire.errors import TryLater
from entendu.wire.item import ItemKind, Raw


class Glimpse(msgspec.Struct, gc=False):
    """One unit of a frame, understood just enough to decide who wants it.

    about: the key of the Item that it says, changes or deletes, without "#"; empty when it concerns all that `author`
    said. key: of the Raw that it would be; it begins with `about` and "#". to: the accounts (keys of authors) to whom
    it speaks. The other fields are those of a document of the query language; languages as the author declared them.
    """

    key: str
    about: str
    kind: ItemKind
    author: str
    frame: bytes
    part: int = 0  # which of the frame's units
    text: str = ""
    languages: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    is_reply: bool = False
    has_image: bool = False
    has_link: bool = False


class PositionLost(TryLater):
    """Upstream knows no such position (it began anew): what it still has is to be heard from its start."""


class Firehose(Connector, Protocol):
    """A connector that hears everything (`caps.firehose`). `pull` brings nothing; the cursor is the position in
    decimal digits."""

    network: ClassVar[str]  # of its items
    site: ClassVar[str]  # their host, for the query language
    source: str  # what is heard: channels with the same one share a connection

    def frames(self, position: int | None, stop: Callable[[], bool]) -> Iterator[bytes]:
        """The frames after `position` (None: from now on) as they came, until `stop()`. While the next one is not
        asked for, the socket is not read. WireError; PositionLost."""
        ...

    def read(self, frame: bytes) -> tuple[int, Sequence[Glimpse]]:
        """The position of a frame (0: it has none) and the units in it that could concern somebody. Broken."""
        ...

    def raw(self, glimpse: Glimpse) -> Raw:
        """What is kept of a unit. Pure."""
        ...

    def own_accounts(self) -> frozenset[str]:
        """The keys of the organisation's own accounts there. WireError."""
        ...
