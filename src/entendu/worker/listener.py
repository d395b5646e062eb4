"""Hears firehoses: matched in memory, what is wanted stored in small batches with the position, the rest counted.

One thread reads each source, one writes. A writer that is behind makes the readers wait, and they make upstream wait:
nothing is dropped. Killing it anywhere loses nothing and doubles nothing: the position is committed with what it
covers, and upstream says the rest again.
"""

import gc
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, close_old_connections, connection

from entendu.channels.health import HEALTH, note_failure, note_success
from entendu.channels.lease import LeaseLost, due, give_back, hold, lease
from entendu.channels.models import Channel
from entendu.channels.models.channel import State
from entendu.kit import clock
from entendu.mentions.hear import store_heard
from entendu.mentions.sieve import Sieve
from entendu.wire import Broken, PositionLost, TryLater, WireError
from entendu.worker.batch import Sorted, sort_batch
from entendu.worker.inbox import BATCH, Bell
from entendu.worker.source import Listening, Source, open_listening, signature_of

log = logging.getLogger("entendu.worker")
GATHER = 0.05  # seconds: how long the first frame of a batch waits for others
LOOK_AROUND = 2.0  # seconds between looks for channels and queries that changed
NOTE_EVERY = timedelta(seconds=10)
TELL_EVERY = timedelta(minutes=5)
TROUBLE = timedelta(minutes=5)  # before own accounts that could not be asked for are asked for again
PAUSE = 1.0  # seconds before a store that is away is tried again


@dataclass(slots=True)
class Tally:
    """What went through since the start."""

    frames: int = 0
    units: int = 0
    kept: int = 0


