"""A post (`app.bsky.feed.post`) as it stands in its author's repository, and what it says as an Item."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import libipld

from entendu.kit import clock
from entendu.wire import AttachmentRef, AuthorRef, Broken, Item
from entendu.wire.item import ItemKind

POST = "app.bsky.feed.post"
NETWORK = "bluesky"
SITE = "bsky.app"
MOST_TEXT = 10_000  # characters: the network allows 300 signs; what is far beyond is no post
AHEAD = timedelta(minutes=5)  # a clock may be a little fast


@dataclass(frozen=True, slots=True)
class Post:
    """One post of an account (`did`) and what was done with it. `at`: when this was heard of upstream."""

    did: str
    rkey: str
    kind: ItemKind
    at: datetime
    cid: str = ""
    record: Mapping[str, Any] | None = None
    handle: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says, in the terms of the query language."""

    text: str
    languages: tuple[str, ...]
    to: tuple[str, ...]  # accounts: mentioned, answered, quoted, and whose thread it is
    is_reply: bool
    has_image: bool
    has_link: bool


def uri_of(did: str, rkey: str) -> str:
    """The address of a post: its key as an Item."""
    return f"at://{did}/{POST}/{rkey}"


def read_uri(uri: str) -> tuple[str, str, str]:
    """(account, collection, rkey) of an address; empty texts where it is none."""
    parts = uri.removeprefix("at://").split("/")
    return (parts[0], parts[1], parts[2]) if uri.startswith("at://") and len(parts) == 3 else ("", "", "")


def web_address(did: str, rkey: str) -> str:
    """Where people read it."""
    return f"https://{SITE}/profile/{did}/post/{rkey}"


def said_in(record: Mapping[str, Any]) -> Said:
    """What a record says; whatever is not as it should be in it counts as not said."""
    links = list(_links(record))
    reply = _mapping(record.get("reply"))
    embed = _mapping(record.get("embed"))
    media = _mapping(embed.get("media"))
    return Said(
        text=spelled_out(_text(record.get("text")), links),
        languages=tuple(_text(one) for one in _list(record.get("langs")) if one),
        to=tuple(dict.fromkeys(_addressed(record, reply, embed))),
        is_reply=bool(_uri(reply.get("parent"))),
        has_image=_text(embed.get("$type")).startswith("app.bsky.embed.images")
        or _text(media.get("$type")).startswith("app.bsky.embed.images"),
        has_link=bool(links) or "://" in _text(record.get("text")) or bool(embed.get("external")),
    )


def item_of(post: Post, own: frozenset[str]) -> Item:
    """The Item that a post is. `own`: our accounts there. Broken when there is no record where one is needed."""
    author = AuthorRef(post.did, post.handle, post.name, f"https://{SITE}/profile/{post.handle or post.did}")
    key = uri_of(post.did, post.rkey) if post.rkey else ""
    if post.kind == "deleted":
        return Item(key, NETWORK, author, post.at, kind="deleted", ours=post.did in own)
    if post.record is None:
        raise Broken("record_missing", key)
    record, said = post.record, said_in(post.record)
    reply = _mapping(record.get("reply"))
    parent, root = _mapping(reply.get("parent")), _mapping(reply.get("root"))
    return Item(
        key,
        NETWORK,
        author,
        _moment(record.get("createdAt"), post.at),
        text=said.text,
        kind=post.kind,
        ours=post.did in own,
        addressed=post.did not in own and not own.isdisjoint(_directly(record, reply, _mapping(record.get("embed")))),
        thread_key=_uri(root) or key,
        parent_key=_uri(parent),
        url=web_address(post.did, post.rkey),
        language=said.languages[0] if said.languages else "",
        attachments=tuple(_images(post.did, record)),
        extra={
            "cid": post.cid,
            "root": _uri(root) or key,
            "root_cid": _text(root.get("cid")) or post.cid,
        },
    )  # fmt: skip


def spelled_out(text: str, links: list[tuple[int, int, str]]) -> str:
    """The text with its links in full: the network shows "example.com/a…" and keeps the address beside, by bytes."""
    if not links:
        return text
    data = text.encode("utf-8", "replace")
    for start, end, address in sorted(links, reverse=True):
        if 0 <= start < end <= len(data):
            data = data[:start] + address.encode("utf-8", "replace") + data[end:]
    return data.decode("utf-8", "replace")


def _links(record: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    for facet, feature in _features(record):
        address = _text(feature.get("uri"))
        if address.startswith(("http://", "https://")):
            index = _mapping(facet.get("index"))
            yield _number(index.get("byteStart")), _number(index.get("byteEnd")), address


def _features(record: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for facet in _list(record.get("facets")):
        for feature in _list(_mapping(facet).get("features")):
            yield _mapping(facet), _mapping(feature)


def _addressed(
    record: Mapping[str, Any], reply: Mapping[str, Any], embed: Mapping[str, Any]
) -> Iterator[str]:
    yield from _directly(record, reply, embed)
    if did := read_uri(_uri(reply.get("root")))[0]:
        yield did


def _directly(record: Mapping[str, Any], reply: Mapping[str, Any], embed: Mapping[str, Any]) -> Iterator[str]:
    """The accounts to whom a record speaks: mentioned, answered, quoted."""
    for _facet, feature in _features(record):
        if did := _text(feature.get("did")):
            yield did
    quoted = _mapping(embed.get("record"))
    for uri in (_uri(reply.get("parent")), _uri(quoted), _uri(quoted.get("record"))):
        if did := read_uri(uri)[0]:
            yield did


def _images(did: str, record: Mapping[str, Any]) -> Iterator[AttachmentRef]:
    embed = _mapping(record.get("embed"))
    for one in _list(embed.get("images")) or _list(_mapping(embed.get("media")).get("images")):
        image = _mapping(_mapping(one).get("image"))
        if cid := cid_text(image.get("ref")):
            address = f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}@jpeg"
            name = _text(_mapping(one).get("alt"))[:200] or "image"
            yield AttachmentRef(name, _text(image.get("mimeType"))[:100] or "image/jpeg", url=address)


def cid_text(value: object) -> str:
    """A content's identifier as people write it: from its bytes (DAG-CBOR), or from {"$link": …} (JSON)."""
    if isinstance(value, bytes):
        try:
            return str(libipld.encode_cid(value))
        except ValueError:
            return ""
    return _text(_mapping(value).get("$link"))


def _moment(created: object, heard: datetime) -> datetime:
    """When it was said. The author's word, but nobody speaks in the future."""
    try:
        at = datetime.fromisoformat(_text(created))
    except ValueError:
        return heard
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at <= min(heard, clock.now()) + AHEAD else heard


def _uri(value: object) -> str:
    return _text(_mapping(value).get("uri"))


def _text(value: object) -> str:
    return value[:MOST_TEXT] if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and abs(value) < 1_000_000 else -1


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:100] if isinstance(value, list) else []
