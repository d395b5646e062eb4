"""Bytes of a feed → Document. In a killable child: feedparser takes 21 s on 1 MB of hostile namespaces."""

import calendar
import io
import re
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

import feedparser
import msgspec
from lxml import etree

from entendu.connectors.feed import html
from entendu.connectors.feed.jsonfeed import read_json_feed
from entendu.connectors.feed.model import Document, Entry, Gone
from entendu.kit import child
from entendu.wire import Broken

MAX_ENTRIES = 5000
_TTL_MAX = 86_400.0
_NOT_A_FEED = ("", None)


class Came(msgspec.Struct):
    """What is handed to the child with the bytes."""

    url: str
    content_type: str = ""


def understand(body: bytes, url: str, content_type: str) -> Document:
    """The document in `body`, parsed in a child. Broken when that takes too long or too much memory."""
    header = msgspec.json.encode(Came(url, content_type))
    try:
        answer = child.call("entendu.connectors.feed.document.read_in_child", header + b"\n" + body)
    except child.ChildFailed as failure:
        raise Broken("feed_unreadable", f"{failure.code}: {failure.detail}") from None
    return msgspec.json.decode(answer, type=Document)


def read_in_child(payload: bytes) -> bytes:
    """`Came` as JSON, a line feed, the body → Document as JSON."""
    header, _, body = payload.partition(b"\n")
    came = msgspec.json.decode(header, type=Came)
    return msgspec.json.encode(read(body, came.url, came.content_type))


def read(body: bytes, url: str, content_type: str) -> Document:
    """The document in `body` that came from `url`. Never raises on what feedparser survives."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json_feed(body, url)
    if not body.strip():
        return Document(kind="other")
    found = feedparser.parse(
        io.BytesIO(body),
        sanitize_html=False,  # nothing of the HTML is kept
        resolve_relative_uris=False,
        response_headers={"content-location": url, "content-type": _type(body, content_type)},
    )
    if found.get("version") in _NOT_A_FEED and not found.entries:
        return _read_page(body, url)
    feed = found.feed
    base = html.absolute(str(feed.get("link") or ""), url) or url
    links = {link.get("rel"): html.absolute(link.get("href", ""), url) for link in feed.get("links", [])}
    return Document(
        title=html.to_text(str(feed.get("title") or ""))[:300],
        link=html.absolute(str(feed.get("link") or ""), url),
        language=str(feed.get("language") or "")[:20],
        ttl=_ttl(feed.get("ttl")),
        hub=links.get("hub", ""),
        self_url=links.get("self", ""),
        older=links.get("prev-archive", "") or links.get("next", ""),
        generator=_generator(feed),
        deleted=_deleted(body),
        entries=[_read_entry(entry, base) for entry in found.entries[:MAX_ENTRIES]],
    )


def _generator(feed: Any) -> str:
    detail = feed.get("generator_detail") or {}
    return f"{feed.get('generator') or ''} {detail.get('href') or ''}".strip()[:200]


def _deleted(body: bytes) -> list[Gone]:
    """The tombstones of an Atom document (RFC 6721), of which feedparser keeps the last alone."""
    if b"deleted-entry" not in body:
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    found = []
    for node in root.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry"):
        if reference := str(node.get("ref") or "").strip():
            found.append(Gone(reference, _exact(str(node.get("when") or ""))))
    return found[:MAX_ENTRIES]


def _exact(text: str) -> float | None:
    with suppress(ValueError, OverflowError):
        exact = datetime.fromisoformat(text)
        if exact.tzinfo:
            return exact.timestamp()
    return None


def _type(body: bytes, content_type: str) -> str:
    """Bytes that are UTF-8 are UTF-8, whatever the headers and the declaration say."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return content_type if "charset" in content_type.lower() else "application/xml"
    return "application/xml; charset=utf-8"


def _read_page(body: bytes, url: str) -> Document:
    root = html.parsed(body.decode("utf-8", "replace"))
    if root is None or not re.search(
        rb"<(html|head|body|link|a|p|div|form)\b", body[:100_000], re.IGNORECASE
    ):
        return Document(kind="other")
    return Document(kind="page", feeds=html.feeds_of(root, url), sign_in=html.asks_to_sign_in(root))


def _read_entry(entry: Any, base: str) -> Entry:
    body = _longest(entry)
    author = entry.get("author_detail") or {}
    answers = entry.get("thr_in-reply-to") or {}
    link = html.absolute(str(entry.get("link") or ""), base)
    replies: Any = next((one for one in entry.get("links", []) if _is_comment_feed(one)), {})
    return Entry(
        id=str(entry.get("id") or "").strip(),
        link=link,
        title=html.to_text(str(entry.get("title") or ""))[:1000],
        text=html.to_text(body),
        author=html.to_text(str(author.get("name") or entry.get("author") or ""))[:200],
        author_url=html.absolute(str(author.get("href") or ""), base),
        author_email=str(author.get("email") or "")[:200],
        published=_moment(entry, "published"),
        updated=_moment(entry, "updated"),
        images=_images(entry, body, link or base),
        language=str((entry.get("title_detail") or {}).get("language") or "")[:20],
        parent=str(answers.get("ref") or "").strip(),
        parent_url=html.absolute(str(answers.get("href") or ""), base),
        comments_feed=html.absolute(
            str(entry.get("wfw_commentrss") or entry.get("comments_feed") or replies.get("href") or ""), base
        ),
        comments=_count(entry.get("slash_comments") or entry.get("thr_total") or replies.get("thr:count")),
    )


def _is_comment_feed(link: Any) -> bool:
    """RFC 4685: where the answers to an entry are."""
    return link.get("rel") == "replies" and "xml" in str(link.get("type") or "")


def _longest(entry: Any) -> str:
    bodies = [str(part.get("value") or "") for part in entry.get("content", [])]
    return max([*bodies, str(entry.get("summary") or "")], key=len)


def _images(entry: Any, body: str, base: str) -> list[str]:
    attached = [one.get("href", "") for one in entry.get("enclosures", []) if _is_image(one)]
    attached += [one.get("url", "") for one in entry.get("media_content", []) if _is_image(one)]
    attached += [one.get("url", "") for one in entry.get("media_thumbnail", [])]
    found = [html.absolute(str(url), base) for url in attached] + html.images(body, base)
    return list(dict.fromkeys(url for url in found if url))[: html.MAX_IMAGES]


def _is_image(attachment: Any) -> bool:
    return str(attachment.get("type", "")).startswith("image/") or attachment.get("medium") == "image"


def _moment(entry: Any, name: str) -> float | None:
    # Not entry.get: of "updated" feedparser would answer with the date of publication.
    parsed: time.struct_time | None = dict.get(entry, f"{name}_parsed")
    # Exact: feedparser drops the fraction, and an answer within a second must stay one.
    if (exact := _exact(str(dict.get(entry, name) or ""))) is not None:
        return exact
    try:
        return float(calendar.timegm(parsed)) if parsed else None
    except (ValueError, OverflowError, TypeError):
        return None


def _count(text: object) -> int | None:
    return int(str(text)) if re.fullmatch(r"[0-9]{1,9}", str(text or "")) else None


def _ttl(minutes: object) -> float | None:
    text = str(minutes or "").strip()
    return min(float(text) * 60, _TTL_MAX) if re.fullmatch(r"[0-9]{1,9}", text) else None
