"""What moves, as pages, API and command line show it: the signals that ask for eyes, and whom they are made of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from entendu.analysis.models import Decision, Level, Sample, Scope, Signal, SignalKind, Topic
from entendu.analysis.voices import heard, with_voices
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import Mention, Query

MISSED = timedelta(days=7)  # for so long a signal that ended unseen is still shown
STATES = ("moving", "new", "decided", "ended", "all")


def in_state(signals: QuerySet[Signal], state: str) -> QuerySet[Signal]:
    """Those of `signals` in one of STATES, events only (what belongs to another one is told with it), what asks for
    eyes first. "moving": open, or ended before anybody saw it."""
    heads = signals.filter(part_of__isnull=True)
    open_ = Q(ended_at__isnull=True)
    missed = Q(seen_at__isnull=True, ended_at__gte=clock.now() - MISSED)
    conditions = {
        "moving": (open_ & ~Q(decision=Decision.IGNORED)) | missed,
        "new": Q(seen_at__isnull=True) & (open_ | missed),
        "decided": ~Q(decision=""),
        "ended": Q(ended_at__isnull=False),
    }
    found = heads.filter(conditions[state]) if state in conditions else heads
    danger = Case(When(kind=SignalKind.SAFETY, then=Value(0)), default=Value(1), output_field=IntegerField())
    unseen = Case(When(seen_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    loud = Case(
        When(level=Level.HIGH, then=Value(0)),
        When(level=Level.MEDIUM, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    if state in {"moving", "new"}:
        return found.order_by(unseen, danger, loud, "-last_at", "-pk")
    return found.order_by("-raised_at")


def count_new(signals: QuerySet[Signal]) -> int:
    """How many of `signals` nobody has seen."""
    return in_state(signals, "new").order_by().count()


def people_of(signals: Iterable[Signal]) -> dict[int, int]:
    """How many distinct people each signal is made of, by its id. One query."""
    ids = [one.pk for one in signals]
    said = with_voices(heard()).values("pk", "voice")
    voices = {row["pk"]: row["voice"] for row in said.filter(pk__in=_mentions(ids))}
    pairs = {
        (signal, voices[mention])
        for signal, mention in Sample.objects.filter(signal__in=ids).values_list("signal", "mention")
        if mention in voices
    }
    return Counter(signal for signal, _voice in pairs)


def names_of(signals: Iterable[Signal]) -> dict[tuple[str, str], str]:
    """What the scopes of signals are called, by scope and key. Three queries at most."""
    keys: dict[str, set[str]] = {}
    for one in signals:
        keys.setdefault(one.scope, set()).add(one.key)
    named: dict[tuple[str, str], str] = {}
    for scope in (Scope.PLACE, Scope.SITE):
        named |= {(scope.value, key): key for key in keys.get(scope, ())}
    for scope, rows in (
        (Scope.TOPIC, Topic.objects.all()),
        (Scope.QUERY, Query.objects.all()),
        (Scope.CHANNEL, Channel.objects.all()),
    ):
        if wanted := keys.get(scope):
            found: Iterable[object] = rows.filter(pk__in=wanted)
            named |= {(scope.value, str(getattr(one, "pk", ""))): str(one) for one in found}
    return named


def where_from(signal: Signal) -> Mapping[str, list[tuple[str, int]]]:
    """How many messages of a signal by place and by channel, the most first."""
    said = heard().filter(pk__in=_mentions([signal.pk])).order_by()
    by = {"place": F("place"), "channel": F("channel__name")}
    return {
        name: [
            (str(key), count)
            for key, count in said.values_list(path).annotate(n=Count("pk")).order_by("-n")
            if key
        ]
        for name, path in by.items()
    }


def said_in_it(signal: Signal) -> QuerySet[Mention]:
    """The messages of a signal that are still there, the newest first."""
    return heard().filter(pk__in=_mentions([signal.pk])).order_by("-said_at")


def _mentions(signals: Iterable[int]) -> QuerySet[Sample, int]:
    return Sample.objects.filter(signal__in=list(signals)).values_list("mention", flat=True)
