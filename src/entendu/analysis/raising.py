"""Raises a signal, or tells the open one that it grew. Idempotent: one is open at a time for a kind, scope and key."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from entendu.analysis.models import Decision, Sample, Signal, SignalKind, Step, StepKind
from entendu.analysis.tell import tell
from entendu.kit import clock

MOST_SAMPLES = 500
SAME = 0.6  # share of common messages from which on two signals are one event
GROWTH = 2.0  # times the people of when it was last new: new again


@dataclass(frozen=True, slots=True)
class Found:
    """What was found to move. `mentions`: what it is made of; the rest as in Signal."""

    organisation: int
    kind: SignalKind
    scope: str
    key: str
    level: str
    score: float
    people: int
    started_at: datetime
    last_at: datetime
    mentions: Collection[int]
    hours: int = 1
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    share: float | None = None
    words: list[str] = field(default_factory=list)
    curve: dict[str, object] = field(default_factory=dict)
    quote: int | None = None


@transaction.atomic
def raise_signal(found: Found) -> Signal:
    """The open signal of what was found: a new one, or the known one brought up to date."""
    place = {
        "organisation_id": found.organisation,
        "kind": found.kind,
        "scope": found.scope,
        "key": found.key[:120],
        "ended_at": None,
    }
    signal = Signal.objects.select_for_update().filter(**place).first()
    if signal is None:
        now = clock.now()
        values = _values(found) | {
            "started_at": found.started_at,
            "raised_at": now,
            "told_people": found.people,
        }
        Signal.objects.bulk_create(
            [Signal(**place, **values, part_of=known_event(found))], ignore_conflicts=True
        )
        signal = Signal.objects.select_for_update().get(**place)
        note(signal, StepKind.RAISED, people=found.people, score=found.score)
        tell(signal)
    elif update(signal, found):
        tell(signal)
    left = MOST_SAMPLES - signal.samples.count()
    rows = [Sample(signal=signal, mention_id=mention) for mention in list(found.mentions)[: max(0, left)]]
    Sample.objects.bulk_create(rows, ignore_conflicts=True)
    return signal


def update(signal: Signal, found: Found) -> bool:
    """The open signal as it is now: its loudest stretch is what is told of it. Returns whether it is worth new eyes:
    new again, or high where it was not."""
    before = signal.level
    if (found.score, found.people) >= (signal.score, signal.people):
        for name, value in _values(found).items():
            if value or name not in {"words", "curve", "quote_id"}:
                setattr(signal, name, value)
    signal.started_at = min(signal.started_at, found.started_at)
    signal.last_at = max(signal.last_at, found.last_at)
    again = bool(signal.seen_at or signal.decision == Decision.IGNORED) and grew(signal, found)
    if again:
        renew(signal, found.people)
    signal.save()
    return again or (signal.level != before and signal.seen_at is None)


def grew(signal: Signal, found: Found) -> bool:
    """Whether who has seen it should look again: each new word of danger; of the rest, when twice as many speak."""
    if signal.decision == Decision.TAKEN:
        return False
    if signal.kind == SignalKind.SAFETY:
        return bool(set(found.mentions) - set(signal.samples.values_list("mention", flat=True)))
    return found.people >= GROWTH * max(1, signal.told_people)


def renew(signal: Signal, people: int) -> None:
    """New again; the steps keep who saw it and what was decided before."""
    signal.seen_at = signal.seen_by = signal.decided_at = signal.decided_by = None
    signal.decision, signal.reason = "", ""
    signal.told_people = people
    note(signal, StepKind.GREW, people=people)


def note(signal: Signal, kind: StepKind, **data: object) -> Step:
    """Writes a step that the loop took."""
    return Step.objects.create(
        organisation_id=signal.organisation_id, signal=signal, kind=kind, at=clock.now(), data=data
    )


def known_event(found: Found) -> Signal | None:
    """The open signal (not of danger) that is made of the same messages."""
    mine = list(found.mentions)
    if not mine:
        return None
    others = Sample.objects.filter(
        signal__organisation=found.organisation, signal__ended_at__isnull=True, mention__in=mine
    ).exclude(signal__kind=SignalKind.SAFETY)
    shared = others.values_list("signal").annotate(n=Count("pk")).order_by("-n", "signal")
    for pk, count in shared[:5]:
        other = Signal.objects.get(pk=pk)
        if count >= SAME * min(len(mine), other.samples.count()):
            return other.part_of or other
    return None


def _values(found: Found) -> dict[str, object]:
    return {
        "level": found.level,
        "score": found.score,
        "people": found.people,
        "hours": found.hours,
        "expected": found.expected,
        "low": found.low,
        "high": found.high,
        "share": found.share,
        "words": found.words,
        "curve": found.curve,
        "quote_id": found.quote,
        "last_at": found.last_at,
    }
