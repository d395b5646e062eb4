"""What upstream holds for an account: what was said to it (notifications), and by the accounts that it follows."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from entendu.connectors.bluesky import account, records
from entendu.connectors.bluesky.account import PAGE, REASONS, TOGETHER
from entendu.connectors.bluesky.posts import POST, read_uri, said_in
from entendu.connectors.bluesky.records import Given
from entendu.connectors.bluesky.xrpc import Xrpc
from entendu.kit import clock
from entendu.wire import Holdings, Raw, Refused, TryLater

LATE = timedelta(minutes=10)  # what was said since may still be on its way through a firehose


class Place(msgspec.Struct):
    """Where a listing is: what was said to us (0) or by the account of that number, and after what."""

    step: int = 0
    after: str = ""


def told(
    xrpc: Xrpc, accounts: Sequence[str], since: datetime, cursor: bytes, heard_by: Collection[str]
) -> Holdings:
    """A page of what upstream holds since then. `heard_by`: our accounts, where a firehose hears what is said to them:
    then only that is listed which it must have brought by now. WireError."""
    place = read_place(cursor)
    if place.step == 0:
        if not xrpc.may_sign_in:
            return Holdings(cursor=msgspec.json.encode(Place(1)), more=bool(accounts))
        found, after = said_to_us(xrpc, since, place.after, heard_by, alone=not accounts)
    elif place.step <= len(accounts):
        found, after = said_by(xrpc, xrpc.account_of(accounts[place.step - 1]), since, place.after)
    else:
        return Holdings()
    more = bool(after) or place.step < len(accounts)
    onward = Place(place.step, after) if after else Place(place.step + 1)
    keys = {f"{one.uri}#{one.cid}": (f"{one.uri}#edited:{one.cid}",) for one in found}
    return Holdings(tuple(keys), msgspec.json.encode(onward), more, keys)


def said_to_us(
    xrpc: Xrpc, since: datetime, after: str, heard_by: Collection[str], *, alone: bool
) -> tuple[list[Given], str]:
    """A page of notifications, those of since then, and where the next one begins (empty: there is none)."""
    try:
        answer = xrpc.get_raw(
            "app.bsky.notification.listNotifications", signed=True, limit=PAGE, cursor=after
        )
    except TryLater as error:
        if error.code in ("http_501", "http_502") and not alone:
            return [], ""  # a server without a view of the network: only repositories can be asked
        raise
    page = account.decoded(answer, account.Notifications)
    given = [records.read_given(raw) for raw in page.notifications]
    until = clock.now() - LATE if heard_by else clock.now() + LATE
    found = [
        one for one in given if one.reason in REASONS and since <= moment_of(one.indexedAt, since) < until
    ]
    if heard_by:
        found = [one for one in found if not set(said_in(one.record or {}).to).isdisjoint(heard_by)]
    ended = not given or moment_of(given[-1].indexedAt, since) < since
    return found, "" if ended else page.cursor


def said_by(xrpc: Xrpc, did: str, since: datetime, after: str) -> tuple[list[Given], str]:
    """A page of an account's repository, its newest posts first."""
    answer = xrpc.get_raw(
        "com.atproto.repo.listRecords",
        host=xrpc.home_of(did),
        repo=did,
        collection=POST,
        limit=PAGE,
        cursor=after,
    )
    page = account.decoded(answer, account.Records)
    given = [records.read_given(raw) for raw in page.records]
    found = [one for one in given if moment_of((one.value or {}).get("createdAt"), since) >= since]
    return found, page.cursor if found else ""


def fetch(xrpc: Xrpc, accounts: Sequence[str], keys: Sequence[str]) -> list[Raw]:
    """The posts with these keys, under these keys even where they were edited since; those that are gone are left out.
    WireError."""
    followed = {xrpc.account_of(name) for name in accounts}
    uris = {key.rpartition("#")[0]: key for key in keys}
    theirs = [uri for uri in uris if read_uri(uri)[0] in followed]
    others = [uri for uri in uris if uri not in set(theirs)]
    found = [raw for uri in theirs if (raw := record_at(xrpc, uri)) is not None]
    for start in range(0, len(others), TOGETHER):
        some = others[start : start + TOGETHER]
        found += account.posts(xrpc, some)
    raws = []
    for one in found:
        given = records.read_given(one)
        # Where an older version of the post is known, this is an edition; else it is said now, whatever its name.
        kept = records.keep("edited", given, one)
        if given.uri in uris:
            raws.append(Raw(uris[given.uri], kept.content, kept.media_type, kept.note))
    return raws


def record_at(xrpc: Xrpc, uri: str) -> msgspec.Raw | None:
    """A record of a repository; None when it is gone."""
    did, collection, rkey = read_uri(uri)
    try:
        answer = xrpc.get_raw(
            "com.atproto.repo.getRecord", host=xrpc.home_of(did), repo=did, collection=collection, rkey=rkey
        )
    except Refused as error:
        if error.code in ("RecordNotFound", "InvalidRequest", "http_404"):
            return None
        raise
    return msgspec.Raw(answer)


def moment_of(said: object, otherwise: datetime) -> datetime:
    """A moment that upstream or an author wrote down; `otherwise` when it is none."""
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else otherwise
    except ValueError:
        return otherwise
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def read_place(cursor: bytes) -> Place:
    """The place in a cursor. Refused when it is none of ours."""
    try:
        return msgspec.json.decode(cursor, type=Place) if cursor else Place()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused("cursor_unreadable") from None
