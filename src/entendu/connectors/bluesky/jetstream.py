"""Jetstream: the firehose as JSON, one event a frame, its position the moment in microseconds.

The fast path reads what a decision needs into typed structures (a microsecond a frame); what does not fit them, since
anyone may write anything into his repository, is read slowly and generously.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from entendu.connectors.bluesky.posts import POST, Post, said_in, spelled_out, uri_of
from entendu.kit import clock
from entendu.wire import Broken, Glimpse, Raw
from entendu.wire.item import ItemKind

MEDIA_TYPE = "application/vnd.bsky.jetstream+json"
BEFORE = 5_000_000  # microseconds: two servers, and two runs of one, do not order the same moment alike
KINDS: dict[str, ItemKind] = {"create": "created", "update": "edited", "delete": "deleted"}
GONE = frozenset({"deleted", "takendown"})


class _Ref(msgspec.Struct, gc=False):
    uri: str = ""


class _Reply(msgspec.Struct, gc=False):
    parent: _Ref | None = None
    root: _Ref | None = None


class _Index(msgspec.Struct, gc=False, frozen=True):
    byteStart: int = -1  # noqa: N815 -- upstream's names
    byteEnd: int = -1  # noqa: N815


class _Feature(msgspec.Struct, gc=False):
    did: str = ""
    uri: str = ""


class _Facet(msgspec.Struct, gc=False):
    index: _Index = _Index()
    features: list[_Feature] = []


class _Quoted(msgspec.Struct, gc=False):
    uri: str = ""
    record: _Ref | None = None


class _Media(msgspec.Struct, gc=False):
    type: str = msgspec.field(name="$type", default="")


class _Embed(msgspec.Struct, gc=False):
    type: str = msgspec.field(name="$type", default="")
    record: _Quoted | None = None
    media: _Media | None = None
    external: _Ref | None = None


class _Record(msgspec.Struct, gc=False):
    text: str = ""
    langs: tuple[str, ...] | None = None
    reply: _Reply | None = None
    facets: list[_Facet] | None = None
    embed: _Embed | None = None


class _Commit(msgspec.Struct, gc=False):
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    cid: str = ""
    rev: str = ""
    record: _Record | None = None


class _Account(msgspec.Struct, gc=False):
    active: bool = True
    status: str = ""
    seq: int = 0


class _Event(msgspec.Struct, gc=False):
    did: str
    time_us: int
    kind: str = ""
    commit: _Commit | None = None
    account: _Account | None = None


_decode = msgspec.json.Decoder(_Event).decode


def address(base: str, position: int | None) -> str:
    """Where to connect to hear posts, and what becomes of accounts, from a little before `position` on."""
    asked: dict[str, object] = {"wantedCollections": POST}
    if position is not None:
        asked["cursor"] = max(0, position - BEFORE)
    return f"{base}{'&' if '?' in base else '?'}{urlencode(asked)}"


def read(frame: bytes) -> tuple[int, Sequence[Glimpse]]:
    """The position and the units of a frame. Broken when it is no event."""
    try:
        event = _decode(frame)
    except msgspec.ValidationError:
        return _read_slowly(frame)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("not_an_event", str(error)) from None
    commit = event.commit
    if commit is None:
        gone = event.account is not None and not event.account.active and event.account.status in GONE
        return event.time_us, (_gone(event.did, event.account.seq, frame),) if gone and event.account else ()
    kind = KINDS.get(commit.operation)
    if commit.collection != POST or kind is None:
        return event.time_us, ()
    about = uri_of(event.did, commit.rkey)
    key = f"{about}#{commit.cid if kind == 'created' else commit.rev}"
    record = commit.record
    if record is None or kind == "deleted":
        return event.time_us, (Glimpse(key, about, kind, event.did, frame),)
    return event.time_us, (_seen(key, about, kind, event.did, frame, record),)


def _seen(key: str, about: str, kind: ItemKind, did: str, frame: bytes, record: _Record) -> Glimpse:
    """The same as `said_in`, from typed structures."""
    text = record.text
    one = Glimpse(key, about, kind, did, frame, 0, text, record.langs or ())
    one.has_link = "://" in text
    to: list[str] = []
    if record.facets:
        _see_facets(one, record.facets, to)
    if record.embed is not None:
        _see_embed(one, record.embed, to)
    reply = record.reply
    if reply is not None:
        one.is_reply = reply.parent is not None and bool(reply.parent.uri)
        to.extend(_whose(ref.uri) for ref in (reply.parent, reply.root) if ref is not None)
    if to:
        one.to = tuple(to)
    return one


def _see_facets(one: Glimpse, facets: list[_Facet], to: list[str]) -> None:
    links = []
    for facet in facets:
        for feature in facet.features:
            if feature.did:
                to.append(feature.did)
            elif feature.uri.startswith(("http://", "https://")):
                links.append((facet.index.byteStart, facet.index.byteEnd, feature.uri))
    if links:
        one.has_link = True
        one.text = spelled_out(one.text, links)


def _see_embed(one: Glimpse, embed: _Embed, to: list[str]) -> None:
    media = embed.media.type if embed.media is not None else embed.type
    one.has_image = media.startswith("app.bsky.embed.images")
    one.has_link = one.has_link or embed.external is not None
    if embed.record is not None:
        to.append(_whose(embed.record.uri or (embed.record.record.uri if embed.record.record else "")))


def _whose(uri: str) -> str:
    return uri[5 : uri.find("/", 5)] if uri.startswith("at://") else ""


def _gone(did: str, number: int, frame: bytes) -> Glimpse:
    """An account that is no more: all that it said goes."""
    return Glimpse(f"#account:{did}:{number}", "", "deleted", did, frame)


def _read_slowly(frame: bytes) -> tuple[int, Sequence[Glimpse]]:
    """An event whose record is odd."""
    event = _event(frame)
    commit = event.get("commit")
    if not isinstance(commit, dict) or commit.get("collection") != POST:
        return event["time_us"], ()
    post = _post(event, commit)
    about = uri_of(post.did, post.rkey)
    key = f"{about}#{post.cid if post.kind == 'created' else commit.get('rev')}"
    said = said_in(post.record or {})
    one = Glimpse(key, about, post.kind, post.did, frame, 0, said.text, said.languages, said.to)
    one.is_reply, one.has_image, one.has_link = said.is_reply, said.has_image, said.has_link
    return event["time_us"], (one,)


def raw(glimpse: Glimpse) -> Raw:
    """The frame as it came."""
    return Raw(glimpse.key, glimpse.frame, MEDIA_TYPE, glimpse.text[:80])


def post_in(content: bytes) -> Post:
    """The post in a frame that was kept. Broken."""
    event = _event(content)
    commit = event.get("commit")
    if isinstance(commit, dict):
        return _post(event, commit)
    return Post(event["did"], "", "deleted", _moment(event["time_us"]))


def _post(event: Mapping[str, Any], commit: Mapping[str, Any]) -> Post:
    record, rkey, kind = commit.get("record"), commit.get("rkey"), KINDS.get(str(commit.get("operation")))
    if not isinstance(rkey, str) or not rkey or kind is None:
        raise Broken("not_an_event", "no rkey or operation")
    at = _moment(event["time_us"])
    known = record if isinstance(record, dict) else None
    return Post(event["did"], rkey, kind, at, str(commit.get("cid") or ""), known)


def _event(content: bytes) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("not_an_event", str(error)) from None
    fits = isinstance(event, dict) and isinstance(event.get("did"), str)
    if not fits or not isinstance(event.get("time_us"), int):
        raise Broken("not_an_event", "no did or time_us")
    return dict(event)


def _moment(microseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
    except (OverflowError, OSError, ValueError):
        return clock.now()
