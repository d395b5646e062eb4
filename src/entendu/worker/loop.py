"""The ordered list of stages, and the loop that runs them. Work is pulled; killing the loop anywhere loses nothing."""

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.db import OperationalError, close_old_connections, connection

from entendu.accounts.stages import post
from entendu.analysis.stages import (
    analyse,
    cluster,
    count,
    judge,
    learn,
    listen_for_words,
    locate,
    look_back,
    propose,
)
from entendu.channels.stages import tell
from entendu.conversations.gather import gather
from entendu.conversations.stages import break_promises, close_quiet, reweigh, send, settle, wake
from entendu.measures.stages import roll_up
from entendu.mentions.scrub import scrub_if_due
from entendu.mentions.stages import (
    back_fill,
    guard,
    parse,
    pull,
    reconcile,
    reconcile_addresses,
    subscribe,
    under_way,
    visit,
)
from entendu.people.stages import recognise
from entendu.worker.reread import reread

log = logging.getLogger("entendu.worker")

Stage = Callable[[int], int]
# Heard → understood → read → recognised → gathered → put with what repeats it; the past; held against what is usual;
# then what leaves, what time brings, whether the doors are well, and what it adds up to.
STAGES: tuple[Stage, ...] = (
    pull,
    visit,
    subscribe,
    parse,
    analyse,
    recognise,
    gather,
    cluster,
    locate,
    back_fill,
    look_back,
    count,
    judge,
    listen_for_words,
    learn,
    propose,
    reread,
    send,
    settle,
    wake,
    break_promises,
    close_quiet,
    reweigh,
    reconcile,
    reconcile_addresses,
    guard,
    tell,
    post,
    roll_up,
)
BATCH = 1000
REST = 0.25  # seconds without work before looking again
ROLL_UP_EVERY = 5.0  # seconds, while other work goes on
TUNE_EVERY = 3600.0  # seconds, when there is nothing else to do
LATEST = 12 * 3600.0  # seconds, whatever there is to do


@dataclass
class Loop:
    """Runs the stages until told to stop."""

    stopped: bool = False
    done: dict[str, int] = field(default_factory=dict)
    rolled_at: float = 0.0
    tuned_at: float = field(default_factory=lambda: -TUNE_EVERY)

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Finishes what is in hand, then ends."""
        self.stopped = True

    def run_once(self, progress: Callable[[str, int], None] | None = None) -> dict[str, int]:
        """Treats all that waits, stage by stage, until nothing is left. Returns how many rows each stage treated."""
        self.done = {}
        while not self.stopped and (self.round(drain=True, progress=progress) or under_way()):
            continue
        self.round_up()
        self.tune()
        return self.done

    def run(self) -> None:
        """Works until stopped."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopped:
            try:
                worked = self.round(drain=False)
            except OperationalError as error:  # the store is locked or away: nothing is lost, try again
                log.warning("store unavailable: %s", error)
                close_old_connections()
                worked = 0
            rested = time.monotonic() - self.tuned_at
            if rested > (LATEST if worked else TUNE_EVERY):
                self.tune()
            if not worked:
                self.pause()
        connection.close()

    def round(self, *, drain: bool, progress: Callable[[str, int], None] | None = None) -> int:
        """Each stage in turn; with `drain`, each until it has no more. Returns how many rows were treated."""
        worked = 0
        for stage in STAGES:
            if stage is roll_up:
                continue
            count = stage(BATCH)
            while count and not self.stopped:
                worked += count
                self.note(stage, count, progress)
                count = stage(BATCH) if drain else 0
            if self.stopped:
                return worked
        if not worked or (not drain and time.monotonic() - self.rolled_at > ROLL_UP_EVERY):
            self.round_up()
        return worked

    def round_up(self) -> None:
        """Brings the figures up to date."""
        self.rolled_at = time.monotonic()
        while not self.stopped and (count := roll_up(BATCH)):
            self.note(roll_up, count, None)

    def tune(self) -> None:
        """Tells SQLite how its rows are spread, without which it chooses poor indexes (PostgreSQL sees to it itself),
        and takes out of the files what was deleted."""
        self.tuned_at = time.monotonic()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA analysis_limit = 1000")
                cursor.execute("ANALYZE")
        scrub_if_due()

    def note(self, stage: Stage, count: int, progress: Callable[[str, int], None] | None) -> None:
        """Counts what a stage did."""
        name = stage.__name__
        self.done[name] = self.done.get(name, 0) + count
        if progress:
            progress(name, count)

    def pause(self) -> None:
        """Rests a little; a signal ends the rest."""
        until = time.monotonic() + REST
        while not self.stopped and time.monotonic() < until:
            time.sleep(0.05)
