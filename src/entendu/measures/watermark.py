"""Reads what is new in a table, by a column that grows. Rows may be committed out of order (7 after 9):
those just below the mark are counted at each look, and looked at again when their number has changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from entendu.kit import clock
from entendu.measures.models import Watermark

OVERLAP_IDS = 10_000
OVERLAP_TIME = timedelta(minutes=2)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """A table to follow: all of `rows`, by `column` (an id, or with `timed` a date)."""

    name: str
    rows: QuerySet[Any]
    column: str = "pk"
    timed: bool = False

    def between(self, after: int, last: int | None = None) -> QuerySet[Any]:
        """The rows whose column lies in ]after, last], the lowest first."""
        found = self.rows.filter(**{f"{self.column}__gt": self.shown(after)})
        if last is not None:
            found = found.filter(**{f"{self.column}__lte": self.shown(last)})
        return found.order_by(self.column)

    def shown(self, mark: int) -> int | datetime:
        """The mark as the column holds it. Dates are kept as microseconds."""
        return EPOCH + timedelta(microseconds=mark) if self.timed else mark

    def kept(self, value: Any) -> int:
        """The column's value as the mark keeps it."""
        return (value - EPOCH) // timedelta(microseconds=1) if self.timed else int(value)

    def floor(self, mark: int) -> int:
        """From where rows may still come late."""
        overlap = OVERLAP_TIME // timedelta(microseconds=1) if self.timed else OVERLAP_IDS
        return max(0, mark - overlap)

    def has_news(self) -> bool:
        """Whether `advance` would find something: two cheap reads, no lock."""
        mark = Watermark.objects.filter(source=self.name).first() or Watermark(source=self.name)
        return self.is_late(mark) or self.fresh(mark).exists()

    def fresh(self, mark: Watermark) -> QuerySet[Any]:
        """The rows above the mark. Dates that lie ahead (the clock was set back) wait for their time to come."""
        return self.between(self.start(mark), self.kept(clock.now()) if self.timed else None)

    def is_late(self, mark: Watermark) -> bool:
        """Whether rows came (or went) below the mark."""
        last = self.start(mark)
        return self.between(self.floor(last), last).count() != mark.seen

    def start(self, mark: Watermark) -> int:
        """Where to go on. A clock that was set back takes the mark of dates back with it."""
        return min(mark.last_id, self.kept(clock.now())) if self.timed else mark.last_id

    def hold(self) -> Watermark:
        """The mark, held until the end of the caller's transaction."""
        Watermark.objects.get_or_create(source=self.name)
        return Watermark.objects.select_for_update().get(source=self.name)

    def advance(self, limit: int | None = None) -> QuerySet[Any] | None:
        """The rows that are new, or stand beside late ones (at most `limit` new ones); the mark moves
        past them. None: nothing new. Runs in the caller's transaction, which holds the mark: one reader
        at a time.
        """
        mark = self.hold()
        start = self.start(mark)
        late = self.is_late(mark)
        fresh = self.fresh(mark).values_list(self.column, flat=True)
        last = fresh.last() if limit is None else max(fresh[:limit], default=None)
        if last is None and not late:
            return None
        mark.last_id = start if last is None else self.kept(last)
        # Counted before the caller reads: a row that slips in between is read twice, never missed.
        mark.seen = self.between(self.floor(mark.last_id), mark.last_id).count()
        mark.save(update_fields=["last_id", "seen"])
        return self.between(self.floor(start) if late else start, mark.last_id)
