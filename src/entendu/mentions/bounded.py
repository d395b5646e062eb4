"""Questions to the store that may not take longer than somebody waits: what is not known in time is left unsaid."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection, transaction

T = TypeVar("T")
STEPS = 20_000  # of SQLite's machine between two looks at the clock


class Budget:
    """So many seconds for several questions. `cut`: one of them was not answered for want of time."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.cut = False

    def ask(self, question: Callable[[], T], otherwise: T) -> T:
        """The answer, or `otherwise` when it takes longer than what is left."""
        if self.left <= 0:
            self.cut = True
            return otherwise
        began = time.monotonic()
        try:
            with _at_most(self.left):
                return question()
        except OperationalError as error:
            if not _was_cut(error):
                raise
            self.cut = True
            return otherwise
        finally:
            self.left -= time.monotonic() - began


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Statements inside raise OperationalError once `seconds` have passed (PostgreSQL: each of them)."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        until = time.monotonic() + seconds
        connection.connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
        try:
            yield
        finally:
            connection.connection.set_progress_handler(None, 0)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true)", [f"{max(1, round(seconds * 1000))}ms"]
        )
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def _was_cut(error: OperationalError) -> bool:
    return "interrupted" in str(error) or type(error.__cause__).__name__ == "QueryCanceled"
