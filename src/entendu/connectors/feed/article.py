"""The text of the page behind an entry, when it says more than the feed does."""

import re
from contextlib import suppress

import msgspec
from lxml import etree
from lxml import html as lxml_html

from entendu.connectors.feed import html
from entendu.connectors.feed.html import MAX_TEXT
from entendu.connectors.feed.visit import HostBusy, Visitor
from entendu.kit import child
from entendu.wire import WireError

MAX_BYTES = 2_000_000
DEADLINE = 6.0
_SHORTEST = (
    200  # characters: less is a banner about cookies, not an article, unless the feed's words are in it
)
_CUT = re.compile(
    r"(?:…|\.{3}|\[(?:…|\.{3}|&hellip;)\]|(?:read|continue|learn|see) (?:more|reading)\b[^.!?]{0,60}"
    r"|(?:lire|voir|en savoir) (?:la suite|plus|l’article|l'article)\b[^.!?]{0,60})\s*[»›>→]*\s*$",
    re.IGNORECASE,
)
_ASIDE = frozenset({"nav", "header", "footer", "aside", "form", "button", "dialog"})
_SIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog"}
)


class Found(msgspec.Struct, omit_defaults=True):
    """What a page says, found in two ways: `article`, by trafilatura, which on a short page finds nothing or takes the
    menus too; `body`, of the element that holds the article, without menus. Either may be empty."""

    article: str = ""
    body: str = ""


def fetch_article(visitor: Visitor, link: str, feed_text: str) -> str:
    """The article's text, or "" when the page cannot be had or says less than the feed: the feed's text then
    stands. Never raises."""
    with suppress(WireError, HostBusy, child.ChildFailed):
        page = visitor.get(link, {"accept": "text/html"}, max_bytes=MAX_BYTES, deadline=DEADLINE)
        if page.media_type not in ("text/html", "application/xhtml+xml"):
            return ""
        answer = child.call("entendu.connectors.feed.article.extract_in_child", page.content)
        return choose(msgspec.json.decode(answer, type=Found), feed_text)[:MAX_TEXT]
    return ""


def choose(found: Found, feed_text: str) -> str:
    """The better of what the page says, "" when the feed says it as well. A text that is longer than the feed's and no
    mere banner is the article; so is a short one in which the feed's words are, when the feed was cut or says nothing
    more than its title."""
    for text in (found.article, found.body):
        if len(text) >= max(_SHORTEST, len(feed_text)):
            return text
    if is_cut(feed_text) or not feed_text:
        for text in (found.body, found.article):
            if text and _holds(text, feed_text):
                return text
    return ""


def is_cut(text: str) -> bool:
    """Whether a feed's text breaks off: "…", "[…]", "Read more", "Lire la suite"."""
    return bool(_CUT.search(text[-200:]))


def _holds(text: str, feed_text: str) -> bool:
    """Whether the beginning of the feed's text is in `text`, which says more."""
    beginning = _folded(_CUT.sub("", feed_text))[:60]
    return len(text) > len(_CUT.sub("", feed_text)) and beginning in _folded(text)


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def extract_in_child(page: bytes) -> bytes:
    """HTML → `Found` as JSON."""
    import trafilatura  # half a second to import: only the child pays it, and only when articles are wanted

    article = trafilatura.extract(page, include_comments=False, include_tables=False, deduplicate=False)
    return msgspec.json.encode(Found((article or "")[:MAX_TEXT], body_of(page)))


def body_of(page: bytes) -> str:
    """The words of the element that holds the article (`article`, `main`, `role=main`), "" when none does, or several
    do (a page of many articles is no article). Menus, headers, footers and forms are left out."""
    root = _tree(page)
    if root is None:
        return ""
    for path in ("//article", "//main", "//*[@role='main']", "//*[@itemprop='articleBody']"):
        nodes = root.xpath(path)
        outer = [node for node in nodes if not any(above in nodes for above in node.iterancestors())]
        if len(outer) == 1:
            return html.to_text(lxml_html.tostring(_without_asides(outer[0]), encoding="unicode"))
        if outer:
            return ""
    return ""


def _tree(page: bytes) -> lxml_html.HtmlElement | None:
    """Bytes that are UTF-8 are UTF-8; otherwise what the page says itself."""
    try:
        return html.parsed(page.decode("utf-8"))
    except UnicodeDecodeError:
        with suppress(etree.LxmlError, ValueError):
            return lxml_html.document_fromstring(page)
    return None


def _without_asides(node: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    for inner in list(node.iterdescendants()):
        unseen = inner.tag in _ASIDE or inner.get("role") in _SIDE_ROLES or inner.get("hidden") is not None
        if unseen and inner.getparent() is not None:
            inner.drop_tree()
    return node
