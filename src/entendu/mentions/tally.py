"""The ledger in one line: how much came in a period, and where it ended."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from entendu.mentions.models import End, Receipt


@dataclass(frozen=True, slots=True)
class Tally:
    """Receipts by their end. `waiting`: not decided yet."""

    conversation: int
    attached: int
    watched: int
    dropped: int
    waiting: int

    @property
    def received(self) -> int:
        """All that came: each has exactly one end, or waits."""
        return self.conversation + self.attached + self.watched + self.dropped + self.waiting


def tally(receipts: QuerySet[Receipt], since: datetime, until: datetime) -> Tally:
    """Counts `receipts` (those of an organisation, say) received in [since, until[, in one read of an index."""
    found = receipts.filter(received_at__gte=since, received_at__lt=until).order_by()
    counts = dict(found.values_list("end").annotate(n=Count("pk")))
    return Tally(**{one.value: counts.get(one.value, 0) for one in End}, waiting=counts.get("", 0))
