"""One firehose as it is heard: a thread that reads its frames, for all the channels that listen to the same source."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from django.db import connection

from entendu.channels.doors import open_door
from entendu.channels.models import Channel
from entendu.channels.seal import SealBroken
from entendu.kit import clock
from entendu.mentions.sieve import Ear, ear_of
from entendu.wire import Broken, Firehose, NeedsAuth, WireError
from entendu.worker.inbox import Bell, Inbox

log = logging.getLogger("entendu.worker")
YOUNG = timedelta(seconds=20)  # as long as a connection may take
DUMB = timedelta(minutes=5)  # without a frame on a new connection: that may be its beginning
Signature = tuple[object, ...]


@dataclass(slots=True)
class Listening:
    """A channel that listens, leased. `position`: what of the source is committed for it; None: it begins now."""

    channel: Channel
    door: Firehose
    position: int | None
    signature: Signature
    units: int = 0  # since health was noted last
    trouble: WireError | None = None


def open_listening(channel: Channel) -> Listening:
    """A leased channel, ready to listen. WireError."""
    try:
        door = cast(Firehose, open_door(channel))
    except SealBroken as error:
        raise NeedsAuth("seal_broken", str(error)) from error
    return Listening(channel, door, read_position(bytes(channel.cursor)), signature_of(channel))


def read_position(cursor: bytes) -> int | None:
    """The position in a cursor; None for an empty or foreign one."""
    return int(cursor) if cursor.isdigit() else None


def signature_of(channel: Channel) -> Signature:
    """What makes a connection stale when it changes."""
    settings = tuple(sorted((name, str(value)) for name, value in channel.settings.items()))
    return (channel.kind, channel.name, settings, bytes(channel.secrets), tuple(channel.own_handles))


@dataclass(eq=False)
class Source:
    """Frames of one source on their way to the writer."""

    key: tuple[str, str]
    listenings: list[Listening]
    bell: Bell
    inbox: Inbox = field(init=False)
    ears: tuple[Ear, ...] = ()
    error: WireError | None = None
    over: bool = False
    spoke: bool = False  # a frame came over this connection
    stopping: bool = False
    last: int = 0  # the position of the last frame that was committed
    thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.bell)
        self.started_at = clock.now()

    @property
    def door(self) -> Firehose:
        """The connector through which frames come: they are the same for all the channels."""
        return self.listenings[0].door

    @property
    def young(self) -> bool:
        """Whether it is too early to say that the source works."""
        return clock.now() - self.started_at < YOUNG

    @property
    def dumb(self) -> bool:
        """Whether it is too early to say that the source is silent: a new connection that brought nothing yet. Before
        it, we did not listen."""
        return not self.spoke and clock.now() - self.started_at < DUMB

    def start(self) -> None:
        """Begins to listen, from the oldest position of its channels."""
        self.thread = threading.Thread(target=self.listen, name=f"hear-{self.key[1]}", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Tells the thread to end; what it read and nobody wrote is said again from the committed position."""
        self.stopping = True

    def listen(self) -> None:
        """The thread: learns our own accounts, then reads until told to stop, or until the source fails."""
        try:
            self.ears = tuple(self._ear(one) for one in self.listenings)
            known = [one.position for one in self.listenings if one.position is not None]
            self.last = min(known, default=0)
            stop = self._stopping
            for frame in self.door.frames(min(known, default=None), stop):
                if not self.inbox.put(frame, stop):
                    return
        except WireError as error:
            self.error = error
        except Exception as error:  # a connector's fault must not end the others' listening
            log.exception("listening to %s failed", self.key[1])
            self.error = Broken("connector_fault", f"{type(error).__name__}: {error}")
        finally:
            self.over = True
            self.bell.news.set()
            connection.close()

    def _stopping(self) -> bool:
        return self.stopping

    def _ear(self, one: Listening) -> Ear:
        """Without its own accounts a channel still hears what its queries find; the trouble is noted."""
        try:
            return ear_of(one.channel, one.door.own_accounts())
        except WireError as error:
            one.trouble = error
            return ear_of(one.channel, frozenset())
