"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) → Document."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from entendu.connectors.feed import html
from entendu.connectors.feed.model import Document, Entry

MAX_ENTRIES = 5000


def read_json_feed(body: bytes, url: str) -> Document:
    """The document, or kind "other" when it is JSON of another sort. Odd types are taken as absent."""
    try:
        data = orjson.loads(body.lstrip(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return Document(kind="other")
    if not isinstance(data, dict) or "jsonfeed.org/version" not in _text(data.get("version")):
        return Document(kind="other")
    home = html.absolute(_text(data.get("home_page_url")), url)
    items = [item for item in _list(data.get("items")) if isinstance(item, dict)]
    hubs = [hub for hub in _list(data.get("hubs")) if isinstance(hub, dict)]
    return Document(
        title=html.to_text(_text(data.get("title")))[:300],
        link=home,
        language=_text(data.get("language"))[:20],
        hub=next(
            (html.absolute(_text(hub.get("url")), url) for hub in hubs if hub.get("type") == "WebSub"), ""
        ),
        self_url=html.absolute(_text(data.get("feed_url")), url),
        older=html.absolute(_text(data.get("next_url")), url),
        entries=[_read_item(item, _author(data), home or url) for item in items[:MAX_ENTRIES]],
    )


def _read_item(item: Mapping[str, Any], feed_author: tuple[str, str], base: str) -> Entry:
    markup, plain = _text(item.get("content_html")), _text(item.get("content_text"))
    author, author_url = _author(item) if _author(item)[0] else feed_author
    link = html.absolute(_text(item.get("url")) or _text(item.get("external_url")), base)
    pictures = [_text(item.get("image")), _text(item.get("banner_image"))]
    for attached in _list(item.get("attachments")):
        if isinstance(attached, dict) and _text(attached.get("mime_type")).startswith("image/"):
            pictures.append(_text(attached.get("url")))
    found = [html.absolute(picture, base) for picture in pictures] + html.images(markup, link or base)
    return Entry(
        id=_text(item.get("id")).strip(),
        link=link,
        title=html.to_text(_text(item.get("title")))[:1000],
        text=html.to_text(markup)
        or plain.strip()[: html.MAX_TEXT]
        or html.to_text(_text(item.get("summary"))),
        author=author[:200],
        author_url=html.absolute(author_url, base),
        published=_moment(_text(item.get("date_published"))),
        updated=_moment(_text(item.get("date_modified"))),
        images=list(dict.fromkeys(url for url in found if url))[: html.MAX_IMAGES],
        language=_text(item.get("language"))[:20],
    )


def _author(data: Mapping[str, Any]) -> tuple[str, str]:
    for author in [*_list(data.get("authors")), data.get("author")]:  # 1.1, then 1.0
        if isinstance(author, dict) and author.get("name"):
            return _text(author.get("name")), _text(author.get("url"))
    return "", ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _moment(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
