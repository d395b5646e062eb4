"""The connector of Bluesky: the methods."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from entendu.connectors.bluesky import account, held, jetstream, records, reply, repos
from entendu.connectors.bluesky.fields import FIELDS, yes
from entendu.connectors.bluesky.posts import NETWORK, SITE, item_of
from entendu.connectors.bluesky.xrpc import Xrpc
from entendu.kit.safe_http import HttpFailed, HttpRefused, messages
from entendu.wire import (
    Broken,
    Caps,
    Draft,
    Glimpse,
    Health,
    Holdings,
    Item,
    NeedsAuth,
    Page,
    Raw,
    Refused,
    Sent,
    SettingField,
    TryLater,
    WireError,
)


class BlueskyConnector:
    """An account at a server of the AT Protocol, and the firehose where its address is given."""

    kind: ClassVar[str] = "bluesky"
    label_en: ClassVar[str] = "Bluesky"
    label_fr: ClassVar[str] = "Bluesky"
    caps: Caps = Caps(
        firehose=True,
        reply_public=True,
        holdings=True,
        settle="idempotent",
        max_length=reply.MOST_SIGNS,
        poll_seconds=60,
        verified_against=("Bluesky PDS 0.5 (subscribeRepos, repositories)",),
    )
    fields: ClassVar[tuple[SettingField, ...]] = FIELDS
    network: ClassVar[str] = NETWORK
    site: ClassVar[str] = SITE

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._xrpc = Xrpc(settings)
        self._firehose = settings.get("firehose", "").strip()
        self._from_start = yes(settings.get("from_start", ""))
        self._accounts = tuple(one.strip() for one in settings.get("accounts", "").split(",") if one.strip())
        own = [one.strip().lstrip("@").lower() for one in settings.get("own", "").split(",")]
        self._own_names = tuple(dict.fromkeys(one for one in (self._xrpc.identifier, *own) if one))
        self._is_jetstream = "subscribeRepos" not in self._firehose
        self._followed = () if self._firehose else self._accounts  # a firehose keeps only what somebody wants
        self.caps = replace(
            type(self).caps,
            firehose=bool(self._firehose),
            reply_public=self._xrpc.may_sign_in,
            holdings=self._xrpc.may_sign_in or bool(self._followed),
        )

    @property
    def remember(self) -> Callable[[str], None]:
        """Who keeps the session."""
        return self._xrpc.remember

    @remember.setter
    def remember(self, keep: Callable[[str], None]) -> None:
        self._xrpc.remember = keep

    @property
    def source(self) -> str:
        """The firehose that is heard."""
        return self._firehose

    def frames(self, position: int | None, stop: Callable[[], bool]) -> Iterator[bytes]:
        """What the firehose says after `position`. WireError; PositionLost."""
        position = 0 if position is None and self._from_start else position
        where = jetstream if self._is_jetstream else repos
        try:
            heard = messages(where.address(self._firehose, position), stop=stop, allow=self._xrpc.allow)
            yield from heard if self._is_jetstream else repos.refuse_errors(heard)
        except HttpFailed as error:
            raise TryLater(error.code, error.detail, error.retry_after) from None
        except HttpRefused as error:
            raise Refused(error.code, error.detail) from None

    def read(self, frame: bytes) -> tuple[int, Sequence[Glimpse]]:
        """The position of a frame and the posts, editions and deletions in it. Broken."""
        return jetstream.read(frame) if self._is_jetstream else repos.read(frame)

    def raw(self, glimpse: Glimpse) -> Raw:
        """What is kept of a unit."""
        return jetstream.raw(glimpse) if self._is_jetstream else repos.raw(glimpse)

    def own_accounts(self) -> frozenset[str]:
        """Our accounts there, their handles looked up once. WireError."""
        return frozenset(self._xrpc.account_of(name) for name in self._own_names)

    def pull(self, cursor: bytes, limit: int) -> Page:
        """What was said to the account, and by the accounts that are followed; nothing for a firehose. WireError."""
        if self._firehose:
            return Page(cursor=cursor)
        self.own_accounts()
        return account.pull(self._xrpc, self._accounts, cursor, limit)

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """What was said to the account, as its notifications tell, and by the accounts that are followed; of a firehose
        only what speaks to an account of ours and must have come by now. WireError."""
        del limit  # upstream's pages have their own size
        heard_by = self.own_accounts() if self._firehose else frozenset[str]()
        return held.told(self._xrpc, self._followed, since, cursor, heard_by)

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """The posts with these keys that are still there. WireError."""
        return tuple(held.fetch(self._xrpc, self._followed, keys))

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """No hints: a firehose is heard, the rest is pulled."""
        return iter(())

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Raw, ...]:
        """There is no webhook."""
        raise Refused("no_webhook")

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """The post in `raw`, by the form in which it came. Broken."""
        read = {
            jetstream.MEDIA_TYPE: jetstream.post_in,
            repos.MEDIA_TYPE: repos.post_in,
            records.MEDIA_TYPE: records.post_in,
        }.get(raw.media_type)
        if read is None:
            raise Broken("not_an_event", raw.note)
        known = self._xrpc.session.accounts
        own = {one for name in self._own_names if (one := known.get(name, name)).startswith("did:")}
        return (item_of(read(raw.content), frozenset(own)),)

    def send(self, draft: Draft) -> Sent:
        """Sends once, under a key of ours."""
        return reply.send(self._xrpc, draft)

    def find_sent(self, draft: Draft) -> Sent | None:
        """Looks for a draft under its key."""
        return reply.find_sent(self._xrpc, draft)

    def health(self) -> Health:
        """Asks the server, signs in where there is an account, and looks up our accounts. Never raises."""
        try:
            self._xrpc.get("com.atproto.server.describeServer")
            if self._xrpc.may_sign_in:
                self._xrpc.key()
            self.own_accounts()
        except NeedsAuth as error:
            return Health("needs_auth", error.code, error.detail)
        except Refused as error:
            return Health("blocked", error.code, error.detail)
        except WireError as error:
            return Health("degraded", error.code, error.detail)
        except Exception as error:  # a page that shows the state of doors must not fall with one of them
            return Health("degraded", "connector_fault", repr(error))
        return Health("ok")
