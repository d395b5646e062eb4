"""Signals as programs see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ninja import Schema

from entendu.analysis.models import Signal

LOADED = ("seen_by", "decided_by")


class SignalOut(Schema):
    id: int
    kind: str
    scope: str
    key: str
    name: str
    level: str
    state: str
    people: int
    people_in_all: int
    hours: int
    expected: float
    low: float
    high: float
    share: float | None
    score: float
    words: list[str]
    started_at: datetime
    last_at: datetime
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None
    decision: str
    reason: str
    decided_at: datetime | None
    decided_by: str | None
    ended_at: datetime | None
    part_of: int | None
    mentions: list[int]


class SignalPage(Schema):
    items: list[SignalOut]
    next: str


def signal_out(
    signal: Signal,
    names: Mapping[tuple[str, str], str],
    people: Mapping[int, int],
    mentions: Sequence[int] = (),
) -> dict[str, Any]:
    """A signal with what its scope is called and how many people it is made of. `mentions`: ids, where asked for."""
    plain = {name: getattr(signal, name) for name in SignalOut.model_fields if hasattr(signal, name)}
    return plain | {
        "name": names.get((signal.scope, signal.key), ""),
        "people_in_all": people.get(signal.pk, 0),
        "seen_by": str(signal.seen_by) if signal.seen_by else None,
        "decided_by": str(signal.decided_by) if signal.decided_by else None,
        "part_of": signal.part_of_id,
        "mentions": list(mentions),
    }
