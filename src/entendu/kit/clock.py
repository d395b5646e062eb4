"""The one clock. Tests move it; nothing else reads the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_fixed: datetime | None = None


def now() -> datetime:
    """The present, aware, in UTC."""
    return _fixed or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Holds the clock at `moment` (aware) while the block runs. For tests and for replays of dated data."""
    global _fixed
    before, _fixed = _fixed, moment
    try:
        yield
    finally:
        _fixed = before


def seconds_between(start: datetime, end: datetime) -> float:
    """Elapsed seconds, never negative: clocks of two machines differ."""
    return max(0.0, (end - start) / timedelta(seconds=1))
