"""What a feed no longer shows: its archives (RFC 5005), its further pages, and those of WordPress."""

import re
from datetime import datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from entendu.connectors.feed import entries
from entendu.connectors.feed.discover import find_feed
from entendu.connectors.feed.entries import Fresh
from entendu.connectors.feed.model import Document, Source
from entendu.connectors.feed.visit import Visitor
from entendu.wire import Refused

MOST_PAGES = 200
_PAUSE = 2.0  # seconds between two pages: nobody waits for the past


class Place(msgspec.Struct, omit_defaults=True):
    """Where a search in the past is: the next document, how many were read, the name of the feed."""

    url: str
    name: str
    number: int = 0
    wordpress: bool = False
    handed: int = 0  # entries of the document at `url` that were handed on already


def open_place(visitor: Visitor, address: str) -> tuple[Place, Document]:
    """The feed itself, where every search begins. WireError."""
    url, visit = find_feed(visitor, address)
    document = visit.document or Document()
    wordpress = "wordpress.org" in document.generator.lower()
    return Place(url, url, wordpress=wordpress), document


def read_place(data: bytes) -> Place:
    """The place in `data`. Refused when it is none of ours."""
    try:
        return msgspec.json.decode(data, type=Place)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused("cursor_unreadable") from None


def document_at(visitor: Visitor, place: Place) -> Document | None:
    """The document at `place`; None when there is no such page. WireError for anything else."""
    try:
        document = visitor.document(place.url).document
    except Refused as error:
        if place.number and error.code in ("feed_not_found", "feed_gone"):
            return None  # WordPress answers so after its last page
        raise
    return document if document and document.kind == "feed" else None


def within(document: Document, place: Place, since: datetime, until: datetime) -> list[Fresh]:
    """The entries said in [since, until), oldest first; those without a date among them."""
    source = Source(name=place.name)
    first, last = since.timestamp(), until.timestamp()
    found = []
    for one in entries.fresh_of(document, source):
        said = one.entry.published or one.entry.updated
        if not one.deleted and (said is None or first <= said < last):
            found.append(one)
    return found


def place_after(place: Place, document: Document, since: datetime) -> Place | None:
    """Where what came before is; None when there is nothing, or it was said before `since`."""
    number = place.number + 1
    dates = [entry.published or entry.updated or 0.0 for entry in document.entries]
    if number >= MOST_PAGES or not dates or max(dates) < since.timestamp():
        return None
    if document.older:
        same = document.older == place.url
        return None if same else Place(document.older, place.name, number, place.wordpress)
    if place.wordpress and min(dates) >= since.timestamp():
        return Place(_page_of(place.url, number + 1), place.name, number, wordpress=True)
    return None


def _page_of(url: str, number: int) -> str:
    parts = urlsplit(url)
    kept = re.sub(r"(^|&)paged=[0-9]*", "", parts.query).strip("&")
    query = "&".join(filter(None, [kept, urlencode({"paged": number})]))
    return urlunsplit(parts._replace(query=query, fragment=""))


def pause() -> float:
    """Seconds before the next page."""
    return _PAUSE