class Listener:
    """Hears every channel that is a firehose and that nobody else holds."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self.stopped = stopped
        self.bell = Bell()
        self.sieve = Sieve()
        self.sources: dict[tuple[str, str], Source] = {}
        self.tally = Tally()
        self._looked_at = -LOOK_AROUND
        self._noted_at = self._told_at = clock.now()
        self._rest = threading.Event()

    def start(self) -> threading.Thread:
        """Listens in a thread of its own; returns it."""
        thread = threading.Thread(target=self.run, name="listener", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Listens until stopped."""
        try:
            while not self.stopped():
                try:
                    self.turn()
                except OperationalError as error:  # the store is locked or away: nothing is lost, try again
                    self.wait_for_store(error, 0)
                except Exception:  # what is heard goes on, whatever a look around met
                    log.exception("the listener met a fault")
                    self._rest.wait(PAUSE)
        finally:
            for source in list(self.sources.values()):
                self.close(source)
            connection.close()

    def turn(self, wait: float = 0.5) -> int:
        """One round: looks around when it is time, waits for frames, writes what came. Returns how many units."""
        if time.monotonic() - self._looked_at >= LOOK_AROUND:
            self.look_around()
        if self.bell.news.wait(wait):
            self.bell.full.wait(GATHER)
        self.bell.news.clear()
        self.bell.full.clear()
        before = self.tally.units
        for source in list(self.sources.values()):
            frames = source.inbox.take()
            if frames and not self.write(source, frames):
                continue
            if waiting := len(source.inbox):
                self.bell.news.set()
                if waiting >= BATCH:
                    self.bell.full.set()
            elif source.over:
                self.end(source)
        return self.tally.units - before

    def write(self, source: Source, frames: list[bytes]) -> bool:
        """One batch for good. A store that is away is waited for. False: it was not written, and the source is closed:
        nothing that follows may be written before it."""
        while not self.stopped():
            try:
                batch = sort_batch(source, frames, self.sieve)
                store_heard([one.heard for one in batch])
                self.count(source, frames, batch)
                return True
            except OperationalError as error:
                self.wait_for_store(error, len(frames))
            except Exception as error:
                log.exception("a batch of %s cannot be written", source.key[1])
                source.error = Broken("listener_fault", f"{type(error).__name__}: {error}")
                self.end(source)
                return False
        self.close(source)
        return False

    def wait_for_store(self, error: OperationalError, waiting: int) -> None:
        """A moment's rest before the store is tried again."""
        log.warning("store unavailable, %d frames wait: %s", waiting, error)
        close_old_connections()
        self._rest.wait(PAUSE)

    def count(self, source: Source, frames: list[bytes], batch: list[Sorted]) -> None:
        """Notes what was written. Channels that another process holds now are its own: they are left to it."""
        source.spoke = True
        self.tally.frames += len(frames)
        for one in batch:
            one.listening.position = one.heard.position
            one.listening.units += one.units
            self.tally.units += one.units
            self.tally.kept += one.heard.new
        lost = {one.heard.channel.pk for one in batch if one.heard.lost}
        if lost:
            self.close(source, but=lost)

    def look_around(self) -> None:
        """Channels that came, went or changed; queries that did; health, now and then."""
        self._looked_at = time.monotonic()
        close_old_connections()
        self.leave_changed()
        for listening in self.take_due():
            self.join(listening)
        first = not len(self.sieve)
        listening_now = [one for source in self.sources.values() for one in source.listenings]
        self.sieve.refresh({one.channel.organisation_id for one in listening_now})
        self.sieve.know_names(one.channel.name for one in listening_now)
        if first and len(self.sieve):
            gc.collect()
            gc.freeze()
        for source in self.sources.values():
            if source.thread is None:
                source.start()
        if clock.now() - self._noted_at >= NOTE_EVERY:
            self.note()

    def leave_changed(self) -> None:
        """Closes sources of which a channel was switched off, removed or changed: those that stay are opened again."""
        wanted = Channel.objects.filter(
            firehose=True, next_check_at__isnull=False, retired_at__isnull=True
        ).exclude(state=State.OFF)
        now = {channel.pk: signature_of(channel) for channel in wanted} if self.sources else {}
        for source in list(self.sources.values()):
            troubled = any(one.trouble for one in source.listenings)
            stale = troubled and clock.now() - source.started_at > TROUBLE
            if stale or any(now.get(one.channel.pk) != one.signature for one in source.listenings):
                self.close(source)

    def take_due(self) -> list[Listening]:
        """The channels that wait for a listener, leased and opened."""
        taken = []
        for channel in due().filter(firehose=True).exclude(state=State.OFF).select_related("organisation"):
            if not lease(channel):
                continue
            try:
                taken.append(open_listening(channel))
            except WireError as error:
                note_failure(channel, error)
                give_back(channel)
        return taken

    def join(self, listening: Listening) -> None:
        """Adds a channel to its source. One that is heard already begins again from the oldest position of all."""
        key = (listening.channel.kind, listening.door.source)
        known = self.sources.get(key)
        together = [listening]
        if known is not None:
            known.stop()
            together = [*known.listenings, listening]
        self.sources[key] = Source(key, together, self.bell)

    def end(self, source: Source) -> None:
        """A source failed or hung up: its channels say so, and are due again after their wait."""
        error = source.error or TryLater("connection_closed", source.key[1])
        log.info("listening to %s ended: %s", source.key[1], error)
        for one in source.listenings:
            if isinstance(error, PositionLost):
                try:
                    hold(one.channel, cursor=b"0")
                except LeaseLost:
                    continue
            note_failure(one.channel, error)
        self.close(source)

    def close(self, source: Source, but: set[int] | None = None) -> None:
        """Stops listening to a source and gives its channels back."""
        source.stop()
        self.sources.pop(source.key, None)
        for one in source.listenings:
            if one.channel.pk not in (but or ()):
                give_back(one.channel)

    def note(self) -> None:
        """Writes the health of what is heard, prolongs the leases, and now and then tells the log."""
        self._noted_at = clock.now()
        for source in list(self.sources.values()):
            for one in source.listenings:
                try:
                    hold(one.channel)
                except LeaseLost:
                    self.close(source, but={one.channel.pk})
                    break
                one.channel.refresh_from_db(fields=HEALTH)
                if source.over or source.young or one.channel.state == State.OFF:
                    continue
                if one.trouble:
                    note_failure(one.channel, one.trouble)
                else:
                    now = clock.now()
                    note_success(one.channel, heard=one.units, next_check_at=now, listened=not source.dumb)
                one.units = 0
        if clock.now() - self._told_at >= TELL_EVERY:
            self._told_at = clock.now()
            behind = sum(len(source.inbox) for source in self.sources.values())
            log.info("heard %d, kept %d, %d frames wait", self.tally.units, self.tally.kept, behind)
