"""The body of a delivery → raw units → items. The names are those of `Item`."""

from datetime import datetime
from typing import Any, Literal

import msgspec
import orjson

from entendu.wire import AttachmentRef, AuthorRef, Broken, Item, Raw

MEDIA_TYPE = "application/json"
MOST = 1000  # items of one delivery
_MOST_KEY = 200  # characters


class Author(msgspec.Struct):
    """Who said it."""

    key: str
    handle: str = ""
    name: str = ""
    url: str = ""
    audience: int | None = None


class File(msgspec.Struct):
    """A file, by its address."""

    url: str
    name: str = ""
    media_type: str = "application/octet-stream"


class Said(msgspec.Struct):
    """One thing said, as it is pushed to us."""

    key: str
    author: Author
    at: datetime
    text: str = ""
    title: str = ""
    kind: Literal["created", "edited", "deleted"] = "created"
    visibility: Literal["public", "private"] = "public"
    ours: bool = False
    addressed: bool = False
    automatic: bool = False
    thread_key: str = ""
    parent_key: str = ""
    url: str = ""
    language: str = ""
    audience: int | None = None
    place: str = ""
    attachments: list[File] = []
    extra: dict[str, str] = {}


def units_of(body: bytes, identifier: str) -> tuple[Raw, ...]:
    """One raw unit for each item of a delivery: {"items": […]}, a list, or one item. Broken when it is none of these,
    or holds more than 1,000; an item that cannot be understood is kept, and said to be so, alone."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Broken("not_json", str(error)) from None
    items = data.get("items", [data]) if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise Broken("bad_list", "items")
    if len(items) > MOST:
        raise Broken("too_many_items", f"{len(items)} items, at most {MOST} in one delivery")
    return tuple(_unit(item, identifier, number) for number, item in enumerate(items))


def _unit(item: Any, identifier: str, number: int) -> Raw:
    """An edition or a deletion is another unit than the message; what has no key of its own has the delivery's."""
    given = item if isinstance(item, dict) else {}
    key = str(given.get("key") or "")
    kind = str(given.get("kind") or "created")
    name = key if kind == "created" else f"{key}:{kind}:{given.get('at')}"
    if not key or len(name) > _MOST_KEY:
        name = f"{identifier[:100]}:{number}:{name[:80]}"
    return Raw(name, orjson.dumps(item), MEDIA_TYPE, f"{identifier[:80]} · {number + 1}")


def item_of(raw: Raw, network: str, own: frozenset[str]) -> Item:
    """What a unit says. `own`: our accounts there, in lower case. Broken names the field."""
    try:
        said = msgspec.json.decode(raw.content, type=Said)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("webhook_item_unreadable", str(error)) from None
    if not said.key.strip():
        raise Broken("empty_key", raw.note)
    if not said.author.key.strip():
        raise Broken("empty_author", raw.note)
    if said.at.tzinfo is None:
        raise Broken("date_without_zone", said.at.isoformat())
    author = said.author
    ours = said.ours or bool({author.key.lower(), author.handle.lower()} & own - {""})
    return Item(
        key=said.key,
        network=network,
        author=AuthorRef(author.key, author.handle, author.name, _web(author.url), author.audience),
        at=said.at,
        text=said.text,
        title=said.title,
        kind=said.kind,
        visibility=said.visibility,
        ours=ours,
        addressed=said.addressed and not ours,
        automatic=said.automatic,
        thread_key=said.thread_key,
        parent_key=said.parent_key,
        url=_web(said.url),
        language=said.language[:8],
        audience=said.audience,
        attachments=tuple(
            AttachmentRef(one.name, one.media_type, url=_web(one.url)) for one in said.attachments
        ),
        place=said.place,
        extra=said.extra,
    )


def _web(url: str) -> str:
    return url if url.startswith(("http://", "https://")) else ""
