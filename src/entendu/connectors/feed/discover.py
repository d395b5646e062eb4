"""From the address of a site to its feeds."""

from contextlib import suppress
from urllib.parse import urljoin

from entendu.connectors.feed.model import Document
from entendu.connectors.feed.visit import HostBusy, Visit, Visitor
from entendu.wire import Address, Broken, Refused, WireError

# Where a feed lies when no page says so: WordPress, Jekyll and Hugo, Ghost, Blogger, many others.
USUAL_PATHS = ("/feed/", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss/")


def find_feeds(visitor: Visitor, address: str) -> tuple[Address, ...]:
    """The feeds of a site, posts before comments; the address itself when it is a feed. Refused when there is none,
    WireError when the address cannot be read at all."""
    visit = visitor.document(address)
    document = visit.document or Document(kind="other")
    if document.kind == "feed":
        return (Address(visit.response.moved_to or address, document.title),)
    found = document.feeds or [_usual(visitor, visit.response.url)]
    feeds = tuple(Address(feed["url"], feed["title"]) for feed in found if feed)
    if not feeds:
        raise Refused("feed_is_sign_in_page" if document.sign_in else "feed_absent", visit.response.url)
    return feeds


def find_feed(visitor: Visitor, address: str) -> tuple[str, Visit]:
    """The address of the feed that `address` means, and its document. Refused when there is none."""
    visit = visitor.document(address)
    document = visit.document or Document(kind="other")
    if document.kind == "feed":
        return visit.response.moved_to or address, visit
    if document.sign_in and not document.feeds:
        raise Refused("feed_is_sign_in_page", visit.response.url)
    for feed in document.feeds[:3]:
        with suppress(Broken, Refused):
            found = visitor.document(feed["url"])
            if found.document and found.document.kind == "feed":
                return feed["url"], found
    feed = _usual(visitor, visit.response.url)
    if not feed:
        raise Refused("feed_absent", address)
    return feed["url"], visitor.document(feed["url"])


def _usual(visitor: Visitor, address: str) -> dict[str, str]:
    for path in USUAL_PATHS:
        url = urljoin(address, path)
        with suppress(WireError, HostBusy):
            found = visitor.document(url).document
            if found and found.kind == "feed":
                return {"url": url, "title": found.title, "type": "feed"}
    return {}
