"""The ledger: each receipt has exactly one end. Counted by channel and day, and proved."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from entendu.mentions.models import End, Receipt


@dataclass(frozen=True, slots=True)
class Line:
    """What a channel handed to us on one day, and where it ended. `waiting`: not decided yet."""

    channel: str
    day: date
    received: int
    conversation: int
    attached: int
    watched: int
    dropped: int
    waiting: int
    reasons: dict[str, int]

    @property
    def balanced(self) -> bool:
        """Whether the ends and what waits add up to what came."""
        return self.received == self.conversation + self.attached + self.watched + self.dropped + self.waiting


def ledger(
    receipts: QuerySet[Receipt], *, since: date | None = None, until: date | None = None
) -> list[Line]:
    """The lines for `receipts` (those of an organisation, say), oldest day first. `until` is included."""
    if since:
        receipts = receipts.filter(received_at__date__gte=since)
    if until:
        receipts = receipts.filter(received_at__date__lte=until)
    rows = (
        receipts.annotate(day=TruncDate("received_at"))
        .values("channel__name", "day", "end", "reason")
        .annotate(n=Count("pk"))
        .order_by("day", "channel__name")
    )
    drafts: dict[tuple[date, str], dict[str, int]] = {}
    reasons: dict[tuple[date, str], dict[str, int]] = {}
    for row in rows:
        key = (row["day"], row["channel__name"])
        counts = drafts.setdefault(key, dict.fromkeys([*End.values, ""], 0))
        counts[row["end"]] += row["n"]
        if row["end"] == End.DROPPED:
            found = reasons.setdefault(key, {})
            found[row["reason"]] = found.get(row["reason"], 0) + row["n"]
    return [
        Line(
            channel=channel,
            day=day,
            received=sum(counts.values()),
            conversation=counts[End.CONVERSATION],
            attached=counts[End.ATTACHED],
            watched=counts[End.WATCHED],
            dropped=counts[End.DROPPED],
            waiting=counts[""],
            reasons=reasons.get((day, channel), {}),
        )
        for (day, channel), counts in drafts.items()
    ]
