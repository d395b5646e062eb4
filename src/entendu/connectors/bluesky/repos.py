"""`com.atproto.sync.subscribeRepos`: the firehose of a server or a relay, in DAG-CBOR. A commit carries the changed
records as blocks of a CAR; the name of a block (its CID) holds the hash of its bytes, which are kept as they came."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import libipld

from entendu.connectors.bluesky.jetstream import GONE, KINDS
from entendu.connectors.bluesky.posts import POST, Post, cid_text, said_in, uri_of
from entendu.kit import clock
from entendu.wire import Broken, Glimpse, PositionLost, Raw, TryLater

MEDIA_TYPE = "application/vnd.ipld.dag-cbor"
_PREFIX = f"{POST}/"
_CID = b"\x01\x71\x12\x20"  # version 1, DAG-CBOR, SHA-256, 32 bytes
_CID_BYTES = 36


def address(base: str, position: int | None) -> str:
    """Where to connect to hear what comes after `position`."""
    if position is None:
        return base
    return f"{base}{'&' if '?' in base else '?'}{urlencode({'cursor': position})}"


def refuse_errors(frames: Iterator[bytes]) -> Iterator[bytes]:
    """The frames, until upstream sends an error. PositionLost, TryLater."""
    for frame in frames:
        if len(frame) < 4096 and b"error" in frame:
            header, body = _opened(frame)
            if header.get("op") == -1:
                code, words = str(body.get("error")), str(body.get("message") or "")
                raise (PositionLost if code == "FutureCursor" else TryLater)(
                    "firehose_error", f"{code} {words}"
                )
        yield frame


def read(frame: bytes) -> tuple[int, Sequence[Glimpse]]:
    """The position and the units of a frame. Broken; `stream_gap` when upstream says that it forgot some."""
    if POST.encode() not in frame and b"#account" not in frame[:40] and b"#info" not in frame[:40]:
        return 0, ()  # likes, follows, moves: most of what comes; its position comes with the next post
    header, body = _opened(frame)
    position = body.get("seq") if isinstance(body.get("seq"), int) else 0
    match header.get("t"):
        case "#commit":
            return position or 0, list(_units(frame, body))
        case "#account" if body.get("active") is False and body.get("status") in GONE:
            did = _did(body, "did")
            return position or 0, (Glimpse(f"#account:{did}:{position}", "", "deleted", did, frame),)
        case "#info" if body.get("name") == "OutdatedCursor":
            raise Broken("stream_gap", str(body.get("message") or ""))
    return position or 0, ()


def _units(frame: bytes, body: Mapping[str, Any]) -> Iterator[Glimpse]:
    did, rev = _did(body, "repo"), str(body.get("rev"))
    blocks: dict[bytes, bytes] | None = None
    for part, op in enumerate(_ops(body)):
        rkey, kind = _post_op(op)
        if not rkey or kind is None:
            continue
        about = uri_of(did, rkey)
        if kind == "deleted":
            yield Glimpse(f"{about}#{rev}", about, kind, did, frame, part)
            continue
        blocks = blocks_of(body) if blocks is None else blocks
        said = said_in(_record(blocks.get(op["cid"])))
        key = f"{about}#{cid_text(op['cid']) if kind == 'created' else rev}"
        one = Glimpse(key, about, kind, did, frame, part, said.text, said.languages, said.to)
        one.is_reply, one.has_image, one.has_link = said.is_reply, said.has_image, said.has_link
        yield one


def raw(glimpse: Glimpse) -> Raw:
    """The operation and the bytes of its record as they came; an account's frame as a whole."""
    if not glimpse.about:
        return Raw(glimpse.key, glimpse.frame, MEDIA_TYPE)
    _header, body = _opened(glimpse.frame)
    op = _ops(body)[glimpse.part]
    block = blocks_of(body).get(op["cid"]) if op.get("cid") else None
    kept = {name: body.get(name) for name in ("seq", "time", "rev")} | {"did": body.get("repo")}
    kept |= {"action": op.get("action"), "path": op.get("path"), "cid": op.get("cid"), "block": block}
    return Raw(glimpse.key, libipld.encode_dag_cbor(kept), MEDIA_TYPE, glimpse.text[:80])


def post_in(content: bytes) -> Post:
    """The post in what `raw` kept. Broken, also when the record's bytes are not those that its name promises."""
    try:
        parts = libipld.decode_dag_cbor_multi(content)
    except ValueError as error:
        raise Broken("not_an_event", str(error)) from None
    if len(parts) == 2:  # an account's frame
        body = parts[1]
        return Post(_did(body, "did"), "", "deleted", _moment(body.get("time")))
    kept = parts[0] if parts and isinstance(parts[0], dict) else {}
    rkey, kind = _post_op(kept)
    if kind is None or not rkey:
        raise Broken("not_an_event", "no path or action")
    did, at = _did(kept, "did"), _moment(kept.get("time"))
    if kind == "deleted":
        return Post(did, rkey, kind, at)
    cid, block = kept.get("cid"), kept.get("block")
    if not isinstance(cid, bytes) or not isinstance(block, bytes):
        raise Broken("record_missing", uri_of(did, rkey))
    if not cid.startswith(_CID) or hashlib.sha256(block).digest() != cid[len(_CID) :]:
        raise Broken("record_altered", uri_of(did, rkey))
    return Post(did, rkey, kind, at, cid_text(cid), _record(block))


def blocks_of(body: Mapping[str, Any]) -> dict[bytes, bytes]:
    """The blocks of a commit's CAR, by CID, their bytes as they came. Broken when it is cut."""
    car = body.get("blocks")
    if not isinstance(car, bytes):
        return {}
    blocks = {}
    size, at = _varint(car, 0)
    at += size  # its header
    while at < len(car):
        size, at = _varint(car, at)
        if size < _CID_BYTES or at + size > len(car):
            raise Broken("blocks_malformed", f"{size} bytes at {at} of {len(car)}")
        blocks[car[at : at + _CID_BYTES]] = car[at + _CID_BYTES : at + size]
        at += size
    return blocks


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise Broken("blocks_malformed", "a length is cut")


def _record(block: bytes | None) -> dict[str, Any]:
    if block is None:
        raise Broken("record_missing", "the commit does not carry it")
    try:
        record = libipld.decode_dag_cbor(block)
    except ValueError as error:
        raise Broken("record_malformed", str(error)) from None
    return record if isinstance(record, dict) else {}


def _ops(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    ops = body.get("ops")
    return [op for op in ops if isinstance(op, dict)] if isinstance(ops, list) else []


def _post_op(op: Mapping[str, Any]) -> tuple[str, Any]:
    path = op.get("path")
    if not isinstance(path, str) or not path.startswith(_PREFIX):
        return "", None
    return path.removeprefix(_PREFIX), KINDS.get(str(op.get("action")))


def _opened(frame: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        header, body = libipld.decode_dag_cbor_multi(frame)
    except ValueError as error:
        raise Broken("not_an_event", str(error)) from None
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise Broken("not_an_event", "no header or body")
    return header, body


def _did(body: Mapping[str, Any], name: str) -> str:
    did = body.get(name)
    if not isinstance(did, str) or not did.startswith("did:"):
        raise Broken("not_an_event", f"no {name}")
    return did


def _moment(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else clock.now()
    except ValueError:
        return clock.now()
    return at if at.tzinfo else clock.now()
