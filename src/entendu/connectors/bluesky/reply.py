"""A reply: a record under a key of our own, so that sending it again is the same as having sent it once."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from entendu.connectors.bluesky.posts import POST, uri_of, web_address
from entendu.connectors.bluesky.xrpc import Xrpc
from entendu.kit.safe_http import HttpFailed
from entendu.wire import Draft, Refused, Sent, TryLater

MOST_SIGNS = 300
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_NOTHING_LEFT = frozenset({"dns_failed", "connect_failed", "tls_failed"})
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]+[^\s<>\"'()\[\]{}.,;:!?]")


def record_key(draft: Draft) -> str:
    """The draft's record key, a TID: when it was composed in microseconds, and ten bits of its own key. The same at
    every attempt."""
    moment = int(draft.composed_at.timestamp() * 1_000_000) & ((1 << 53) - 1)
    bits = int.from_bytes(hashlib.sha256(draft.key.encode()).digest()[:2], "big") & 0x3FF
    number = moment << 10 | bits
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def record_of(draft: Draft) -> dict[str, Any]:
    """The record: the same bytes at every attempt."""
    record: dict[str, Any] = {
        "$type": POST,
        "text": draft.text,
        "createdAt": draft.composed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": {
            "root": _reference(draft.extra, "root", "root_cid", draft),
            "parent": {"uri": draft.parent_key, "cid": draft.extra.get("cid", "")},
        },
    }
    if facets := _facets(draft.text):
        record["facets"] = facets
    return record


def send(xrpc: Xrpc, draft: Draft) -> Sent:
    """Sends once: `putRecord` under a key of ours answers the same when the record is there already."""
    if draft.visibility == "private":
        return Sent("refused", code="channel_not_private")
    if not draft.extra.get("cid"):
        return Sent("refused", code="parent_unknown", detail=draft.parent_key)
    did, rkey = xrpc.did(), record_key(draft)
    xrpc.key()  # what may fail before anything leaves
    body = {"repo": did, "collection": POST, "rkey": rkey, "record": record_of(draft)}
    try:
        xrpc.post("com.atproto.repo.putRecord", body)
    except HttpFailed as error:
        if error.code in _NOTHING_LEFT:
            raise TryLater(error.code, error.detail, error.retry_after) from None
        return Sent("unknown", code=error.code, detail=error.detail)
    except TryLater as error:
        if error.code == "http_429":
            raise
        return Sent("unknown", code=error.code, detail=error.detail)
    return _sent(did, rkey)


def find_sent(xrpc: Xrpc, draft: Draft) -> Sent | None:
    """Whether the record is there. WireError."""
    did, rkey = xrpc.did(), record_key(draft)
    try:
        xrpc.get("com.atproto.repo.getRecord", signed=True, repo=did, collection=POST, rkey=rkey)
    except Refused as error:
        if error.code == "RecordNotFound":
            return None
        raise
    return _sent(did, rkey)


def _sent(did: str, rkey: str) -> Sent:
    return Sent("sent", key=uri_of(did, rkey), url=web_address(did, rkey))


def _reference(extra: Mapping[str, str], uri: str, cid: str, draft: Draft) -> dict[str, str]:
    """The thread's first post; the parent where it is the first itself."""
    if extra.get(uri) and extra.get(cid):
        return {"uri": extra[uri], "cid": extra[cid]}
    return {"uri": draft.parent_key, "cid": extra.get("cid", "")}


def _facets(text: str) -> list[dict[str, Any]]:
    """The links of a text, by bytes: without them the network shows them dead."""
    facets = []
    for found in _LINK.finditer(text):
        start = len(text[: found.start()].encode())
        facets.append(
            {
                "index": {"byteStart": start, "byteEnd": start + len(found.group().encode())},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": found.group()}],
            }
        )
    return facets
