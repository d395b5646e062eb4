"""A page that is said to link to ours, read before anybody believes it: in a killable child, its author and its words
from microformats (h-entry, h-card) where it has them, else from around the link."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import msgspec
import orjson
from lxml import etree
from lxml import html as lxml_html

from entendu.connectors.webmention.claim import Claim, bare
from entendu.kit import child
from entendu.kit.safe_http import HttpFailed, HttpRefused, Response, fetch
from entendu.wire import Refused, TryLater

MAX_BYTES = 1_000_000
DEADLINE = 10.0
MOST_TEXT = 2000  # characters: of a longer article, the words around the link
_EXCERPT = 600
_GONE = frozenset({"http_404", "http_410"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_BLOCKS = frozenset(
    {"p", "li", "blockquote", "article", "section", "div", "td", "body", "main", "h1", "h2", "h3"}
)
_RELATIONS = ("in-reply-to", "like-of", "repost-of", "bookmark-of")


class Linked(msgspec.Struct, omit_defaults=True):
    """What a page says around its link to ours. `found` False: it does not link to us. `gone`: it was removed."""

    found: bool = False
    gone: bool = False
    title: str = ""
    text: str = ""
    author: str = ""
    author_url: str = ""
    published: float | None = None
    relation: str = ""  # in-reply-to, like-of, repost-of, bookmark-of; "": it speaks of us
    language: str = ""


def read_source(claim: Claim, *, allow: Iterable[str] = ()) -> Linked:
    """Reads `claim.source` and looks for the link to `claim.target`. Refused, TryLater."""
    try:
        headers = {"accept": "text/html"}
        page = fetch(
            claim.source, headers=headers, max_bytes=MAX_BYTES, deadline=DEADLINE, allow=allow
        ).checked()
    except HttpRefused as error:
        if error.code in _GONE:
            return Linked(gone=error.code == "http_410")
        raise Refused(error.code, error.detail) from None
    except HttpFailed as error:
        raise TryLater(error.code, error.detail, error.retry_after) from None
    if page.media_type not in _HTML:
        named = page.media_type == "text/plain" and claim.target.encode() in page.content
        return Linked(found=named, text=_around(page.content.decode("utf-8", "replace"), claim.target))
    return _understood(page, claim)


def _understood(page: Response, claim: Claim) -> Linked:
    header = orjson.dumps([page.url, claim.target, page.charset])
    try:
        found = child.call("entendu.connectors.webmention.page.read_in_child", header + b"\n" + page.content)
    except child.ChildFailed as failure:
        raise TryLater(failure.code, failure.detail) from None
    return msgspec.json.decode(found, type=Linked)


def read_in_child(payload: bytes) -> bytes:
    """[address, target, charset] as JSON, a line feed, the page → `Linked` as JSON."""
    header, _, body = payload.partition(b"\n")
    url, target, charset = orjson.loads(header)
    return msgspec.json.encode(read_page(body, url, target, charset))


def read_page(body: bytes, url: str, target: str, charset: str = "") -> Linked:
    """Looks for a link (`href` or `src`) to `target` in HTML. A fragment in the link does not matter; comments,
    scripts and plain words are no link."""
    text = _decoded(body, charset)
    try:
        parser = lxml_html.HTMLParser(no_network=True, encoding="utf-8")
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return Linked()
    link = next(_links(root, url, target), None)
    if link is None:
        return Linked()
    found = Linked(
        found=True,
        title=_flat(str(root.findtext(".//title") or ""))[:300],
        text=_excerpt(link),
        author=_flat(_meta(root, "author"))[:120],
        language=str(root.get("lang") or "")[:8],
    )
    entry = _entry(text, url, target)
    return _with_entry(found, entry, url, target) if entry else found


def _entry(text: str, url: str, target: str) -> Mapping[str, Any] | None:
    """The h-entry that answers or names `target`, else the first one of the page."""
    import mf2py  # a fifth of a second to import: only the child pays it

    items: list[dict[str, Any]] = mf2py.Parser(doc=text, url=url, html_parser="lxml").to_dict()["items"]
    entries = [one for one in _all(items) if "h-entry" in one.get("type", [])][:200]
    naming = (one for one in entries if _relation(one, target) or _names(one, target))
    return next(naming, entries[0] if entries else None)


def _all(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from _all([one for one in item.get("children", []) if isinstance(one, dict)])


def _with_entry(found: Linked, entry: Mapping[str, Any], url: str, target: str) -> Linked:
    properties = entry.get("properties", {})
    said = _flat_lines(_text(properties.get("content")) or _text(properties.get("summary")))
    relation = _relation(entry, target)
    if said and (len(said) <= MOST_TEXT or relation == "in-reply-to"):
        found.text = said[: MOST_TEXT * 10]
    name = _flat(_text(properties.get("name")))
    if name and name not in said:  # an entry without a name of its own is named by all its words
        found.title = name[:300]
    elif said:
        found.title = "" if relation else found.title
    author = next(iter(properties.get("author", [])), None)
    if isinstance(author, dict):
        card = author.get("properties", {})
        found.author = _flat(_text(card.get("name")))[:120] or found.author
        found.author_url = _web(urljoin(url, _text(card.get("url"))))
    elif isinstance(author, str):
        found.author = _flat(author)[:120]
    found.published = _moment(_text(properties.get("published")))
    found.relation = relation
    return found


def _relation(entry: Mapping[str, Any], target: str) -> str:
    properties = entry.get("properties", {})
    for relation in _RELATIONS:
        for one in properties.get(relation, []):
            urls = one.get("properties", {}).get("url", []) if isinstance(one, dict) else [one]
            if any(isinstance(url, str) and bare(url) == bare(target) for url in urls):
                return relation
    return ""


def _names(entry: Mapping[str, Any], target: str) -> bool:
    contents = entry.get("properties", {}).get("content", [])
    return any(isinstance(one, dict) and bare(target) in str(one.get("html", "")) for one in contents)


def _text(values: Any) -> str:
    first = next(iter(values or []), "")
    return str(first.get("value", "")) if isinstance(first, dict) else str(first)


def _moment(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _links(root: lxml_html.HtmlElement, url: str, target: str) -> Iterator[lxml_html.HtmlElement]:
    for node in root.iter(etree.Element):
        link = str(node.get("href") or node.get("src") or "")
        try:
            if link and bare(urljoin(url, link.strip())) == bare(target):
                yield node
        except ValueError:
            continue


def _decoded(body: bytes, charset: str) -> str:
    """Bytes that are UTF-8 are UTF-8; otherwise what the header says, or the page itself."""
    declared = re.search(rb"charset\s*=\s*[\"']?([\w.:-]{1,40})", body[:4000], re.IGNORECASE)
    for name in ("utf-8", charset, declared[1].decode() if declared else ""):
        try:
            return body.decode(name) if name else ""
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1")


def _excerpt(node: lxml_html.HtmlElement) -> str:
    block = next((above for above in node.iterancestors() if above.tag in _BLOCKS), node)
    words = _flat("".join(str(piece) for piece in block.itertext(etree.Element)))
    return words if len(words) <= _EXCERPT else _around(words, _flat(str(node.text_content())))


def _around(words: str, what: str) -> str:
    place = max(0, words.find(what) - _EXCERPT // 2)
    part = words[place : place + _EXCERPT].strip()
    return f"{'…' if place else ''}{part}{'…' if place + _EXCERPT < len(words) else ''}"


def _meta(root: lxml_html.HtmlElement, name: str) -> str:
    return next((str(one.get("content") or "") for one in root.iter("meta") if one.get("name") == name), "")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _flat_lines(text: str) -> str:
    return "\n".join(filter(None, (_flat(line) for line in text.splitlines())))


def _web(url: str) -> str:
    return url[:500] if url.startswith(("http://", "https://")) else ""
