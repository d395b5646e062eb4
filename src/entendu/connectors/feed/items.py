"""A stored entry → what it says, in the terms of every channel."""

from datetime import UTC, datetime
from posixpath import basename
from urllib.parse import unquote, urlsplit

import msgspec

from entendu.connectors.feed.entries import bounded, thread_of
from entendu.connectors.feed.model import Entry, Stored
from entendu.wire import AttachmentRef, AuthorRef, Broken, Item, Raw
from entendu.wire.item import ItemKind

MEDIA_TYPE = "application/x-entendu-feed-entry+json"
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC).timestamp()  # before feeds: a clock that was never set
_AHEAD = 3600.0  # seconds: a post "of tomorrow" was said when we heard it
_KINDS: dict[str, ItemKind] = {"edited": "edited", "deleted": "deleted"}
_NOBODY = frozenset({"", "anonymous", "anonyme", "guest", "invité"})
_IMAGE_TYPES = {"png": "image/png", "gif": "image/gif", "webp": "image/webp", "svg": "image/svg+xml"}


def read_stored(raw: Raw) -> Stored:
    """The stored entry of `raw`. Broken when it is none."""
    try:
        return msgspec.json.decode(raw.content, type=Stored)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("feed_entry_unreadable", str(error)) from None


def item_of(stored: Stored, own: frozenset[str]) -> Item:
    """What a stored entry says. `own`: names or addresses (lower case) under which we write."""
    entry = stored.entry
    author = _author(stored)
    said = _said_at(entry, stored)
    return Item(
        key=stored.key,
        network=stored.network,
        author=author,
        at=datetime.fromtimestamp(said, UTC),
        text=stored.article or entry.text or entry.title,
        title="" if stored.comment else entry.title,
        kind=_KINDS.get(stored.kind, "created"),
        ours=bool({author.key.lower(), author.name.lower(), author.url.lower()} & own - {""}),
        thread_key=stored.thread or thread_of(entry) or stored.key,
        parent_key=stored.parent,
        url=entry.link,
        language=(entry.language or stored.feed_language)[:8],
        attachments=tuple(_image(url) for url in entry.images),
        extra={"feed": stored.feed_url, "feed_title": stored.feed_title},
    )


def _said_at(entry: Entry, stored: Stored) -> float:
    dates = (entry.updated, entry.published) if stored.kind != "created" else (entry.published, entry.updated)
    for date in dates:
        if date is not None and _EARLIEST <= date <= stored.seen_at + _AHEAD:
            return date
    return stored.seen_at


def _author(stored: Stored) -> AuthorRef:
    """Who said it. A name alone proves little: under comments it is one person within one discussion at most,
    and "anonymous" is nobody twice."""
    entry = stored.entry
    name = entry.author
    key = entry.author_url or (f"mailto:{entry.author_email.lower()}" if entry.author_email else "")
    if not key and stored.comment:
        nobody = name.strip().lower() in _NOBODY
        key = f"comment:{stored.key}" if nobody else f"name:{name}@{stored.thread or stored.feed_url}"
    elif not key:
        key = f"name:{name}" if name else f"site:{stored.feed_link or stored.feed_url}"
        name = name or stored.feed_title or urlsplit(stored.feed_url).hostname or ""
    return AuthorRef(key=bounded(key), handle=name[:120], name=name, url=entry.author_url)


def _image(url: str) -> AttachmentRef:
    name = unquote(basename(urlsplit(url).path))[:100] or "image"
    media_type = _IMAGE_TYPES.get(name.rpartition(".")[2].lower(), "image/jpeg")
    return AttachmentRef(name=name, media_type=media_type, url=url, inline=True)
