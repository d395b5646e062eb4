"""Pingbacks and webmentions claim that a page links to ours: the page is read before anybody believes it.

Webmention (W3C, 12 January 2017), section 3.2.2; Pingback 1.0, section 3.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

import orjson
from lxml import etree
from lxml import html as lxml_html

from entendu.kit import child
from entendu.kit.safe_http import HttpFailed, HttpRefused, fetch

MAX_BYTES = 1_000_000
DEADLINE = 10.0
_EXCERPT = 500  # characters on screen
_BLOCKS = frozenset(
    {"p", "li", "blockquote", "article", "section", "div", "td", "body", "main", "h1", "h2", "h3"}
)


@dataclass(frozen=True, slots=True)
class Backlink:
    """What a page says around its link to ours. `found` False: it does not link to us. `gone`: upstream says that
    the page was removed (410); a mention that came from it is to be removed too."""

    found: bool
    gone: bool = False
    url: str = ""  # of the page, after redirects
    title: str = ""
    excerpt: str = ""  # the words of the block that holds the link


def verify_backlink(source: str, target: str, *, allow: Iterable[str] = ()) -> Backlink:
    """Reads `source` and looks for a link to `target`. HttpRefused (same_page, not_web_addresses, or as `fetch`);
    HttpFailed for a passing fault, also when the page takes too long to be read."""
    if not _is_web(source) or not _is_web(target):
        raise HttpRefused("not_web_addresses", source[:200])
    if _bare(source) == _bare(target):
        raise HttpRefused("same_page", source[:200])
    page = fetch(source, headers={"accept": "text/html"}, max_bytes=MAX_BYTES, deadline=DEADLINE, allow=allow)
    if page.status == 410:
        return Backlink(found=False, gone=True, url=page.url)
    page.checked()
    if page.media_type not in ("text/html", "application/xhtml+xml"):
        return Backlink(
            found=page.media_type == "text/plain" and target.encode() in page.content, url=page.url
        )
    payload = orjson.dumps([page.url, target, page.charset]) + b"\n" + page.content
    try:
        answer = orjson.loads(child.call("entendu.kit.backlink.read_in_child", payload))
    except child.ChildFailed as failure:
        raise HttpFailed(failure.code, failure.detail) from None
    return Backlink(url=page.url, **answer)


def read_in_child(payload: bytes) -> bytes:
    """[address, target, charset] as JSON, a line feed, the page → {found, title, excerpt} as JSON."""
    header, _, body = payload.partition(b"\n")
    url, target, charset = orjson.loads(header)
    return orjson.dumps(read_page(body, url, target, charset))


def read_page(body: bytes, url: str, target: str, charset: str = "") -> dict[str, object]:
    """Looks for a link (`href` or `src`) to `target` in HTML. A fragment in the link does not matter; comments,
    scripts and plain words are no link."""
    try:
        parser = lxml_html.HTMLParser(no_network=True, encoding=_encoding(body, charset))
        root = lxml_html.document_fromstring(body, parser=parser)
    except (etree.LxmlError, ValueError, LookupError):
        return {"found": False}
    title = " ".join(str(root.findtext(".//title") or "").split())[:300]
    for node in root.iter(etree.Element):
        link = node.get("href") or node.get("src") or ""
        if link and _leads_to(link, url, target):
            return {"found": True, "title": title, "excerpt": _excerpt(node)}
    return {"found": False}


def _leads_to(link: str, base: str, target: str) -> bool:
    try:
        return _bare(urljoin(base, link.strip())) == _bare(target)
    except ValueError:
        return False


def _encoding(body: bytes, charset: str) -> str | None:
    """Bytes that are UTF-8 are UTF-8; otherwise what the header says; None: what the page says itself."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return charset or None
    return "utf-8"


def _excerpt(node: etree._Element) -> str:
    block = next((above for above in node.iterancestors() if above.tag in _BLOCKS), node)
    words = " ".join("".join(str(piece) for piece in block.itertext(etree.Element)).split())
    return words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]}…"


def _bare(url: str) -> str:
    return urldefrag(url.strip()).url.rstrip("/")


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
