"""What an account hears without a firehose, by asking: what was said to it (notifications, where the server has a view
of the network), and all that some accounts say (their repositories). Editions and deletions are found by looking at
the newest again."""

from collections.abc import Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from entendu.connectors.bluesky import records
from entendu.connectors.bluesky.posts import POST, read_uri
from entendu.connectors.bluesky.records import Given
from entendu.connectors.bluesky.xrpc import Xrpc
from entendu.kit import clock
from entendu.wire import Broken, Page, Raw, TryLater

REASONS = frozenset({"mention", "reply", "quote"})
PAGE = 100
MOST_PAGES = 50  # of notifications that are walked back: what is older was not said lately
AGAIN = 3600.0  # seconds between looks at what is known: an edition or a deletion is seen within the hour
KNOWN = 300  # of the newest posts that are looked at again
TOGETHER = 25  # posts that can be asked for at once


class Repo(msgspec.Struct):
    """How far an account's repository was read."""

    did: str
    rkey: str = ""


class Cursor(msgspec.Struct):
    """`told`: the moment of the last notification that was handed on. `known`: addresses and versions of the newest
    posts, oldest first. `looked`: when they were looked at again."""

    told: str = ""
    repos: dict[str, Repo] = {}
    known: dict[str, str] = {}
    looked: float = 0.0


Answer = TypeVar("Answer")


class Notifications(msgspec.Struct):
    """A page of what was said to the account."""

    notifications: list[msgspec.Raw] = []
    cursor: str = ""


class Records(msgspec.Struct):
    """A page of a repository."""

    records: list[msgspec.Raw] = []
    cursor: str = ""


class _Posts(msgspec.Struct):
    posts: list[msgspec.Raw] = []


def pull(xrpc: Xrpc, accounts: Sequence[str], cursor: bytes, limit: int) -> Page:
    """New posts first; when there are none, editions and deletions of known ones. WireError."""
    state = read_cursor(cursor)
    raws, more = told(xrpc, state, limit) if xrpc.may_sign_in else ([], False)
    for name in accounts:
        if len(raws) >= limit:
            more = True
            break
        some, unread = spoken(xrpc, xrpc.account_of(name), state, limit - len(raws))
        raws += some
        more = more or unread
    now = clock.now().timestamp()
    if not raws and not more and now - state.looked > AGAIN:
        raws = look_again(xrpc, state)
        state.looked = now
    return Page(tuple(raws), msgspec.json.encode(state), more=more)


def read_cursor(cursor: bytes) -> Cursor:
    """The state in a cursor; the start for an empty or foreign one."""
    try:
        return msgspec.json.decode(cursor, type=Cursor) if cursor else Cursor()
    except msgspec.MsgspecError:
        return Cursor()


def told(xrpc: Xrpc, state: Cursor, limit: int) -> tuple[list[Raw], bool]:
    """What was said to the account since `state.told`, oldest first, and whether there is more. Upstream lists the
    newest first: it is walked back to what is known."""
    found: list[tuple[Given, msgspec.Raw]] = []
    after = ""
    for _page in range(MOST_PAGES):
        try:
            answer = xrpc.get_raw(
                "app.bsky.notification.listNotifications", signed=True, limit=PAGE, cursor=after
            )
        except TryLater as error:
            if error.code in ("http_501", "http_502"):
                return [], False  # a server without a view of the network: repositories and firehose only
            raise
        page = decoded(answer, Notifications)
        pairs = [(records.read_given(raw), raw) for raw in page.notifications]
        found += [one for one in pairs if one[0].indexedAt >= state.told and one[0].reason in REASONS]
        after = page.cursor
        if not after or not pairs or pairs[-1][0].indexedAt < state.told:
            break
    found.sort(key=lambda one: one[0].indexedAt)
    fresh = [one for one in found if one[0].uri not in state.known or one[0].indexedAt > state.told]
    for given, _raw in fresh[:limit]:
        note(state, given)
        state.told = given.indexedAt
    return [records.keep("created", given, raw) for given, raw in fresh[:limit]], len(fresh) > limit


