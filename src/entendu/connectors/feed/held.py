"""What a feed holds of the last days: its document read whole, then its archives, as far back as it is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from entendu.connectors.feed import past
from entendu.connectors.feed.entries import Fresh
from entendu.connectors.feed.model import Cursor, Document
from entendu.connectors.feed.past import Place
from entendu.connectors.feed.visit import Visitor
from entendu.kit import clock
from entendu.wire import Broken, NeedsAuth, TryLater

_AHEAD = timedelta(days=3650)  # a feed whose clock is wrong holds what it shows all the same


@dataclass(frozen=True, slots=True)
class Shown:
    """A document, what of it was said since then, and where what came before is."""

    place: Place
    document: Document
    entries: tuple[Fresh, ...]
    onward: Place | None

    @property
    def cursor(self) -> bytes:
        """Where to go on; empty at the end."""
        return msgspec.json.encode(self.onward) if self.onward else b""


def show(visitor: Visitor, address: str, pulled: Cursor, since: datetime, cursor: bytes) -> Shown:
    """The document at `cursor` (empty: the feed itself), asked for without conditions: a server that says for ever
    that nothing is new must not have the last word. WireError, HostBusy."""
    if cursor:
        place = past.read_place(cursor)
        document = past.document_at(visitor, place) or Document()
    else:
        place, document = _feed(visitor, address, pulled)
    found = past.within(document, place, since, clock.now() + _AHEAD)
    if place.number:  # archives without dates tell nothing of the last days
        found = [one for one in found if one.entry.published or one.entry.updated]
    return Shown(place, document, tuple(found), past.place_after(place, document, since))


def _feed(visitor: Visitor, address: str, pulled: Cursor) -> tuple[Place, Document]:
    """The feed that pulls read, under the name that they know it by; else the one that the address means."""
    main = pulled.main
    if not main.url:
        return past.open_place(visitor, address)
    visit = visitor.document(main.url)
    document = visit.document
    if document is None:
        raise TryLater("feed_empty", main.url)
    if document.sign_in:
        raise NeedsAuth("feed_is_sign_in_page", main.url)
    if document.kind != "feed":
        raise Broken("feed_became_page", main.url)
    wordpress = "wordpress.org" in document.generator.lower()
    return Place(main.url, main.name, wordpress=wordpress), document
