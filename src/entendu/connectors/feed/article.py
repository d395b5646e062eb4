"""The text of the page behind an entry, when it says more than the feed does."""

from contextlib import suppress

from entendu.connectors.feed.html import MAX_TEXT
from entendu.connectors.feed.visit import HostBusy, Visitor
from entendu.kit import child
from entendu.wire import WireError

MAX_BYTES = 2_000_000
DEADLINE = 6.0
_SHORTEST = 200  # characters: less is a banner about cookies, not an article


def fetch_article(visitor: Visitor, link: str, feed_text: str) -> str:
    """The article's text, or "" when the page cannot be had or says less than the feed: the feed's text then
    stands. Never raises."""
    with suppress(WireError, HostBusy, child.ChildFailed):
        page = visitor.get(link, {"accept": "text/html"}, max_bytes=MAX_BYTES, deadline=DEADLINE)
        if page.media_type not in ("text/html", "application/xhtml+xml"):
            return ""
        text = child.call("entendu.connectors.feed.article.extract_in_child", page.content).decode()
        return text[:MAX_TEXT] if len(text) >= max(_SHORTEST, len(feed_text)) else ""
    return ""


def extract_in_child(page: bytes) -> bytes:
    """HTML → the text of its article, UTF-8; empty when there is none."""
    import trafilatura  # half a second to import: only the child pays it, and only when articles are wanted

    text = trafilatura.extract(page, include_comments=False, include_tables=False, deduplicate=False)
    return (text or "").encode()