def spoken(xrpc: Xrpc, did: str, state: Cursor, limit: int) -> tuple[list[Raw], bool]:
    """What an account said since the last look, oldest first: its repository lists its posts in the order of their
    keys."""
    repo = state.repos.setdefault(did, Repo(did))
    answer = xrpc.get_raw(
        "com.atproto.repo.listRecords",
        host=xrpc.home_of(did),
        repo=did,
        collection=POST,
        limit=min(PAGE, limit),
        cursor=repo.rkey,
        reverse="true",
    )
    found = [(records.read_given(raw), raw) for raw in decoded(answer, Records).records]
    raws = []
    for given, raw in found:
        note(state, given)
        repo.rkey = read_uri(given.uri)[2]
        raws.append(records.keep("created", given, raw))
    return raws, len(found) == min(PAGE, limit)


def look_again(xrpc: Xrpc, state: Cursor) -> list[Raw]:
    """The editions and deletions among the known posts."""
    raws: list[Raw] = []
    followed = [uri for uri in state.known if read_uri(uri)[0] in state.repos]
    others = [uri for uri in state.known if read_uri(uri)[0] not in state.repos]
    for did in {read_uri(uri)[0] for uri in followed}:
        mine = [uri for uri in followed if read_uri(uri)[0] == did]
        raws += compare(state, mine, newest_of(xrpc, did, min(mine)))
    for start in range(0, len(others), TOGETHER):
        some = others[start : start + TOGETHER]
        raws += compare(state, some, [(records.read_given(raw), raw) for raw in posts(xrpc, some)])
    return raws


def posts(xrpc: Xrpc, uris: Sequence[str]) -> list[msgspec.Raw]:
    """At most TOGETHER posts by their addresses; those that are gone are left out. WireError."""
    answer = xrpc.get_raw("app.bsky.feed.getPosts", signed=True, uris=uris)
    return decoded(answer, _Posts).posts


def newest_of(xrpc: Xrpc, did: str, oldest: str) -> list[tuple[Given, msgspec.Raw]]:
    """The posts of an account from `oldest` (an address) on."""
    home, after = xrpc.home_of(did), ""
    found: list[tuple[Given, msgspec.Raw]] = []
    for _page in range(1 + KNOWN // PAGE):
        answer = xrpc.get_raw(
            "com.atproto.repo.listRecords", host=home, repo=did, collection=POST, limit=PAGE, cursor=after
        )
        page = decoded(answer, Records)
        found += [(records.read_given(raw), raw) for raw in page.records]
        after = page.cursor
        if not after or not page.records or found[-1][0].uri <= oldest:
            break
    return found


def compare(state: Cursor, uris: Sequence[str], there: Sequence[tuple[Given, msgspec.Raw]]) -> list[Raw]:
    """What became of `uris`, given what is there."""
    raws = []
    now = {given.uri: (given, raw) for given, raw in there}
    for uri in uris:
        known = state.known[uri]
        if uri not in now:
            raws.append(records.gone(uri, known))
            del state.known[uri]
        elif now[uri][0].cid != known:
            raws.append(records.keep("edited", *now[uri]))
            state.known[uri] = now[uri][0].cid
    return raws


def note(state: Cursor, given: Given) -> None:
    """Remembers a post, to look at it again; the oldest are let go."""
    state.known.pop(given.uri, None)
    state.known[given.uri] = given.cid
    for uri in list(islice(state.known, max(0, len(state.known) - KNOWN))):
        del state.known[uri]


def decoded(answer: bytes, type_: type[Answer]) -> Answer:
    """An answer in its shape. Broken."""
    try:
        return msgspec.json.decode(answer, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Broken("answer_unreadable", str(error)) from None
