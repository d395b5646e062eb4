"""Posts that were asked for: records of a repository, notifications, results of a search. Each is kept as upstream gave
it, with what was done to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from entendu.connectors.bluesky.posts import POST, Post, read_uri
from entendu.kit import clock
from entendu.wire import Broken, Raw
from entendu.wire.item import ItemKind

MEDIA_TYPE = "application/vnd.bsky.record+json"


class Kept(msgspec.Struct, frozen=True):
    """What is stored. `given`: the object as upstream gave it."""

    kind: ItemKind
    uri: str
    at: str
    given: msgspec.Raw = msgspec.Raw(b"{}")


class Given(msgspec.Struct, frozen=True):
    """What all these objects have in common; a record of a repository calls its content "value"."""

    uri: str
    cid: str = ""
    record: dict[str, Any] | None = None
    value: dict[str, Any] | None = None
    author: dict[str, Any] = {}
    reason: str = ""
    indexedAt: str = ""  # noqa: N815 -- upstream's name


def read_given(raw: msgspec.Raw) -> Given:
    """The parts of an object that matter. Broken."""
    try:
        return msgspec.json.decode(raw, type=Given)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Broken("answer_unreadable", str(error)) from None


def keep(kind: ItemKind, given: Given, raw: msgspec.Raw) -> Raw:
    """A post, as it was given: under the key that a firehose gives a new post, too. A changed one has its version's."""
    key = f"{given.uri}#{given.cid}" if kind == "created" else f"{given.uri}#{kind}:{given.cid}"
    content = msgspec.json.encode(Kept(kind, given.uri, clock.now().isoformat(), raw))
    record = given.record or given.value or {}
    text = record.get("text")
    return Raw(key, content, MEDIA_TYPE, text[:80] if isinstance(text, str) else "")


def gone(uri: str, cid: str) -> Raw:
    """A post that is there no more."""
    content = msgspec.json.encode(Kept("deleted", uri, clock.now().isoformat()))
    return Raw(f"{uri}#deleted:{cid}", content, MEDIA_TYPE)


def post_in(content: bytes) -> Post:
    """The post in what was kept. Broken."""
    try:
        kept = msgspec.json.decode(content, type=Kept)
        at = datetime.fromisoformat(kept.at)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        raise Broken("not_an_event", str(error)) from None
    did, collection, rkey = read_uri(kept.uri)
    if collection != POST:
        raise Broken("not_an_event", kept.uri)
    if kept.kind == "deleted":
        return Post(did, rkey, "deleted", at)
    given = read_given(kept.given)
    author: Mapping[str, Any] = given.author
    return Post(
        did,
        rkey,
        kept.kind,
        at,
        given.cid,
        given.record or given.value or {},
        _text(author.get("handle")),
        _text(author.get("displayName")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
