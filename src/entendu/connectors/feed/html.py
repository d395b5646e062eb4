"""What the HTML inside feeds and pages says: its text, its images, the feeds that a page points to."""

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

MAX_TEXT = 100_000  # characters
MAX_IMAGES = 10
_TAG = re.compile(r"<(?:[a-zA-Z/!]|$)")
_INTERFACE = re.compile(r"/wp-json\b|\boembed\b")  # WordPress announces it as JSON beside the feeds
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_RELATION = re.compile(r"\brel\s*=\s*\"?([^\",;]+)", re.IGNORECASE)
_UNSEEN = frozenset(
    {"script", "style", "head", "template", "noscript", "svg", "math", "iframe", "object", "form"}
)
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    ]
)
_FEED_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
    "application/rdf+xml": "rss",
}


def parsed(html: str) -> lxml_html.HtmlElement | None:
    """The tree of `html`, or None when there is none in it. libxml2 bounds the depth; nothing is loaded."""
    html = html.replace("\x00", "")
    if not html.strip():
        return None
    try:
        parser = lxml_html.HTMLParser(no_network=True, recover=True, encoding="utf-8")
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def to_text(html: str) -> str:
    """The words of `html`, a line a block. What is not HTML keeps its words and its line breaks."""
    if not _TAG.search(html) and "&" not in html:
        return _tidy(html)
    if not _TAG.search(html):
        html = html.replace("\n", "<br>")
    root = parsed(html)
    if root is None:
        return ""
    return _tidy("".join(_pieces(root)))


def _pieces(root: lxml_html.HtmlElement) -> list[str]:
    pieces: list[str] = []
    unseen = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            pieces.append(_flat(node.tail) if not unseen else "")
            continue
        tag = node.tag
        if event == "start":
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                pieces.append("\n")
            if not unseen:
                pieces.append(node.text or "" if tag == "pre" else _flat(node.text))
        else:
            unseen -= tag in _UNSEEN
            if tag in _BLOCKS:
                pieces.append("\n")
            if not unseen:
                pieces.append(_flat(node.tail))
    return pieces


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _tidy(text: str) -> str:
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.splitlines())
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()[:MAX_TEXT]


def images(html: str, base: str) -> list[str]:
    """The addresses of the images in `html`, absolute, http(s), each once."""
    root = parsed(html) if "<img" in html.lower() else None
    if root is None:
        return []
    found = [absolute(str(node.get("src") or ""), base) for node in root.iter("img")]
    return list(dict.fromkeys(url for url in found if url))[:MAX_IMAGES]


def absolute(link: str, base: str) -> str:
    """`link` as an absolute http(s) address, or ""."""
    try:
        url = urljoin(base, link.strip()) if link.strip() else ""
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url[:4096] if parts.scheme in ("http", "https") and parts.hostname else ""


def read_links(header: str, base: str) -> dict[str, str]:
    """A Link header (RFC 8288) as relation → address, the first of each; in WebSub it goes before the document."""
    found: dict[str, str] = {}
    for link, parameters in _LINK.findall(header[:8000]):
        relation = _RELATION.search(parameters)
        url = absolute(link, base)
        for name in relation[1].lower().split() if relation and url else ():
            found.setdefault(name, url)
    return found


def feeds_of(root: lxml_html.HtmlElement, base: str) -> list[dict[str, str]]:
    """The feeds that a page announces (`link rel=alternate`): {url, title, type}, comments last."""
    found: dict[str, dict[str, str]] = {}
    for node in root.iter("link"):
        kind = _FEED_TYPES.get(str(node.get("type") or "").partition(";")[0].strip().lower())
        relations = str(node.get("rel") or "").lower().split()
        url = absolute(str(node.get("href") or ""), base)
        announced = "alternate" in relations or "feed" in relations
        if kind and url and announced and not _INTERFACE.search(url):
            found.setdefault(url, {"url": url, "title": str(node.get("title") or "")[:200], "type": kind})
    return sorted(found.values(), key=lambda feed: _of_comments(feed))[:20]


def _of_comments(feed: dict[str, str]) -> bool:
    return "comment" in f"{feed['url']} {feed['title']}".lower()


def asks_to_sign_in(root: lxml_html.HtmlElement) -> bool:
    """Whether a page holds a field for a password."""
    return any(str(node.get("type") or "").lower() == "password" for node in root.iter("input"))
