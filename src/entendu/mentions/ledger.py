"""The ledger: each receipt has exactly one end. Counted by channel and day, and proved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet, Sum

from entendu.channels.models import Channel
from entendu.mentions.models import End, Forgotten, Receipt


@dataclass(slots=True)
class Line:
    """What a channel handed to us on one day (of its organisation), and where it ended. `waiting`: not decided yet;
    `aside`: could not be read, a person decides. `reasons`: why what was dropped was. `forgotten`: what a firehose
    brought that concerned nobody here; nothing of it was stored, and `received` does not count it."""

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
    forgotten: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def came(self) -> int:
        """All that came: what was stored, and what was forgotten at once."""
        return self.received + self.forgotten

    @property
    def balanced(self) -> bool:
        """Whether the ends, what waits and what was set aside add up to what came."""
        ends = self.conversation + self.attached + self.watched + self.dropped
        return self.received == ends + self.waiting + self.aside


def ledger(
    receipts: QuerySet[Receipt],
    forgotten: QuerySet[Forgotten] | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> list[Line]:
    """The lines for `receipts` and what was `forgotten` beside them (those of an organisation, say), oldest day first.
    `until` is included. One index holds all that is counted: no receipt is read."""
    if forgotten is None:
        forgotten = Forgotten.objects.none()
    if since:
        receipts, forgotten = receipts.filter(day__gte=since), forgotten.filter(day__gte=since)
    if until:
        receipts, forgotten = receipts.filter(day__lte=until), forgotten.filter(day__lte=until)
    counted = receipts.order_by().values_list("day", "channel", "end", "reason").annotate(n=Count("pk"))
    lines: dict[tuple[date, int], Line] = {}
    rows = list(counted)
    let_go = list(forgotten.order_by().values_list("day", "channel").annotate(n=Sum("count")))
    names = names_of({row[1] for row in (*rows, *let_go)})
    for day, channel, end, reason, n in rows:
        line = lines.get((day, channel))
        if line is None:
            line = lines[day, channel] = Line(names.get(channel, "?"), channel, day)
        add(line, end, reason, n)
    for day, channel, n in let_go:
        line = lines.setdefault((day, channel), Line(names.get(channel, "?"), channel, day))
        line.forgotten = n
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
