"""Bluesky's frames and records: what hostile and odd ones do, what each form says, and that all forms say the same."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import libipld
import msgspec
import orjson
import pytest

from entendu.connectors.bluesky import BlueskyConnector, jetstream, records, repos
from entendu.connectors.bluesky.posts import POST
from entendu.connectors.bluesky.records import read_given
from entendu.wire import Broken, Draft, Glimpse, Item, PositionLost, Raw

DID, RKEY = "did:plc:marie", "3kcasea227222"
URI = f"at://{DID}/{POST}/{RKEY}"
US = "did:plc:levain"
TEXT = "Très déçu par @levain.test, voir ex.test/a…"
LINK = "https://ex.test/annonce?n=1"
RECORD: dict[str, Any] = {
    "$type": POST,
    "text": TEXT,
    "langs": ["fr", "en"],
    "createdAt": "2026-11-25T08:59:00.000Z",
    "facets": [
        {
            "index": {"byteStart": 16, "byteEnd": 28},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": US}],
        },
        {
            "index": {"byteStart": TEXT.encode().index(b"ex.test"), "byteEnd": len(TEXT.encode())},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": LINK}],
        },
    ],
    "reply": {
        "parent": {"uri": f"at://did:plc:jules/{POST}/3k2", "cid": "bafyparent"},
        "root": {"uri": f"at://did:plc:root/{POST}/3k1", "cid": "bafyroot"},
    },
    "embed": {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"record": {"uri": f"at://did:plc:quoted/{POST}/3k3", "cid": "bafyquoted"}},
        "media": {
            "$type": "app.bsky.embed.images",
            "images": [
                {"alt": "La boîte", "image": {"ref": {"$link": "bafyimage"}, "mimeType": "image/jpeg"}}
            ],
        },
    },
}


def connector(**settings: str) -> BlueskyConnector:
    return BlueskyConnector({"own": US, "firehose": "wss://example.test/subscribe"} | settings)


def frame(record: object = None, operation: str = "create", **more: object) -> bytes:
    commit = {"rev": "3rev", "operation": operation, "collection": POST, "rkey": RKEY, "cid": "bafycid"}
    if operation != "delete":
        commit["record"] = RECORD if record is None else record  # type: ignore[assignment]
    return orjson.dumps(
        {"did": DID, "time_us": 1_795_600_000_000_000, "kind": "commit", "commit": commit | more}
    )


def cid_of(block: bytes) -> bytes:
    return b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()


def commit_frame(
    record: dict[str, Any] | None, action: str = "create", *, cut: int = 0, **more: object
) -> bytes:
    """A frame of subscribeRepos with one record, as a server writes it."""
    block = libipld.encode_dag_cbor(record) if record is not None else b""
    cid = cid_of(block)
    head = libipld.encode_dag_cbor({"roots": [], "version": 1})
    car = bytes([len(head)]) + head
    if record is not None:
        size = len(cid) + len(block)
        car += bytes([size & 0x7F | 0x80, size >> 7]) + cid + block
    op = {"action": action, "path": f"{POST}/{RKEY}", "cid": cid if record is not None else None}
    body = {
        "seq": 7, "repo": DID, "rev": "3rev", "time": "2026-11-25T09:00:00.000Z", "ops": [op],
        "blocks": car[: len(car) - cut],
    }  # fmt: skip
    return libipld.encode_dag_cbor({"op": 1, "t": "#commit"}) + libipld.encode_dag_cbor(body | more)


def heard(door: BlueskyConnector, data: bytes) -> tuple[Glimpse, Item]:
    _position, (glimpse,) = door.read(data)
    return glimpse, door.parse(door.raw(glimpse))[0]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b'{"did": 3, "time_us": 1}', b'{"did": "x"}', b"\xff\xfe"]
)
def test_what_is_no_event_is_said_so(data: bytes) -> None:
    with pytest.raises(Broken):
        jetstream.read(data)
    with pytest.raises(Broken):
        connector().parse(Raw("k", data, jetstream.MEDIA_TYPE))


@pytest.mark.parametrize(
    "record",
    [
        {"text": 7}, {"text": None, "langs": "fr"}, {"langs": [1, 2], "text": "x"}, {"facets": {"a": 1}, "text": "x"},
        {"facets": [{"features": "no"}], "text": "x"}, {"reply": "x", "text": "x"}, {"embed": [1], "text": "x"},
        {"text": "x", "facets": [{"index": {"byteStart": -5, "byteEnd": 10**12}, "features": [{"uri": LINK}]}]},
        {"text": "x", "createdAt": "2999-01-01T00:00:00Z"}, {"text": "x", "createdAt": {}}, {}, [], "text", 5,
    ],
)  # fmt: skip
def test_odd_records_are_read_as_far_as_they_go(record: object) -> None:
    position, (glimpse,) = jetstream.read(frame(record))
    assert position == 1_795_600_000_000_000 and glimpse.about == URI
    if not isinstance(record, dict):
        with pytest.raises(Broken, match="record_missing"):
            connector().parse(jetstream.raw(glimpse))
        return
    (item,) = connector().parse(jetstream.raw(glimpse))
    assert item.key == URI and item.at.year == 2026 and item.text == glimpse.text


@pytest.mark.parametrize("data", [b"", b"\x00", commit_frame(RECORD, cut=30), commit_frame(RECORD, repo=7)])
def test_damaged_commits_are_said_so(data: bytes) -> None:
    with pytest.raises(Broken):
        repos.read(data if data[:1] == b"\xa2" else data + POST.encode())


def test_a_record_that_is_not_what_its_name_promises_is_refused() -> None:
    _position, (glimpse,) = repos.read(commit_frame(RECORD))
    kept = libipld.decode_dag_cbor(repos.raw(glimpse).content)
    kept["block"] = libipld.encode_dag_cbor(RECORD | {"text": "autre chose"})
    with pytest.raises(Broken, match="record_altered"):
        repos.post_in(libipld.encode_dag_cbor(kept))


def test_an_error_of_the_stream_ends_it_and_a_gap_is_shown() -> None:
    error = libipld.encode_dag_cbor({"op": -1}) + libipld.encode_dag_cbor(
        {"error": "FutureCursor", "message": ""}
    )
    with pytest.raises(PositionLost):
        list(repos.refuse_errors(iter([error])))
    info = libipld.encode_dag_cbor({"op": 1, "t": "#info"}) + libipld.encode_dag_cbor(
        {"name": "OutdatedCursor"}
    )
    with pytest.raises(Broken, match="stream_gap"):
        repos.read(info)
    assert repos.read(libipld.encode_dag_cbor({"op": 1, "t": "#identity"}) + libipld.encode_dag_cbor({"seq": 3})) == (
        0, (),
    )  # fmt: skip


def test_every_form_says_the_same() -> None:
    fast, item = heard(connector(), frame())
    _position, (slow,) = jetstream._read_slowly(frame())
    cbor_glimpse, cbor = heard(
        connector(firehose="wss://example.test/xrpc/com.atproto.sync.subscribeRepos"), commit_frame(RECORD)
    )
    given = msgspec.Raw(orjson.dumps({"uri": URI, "cid": "bafycid", "value": RECORD}))
    raw = records.keep("created", read_given(given), given)
    (asked,) = connector(firehose="").parse(raw)
    whole = TEXT.replace("ex.test/a…", LINK)
    for one in (fast, slow, cbor_glimpse):
        assert (one.text, one.about, one.kind, one.author) == (whole, URI, "created", DID)
        assert set(one.to) - {""} == {US, "did:plc:jules", "did:plc:root", "did:plc:quoted"}
        assert (one.is_reply, one.has_image, one.has_link, one.languages) == (True, True, True, ("fr", "en"))
    for said in (item, cbor, asked):
        assert (said.key, said.text, said.kind, said.author.key) == (URI, whole, "created", DID)
        assert said.addressed and not said.ours and said.language == "fr"
        assert said.at == datetime(2026, 11, 25, 8, 59, tzinfo=UTC)
        assert (said.thread_key, said.parent_key) == (
            f"at://did:plc:root/{POST}/3k1",
            f"at://did:plc:jules/{POST}/3k2",
        )
        assert said.extra["root_cid"] == "bafyroot" and said.attachments[0].name == "La boîte"
    assert raw.key == fast.key == f"{URI}#bafycid"


def test_an_account_in_whose_thread_one_speaks_is_not_spoken_to() -> None:
    record = {
        "text": "et toi ?",
        "reply": {"parent": {"uri": f"at://did:plc:x/{POST}/2"}, "root": {"uri": f"at://{US}/{POST}/1"}},
    }
    glimpse, item = heard(connector(), frame(record))
    assert US in glimpse.to and not item.addressed
    glimpse, item = heard(connector(), frame(record | {"reply": {"parent": {"uri": f"at://{US}/{POST}/1"}}}))
    assert item.addressed


def test_editions_and_deletions_have_keys_of_their_own() -> None:
    edited, item = heard(connector(), frame(operation="update"))
    deleted, gone = heard(connector(), frame(operation="delete"))
    assert (item.kind, gone.kind, gone.text) == ("edited", "deleted", "")
    assert {edited.key, deleted.key} == {f"{URI}#3rev"} and edited.about == deleted.about == URI
    door = connector(firehose="wss://example.test/xrpc/com.atproto.sync.subscribeRepos")
    assert heard(door, commit_frame(None, "delete"))[1].kind == "deleted"


def test_deleted_accounts_take_all_with_them_and_sleeping_ones_nothing() -> None:
    event = {
        "did": DID,
        "time_us": 5,
        "kind": "account",
        "account": {"active": False, "seq": 9, "status": "deleted"},
    }
    glimpse, item = heard(connector(), orjson.dumps(event))
    assert (glimpse.about, item.key, item.kind, item.author.key) == ("", "", "deleted", DID)
    event["account"] = {"active": False, "seq": 9, "status": "deactivated"}
    assert connector().read(orjson.dumps(event)) == (5, ())
    door = connector(firehose="wss://example.test/xrpc/com.atproto.sync.subscribeRepos")
    body = {"did": DID, "seq": 9, "time": "2026-11-25T09:00:00Z", "active": False, "status": "takendown"}
    glimpse, item = heard(
        door, libipld.encode_dag_cbor({"op": 1, "t": "#account"}) + libipld.encode_dag_cbor(body)
    )
    assert (item.key, item.kind, item.author.key) == ("", "deleted", DID)


def test_the_key_of_a_reply_is_a_valid_one_and_never_changes() -> None:
    from entendu.connectors.bluesky.reply import record_key

    def draft(key: str, second: int = 0) -> Draft:
        return Draft(key, "Bonjour", "public", datetime(2026, 11, 25, 9, 0, second, tzinfo=UTC))

    keys = [record_key(draft(f"reply-{n}", n % 60)) for n in range(200)]
    assert all(len(key) == 13 and set(key) <= set("234567abcdefghijklmnopqrstuvwxyz") for key in keys)
    assert all(key[0] in "234567abcdefghij" for key in keys)
    assert record_key(draft("reply-0")) == keys[0] and len(set(keys)) > 190
    assert keys[:60] == sorted(keys[:60])


def test_without_an_account_nothing_is_sent() -> None:
    assert not connector().caps.reply_public
    assert connector(handle="levain.test", password="x").caps.reply_public
    assert not connector(firehose="").caps.firehose
    draft = Draft("k", "Bonjour", "private", datetime(2026, 11, 25, tzinfo=UTC))
    assert connector().send(draft).code == "channel_not_private"
