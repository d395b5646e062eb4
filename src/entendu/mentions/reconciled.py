"""What comparisons with a source have in common: which keys we hold, and how a hole is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from entendu.channels.alarm import begin_alarm, end_alarm
from entendu.channels.models import Channel, Trouble
from entendu.mentions.models import Receipt, Reconciliation, Verdict

DAYS = 7
EVERY = timedelta(days=1)
NAMED = 50
KEPT = timedelta(days=400)


Also = Mapping[str, Sequence[str]]


def known_keys(channel: Channel, keys: Iterable[str], also: Also | None = None) -> set[str]:
    """Those of `keys` of which we have a receipt, under that key or under one of the others in `also`."""
    names = {name[:255]: key[:255] for key in keys for name in (key, *(also or {}).get(key, ()))}
    known: set[str] = set()
    for some in chunks(list(names)):
        rows = Receipt.objects.filter(channel=channel, key__in=some)
        known.update(names[name] for name in rows.values_list("key", flat=True))
    return known


def chunks(keys: Sequence[str], size: int = 500) -> Iterator[list[str]]:
    """`keys` in portions."""
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])


def tell_gap(row: Reconciliation, **more: str) -> None:
    """Begins the alarm of a hole, ends that of one that was filled, in the transaction that keeps `row`."""
    facts: dict[str, int | float | str] = {"there": row.there, "missing": row.missing, "fetched": row.fetched}
    facts.update(more)
    if row.verdict != Verdict.AGREES:
        begin_alarm(row.channel, Trouble.GAP, since=row.at, facts=facts)
    if row.verdict != Verdict.GAP:
        end_alarm(row.channel, Trouble.GAP)
