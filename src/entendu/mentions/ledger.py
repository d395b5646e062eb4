"""The ledger: each receipt has exactly one end. Counted by channel and day, and proved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet

from entendu.channels.models import Channel
from entendu.mentions.models import End, Receipt


@dataclass(slots=True)
class Line:
    """What a channel handed to us on one day (of its organisation), and where it ended. `waiting`: not decided yet;
    `aside`: could not be read, a person decides. `reasons`: why what was dropped was."""

    channel: str
    channel_id: int
    day: date
    received: int = 0
    conversation: int = 0
    attached: int = 0
    watched: int = 0
    dropped: int = 0
    waiting: int = 0
    aside: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Whether the ends, what waits and what was set aside add up to what came."""
        ends = self.conversation + self.attached + self.watched + self.dropped
        return self.received == ends + self.waiting + self.aside


def ledger(
    receipts: QuerySet[Receipt], *, since: date | None = None, until: date | None = None
) -> list[Line]:
    """The lines for `receipts` (those of an organisation, say), oldest day first. `until` is included. One index
    holds all that is counted: no receipt is read."""
    if since:
        receipts = receipts.filter(day__gte=since)
    if until:
        receipts = receipts.filter(day__lte=until)
    counted = receipts.order_by().values_list("day", "channel", "end", "reason").annotate(n=Count("pk"))
    lines: dict[tuple[date, int], Line] = {}
    rows = list(counted)
    names = names_of({row[1] for row in rows})
    for day, channel, end, reason, n in rows:
        line = lines.get((day, channel))
        if line is None:
            line = lines[day, channel] = Line(names.get(channel, "?"), channel, day)
        add(line, end, reason, n)
    return sorted(lines.values(), key=lambda line: (line.day, line.channel))


def names_of(channels: Iterable[int]) -> dict[int, str]:
    """The names of `channels`, by id."""
    return dict(Channel.objects.filter(pk__in=list(channels)).values_list("pk", "name"))


def add(line: Line, end: str, reason: str, n: int) -> None:
    """Counts `n` receipts of this end into `line`."""
    line.received += n
    if end:
        setattr(line, end, getattr(line, end) + n)
        if end == End.DROPPED:
            line.reasons[reason] = line.reasons.get(reason, 0) + n
    elif reason == "unreadable":
        line.aside += n
    else:
        line.waiting += n
