"""The contract of a connector: seven methods, nothing of Django. A class is loaded by its entry point.

Streams are hints, never the truth: a connector must be correct by `pull` alone (firehose.py says what a firehose must
hold instead). What only some can do stands in a
protocol of its own, and `Caps` says whether it is there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from entendu.wire.item import Address, Item, Raw
from entendu.wire.outgoing import Draft, Sent

Settle = Literal["idempotent", "read_back", "park"]
HealthState = Literal["ok", "degraded", "needs_auth", "blocked"]


@dataclass(frozen=True, slots=True)
class Caps:
    """What a connector can do. `settle` says how an unknown outcome is settled: send again with the same key,
    read back and send only if it is not there, or park for a person."""

    read: bool = True
    stream: bool = False
    firehose: bool = False  # hears everything, and has the methods of `Firehose`
    past: bool = False  # has the method of `WithPast`: can be asked for what was said before
    reply_public: bool = False
    reply_private: bool = False
    settle: Settle = "park"
    settle_wait: float = 0.0  # seconds before a read-back may be believed
    max_length: int | None = None  # characters of a reply
    poll_seconds: int = 300  # default interval between pulls; 0: there is nothing to pull
    addressed: bool = False  # everything that comes is said to us (a mailbox)
    holdings: bool = False  # it can tell what its source holds (WithHoldings)
    many: bool = (
        False  # a channel holds any number of addresses: each is opened with `url` and `detail` of its own
    )
    inbound: bool = False  # sources push to an address of ours (`receive`)
    verified_against: tuple[str, ...] = ()  # real servers that the tests talk to


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting of a channel of this kind, for the form and the command line. Labels are in both languages,
    since connectors know no gettext and may live outside this repository."""

    name: str
    label_en: str
    label_fr: str
    kind: Literal["text", "url", "email", "number", "boolean", "path"] = "text"
    secret: bool = False
    required: bool = True
    default: str = ""
    help_en: str = ""
    help_fr: str = ""
    made: bool = False  # a secret that we make, shown once: in the form of a new channel


@dataclass(frozen=True, slots=True)
class Offer:
    """A hub that tells at once of news of a topic (WebSub)."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Page:
    """Raw units, and the cursor after them: both are committed in one transaction. `more`: pull again at once.
    `wait`: seconds that upstream asks us to wait before the next pull. `offer`: upstream tells by a hub when there
    is news. `over`: there is nothing to come back for. `title`: what upstream calls itself. `renumbered`: all is to
    be read anew under other numbers; what was lost on the way is to be looked for before that hides it."""

    raws: tuple[Raw, ...] = ()
    cursor: bytes = b""
    more: bool = False
    wait: float | None = None
    offer: Offer | None = None
    over: bool = False
    title: str = ""
    renumbered: bool = False


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a source says that it holds: the keys that its Raws have or would have. `more`: ask again with `cursor`.
    `also`: further keys under which the same may have been heard (an older form, a later edition), by key. `taken`:
    when the source took them in, where it tells."""

    keys: tuple[str, ...] = ()
    cursor: bytes = b""
    more: bool = False
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    taken: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """How the door is. `code` names the message."""

    state: HealthState
    code: str = ""
    detail: str = ""


class Connector(Protocol):
    """Speaks one protocol. Built with the channel's settings (text values, secrets in clear, in memory only)."""

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_fr: ClassVar[str]
    caps: Caps  # a class attribute; an instance narrows it when its settings do (no outbox: no reply)
    fields: ClassVar[tuple[SettingField, ...]]

    def __init__(self, settings: Mapping[str, str]) -> None: ...

    def pull(self, cursor: bytes, limit: int) -> Page:
        """What came after `cursor` (empty: from the start), at most `limit` units, oldest first. WireError."""
        ...

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """Waits for news until `stop()`; an empty page with `more` means "pull now". May yield nothing at all."""
        ...

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Raw | Address, ...]:
        """A webhook's payload, its signature verified on the raw bytes: raw units, or addresses to look at. Refused
        when it is not authentic, Broken when it cannot be understood as a whole. Header names are lower case."""
        ...

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """Understands one raw unit. Pure. Broken when it cannot."""
        ...

    def send(self, draft: Draft) -> Sent:
        """Sends once. TryLater only when it is certain that nothing left; otherwise `unknown`."""
        ...

    def find_sent(self, draft: Draft) -> Sent | None:
        """Looks for a draft that may have left. None: it is not there."""
        ...

    def health(self) -> Health:
        """Asks upstream whether the door works. Never raises."""
        ...


class WithMemory(Connector, Protocol):
    """A connector that keeps something from one use to the next, such as a session: it finds it among its settings
    under "kept", and hands over what is to be kept to `remember`, which whoever opens the door puts there."""

    remember: Callable[[str], None]


class WithPast(Connector, Protocol):
    """A connector that can be asked for its past (`caps.past`)."""

    def past(self, query: str, since: datetime, until: datetime, cursor: bytes, limit: int) -> Page:
        """What was said in [since, until) and may satisfy `query`, a text of the query language; at most `limit` units.

        Upstream is asked in its own, poorer language, so that more may come than the query wants: the caller matches
        what comes. The raws have the keys that `pull` gives them: what is there already is known again. The cursor is
        that of this search alone, empty at its start and meaningless to `pull`; `more` and `wait` as in `pull`.
        WireError; Refused `past_out_of_reach` when upstream cannot be asked such a query at all.
        """
        ...


class WithHoldings(Connector, Protocol):
    """A connector whose source can be asked what it holds (`caps.holdings`). Of a channel that holds many addresses
    (`caps.many`), each is asked by itself: the setting `pulled` is then the cursor that its last pull left, as text."""

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """The keys of what the source holds since then, about `limit` a call. A source that knows no dates tells all
        that it shows; one that has just said something may leave it out, until it must have been heard. WireError."""
        ...

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """The units with these keys, as `pull` would have handed them over; those that are gone are left out. Asked of
        the object that listed them. WireError."""
        ...
