"""Waits for news with IDLE (RFC 2177): a hint that says "pull now", never the truth itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

from entendu.connectors.mail import imap
from entendu.connectors.mail.account import Account
from entendu.wire import Page, Refused, TryLater

RENEW_SECONDS = 240.0  # a server may hang up after 30 minutes; a connection cut in silence is noticed by then
SLICE_SECONDS = 1.0  # between two looks at `stop`
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
NEWS = Page(more=True)


def hints(account: Account, stop: Callable[[], bool]) -> Iterator[Page]:
    """`NEWS` after each connection (something may have come meanwhile) and whenever the folder changes.

    Reconnects by itself, waiting twice as long after each failure. Ends at once if the server knows no IDLE:
    the polling suffices. Raises Refused and NeedsAuth: those need a person.
    """
    pause = FIRST_PAUSE
    while not stop():
        try:
            with imap.session(account) as session:
                if "IDLE" not in session.box.client.capabilities:
                    return
                session.select()
                for page in _listen(session, stop):
                    pause = FIRST_PAUSE
                    yield page
        except Refused:
            raise
        except TryLater as error:
            _wait(error.retry_after or pause, stop)
            pause = min(pause * 2, LONGEST_PAUSE)


class _Idle(Protocol):
    """The library's manager, whose methods carry no types."""

    def start(self) -> object: ...
    def poll(self, timeout: float | None) -> list[bytes]: ...
    def stop(self) -> tuple[object, list[bytes]]: ...


def _listen(session: imap.Session, stop: Callable[[], bool]) -> Iterator[Page]:
    idle: _Idle = session.box.idle
    idle.start()
    try:
        yield NEWS  # only now: what comes from here on is notified, what came before is pulled
        yield from _changes(idle, stop)
    finally:
        with suppress(Exception):  # a courtesy to a server that may be gone
            idle.stop()


def _changes(idle: _Idle, stop: Callable[[], bool]) -> Iterator[Page]:
    began = time.monotonic()
    while not stop():
        asked = time.monotonic()
        answers = idle.poll(timeout=SLICE_SECONDS)
        now = time.monotonic()
        cut = not answers and now - asked < SLICE_SECONDS / 2  # readable, and nothing to read: the end
        if cut or now - began > RENEW_SECONDS:
            answers = [*answers, *idle.stop()[1]]  # raises when the connection is dead
            idle.start()
            began = now
        if any(b"EXISTS" in answer for answer in answers):
            yield NEWS


def _wait(seconds: float, stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stop() and time.monotonic() < until:
        time.sleep(min(SLICE_SECONDS, max(0.0, until - time.monotonic())))
