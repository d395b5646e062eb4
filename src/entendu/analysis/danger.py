"""Words of danger need no volume: one mention raises a signal, in the transaction that counts it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from entendu.analysis.models import Level, Sample, Scope, Signal, SignalKind, StepKind
from entendu.analysis.models.analysis import Urgency
from entendu.analysis.raising import Found, note, raise_signal
from entendu.analysis.voices import heard, with_voices
from entendu.kit import clock
from entendu.kit.fold import fold
from entendu.mentions.models import Mention
from entendu.reading.safety import danger

LATE = timedelta(days=3)  # what was said before is history


def raise_danger(organisation: int, mentions: Sequence[int]) -> None:
    """Raises the signals of `mentions` whose reading in force says danger; those which a person read otherwise leave
    theirs. One signal for each word of danger; one for those that the machine alone read so."""
    said = heard().filter(pk__in=mentions, organisation_id=organisation)
    dangerous = said.filter(analysis__urgency=Urgency.SAFETY, said_at__gte=clock.now() - LATE)
    groups: dict[str, list[Mention]] = defaultdict(list)
    shown: dict[str, str] = {}
    for one in dangerous:
        word = " ".join((danger(f"{one.title}\n{one.text}") or "").lower().split())[:120]
        groups[fold(word)[:120]].append(one)
        shown.setdefault(fold(word)[:120], word)
    for key, group in groups.items():
        raise_signal(_found(organisation, key, shown[key], group))
    take_back(organisation, mentions)


def take_back(organisation: int, mentions: Sequence[int]) -> None:
    """Mentions that are no danger by the reading in force, or are gone, leave the signals; an empty one ends."""
    still = heard().filter(pk__in=mentions, analysis__urgency=Urgency.SAFETY).values("pk")
    wrong = Sample.objects.filter(
        signal__organisation=organisation,
        signal__kind=SignalKind.SAFETY,
        signal__ended_at__isnull=True,
        mention__in=mentions,
    ).exclude(mention__in=still)
    touched = set(wrong.values_list("signal", flat=True))
    if not touched:
        return
    wrong.delete()
    full = Sample.objects.filter(signal__in=touched).values("signal")
    for signal in Signal.objects.filter(pk__in=touched).exclude(pk__in=full).select_for_update():
        signal.ended_at = clock.now()
        signal.save(update_fields=["ended_at"])
        note(signal, StepKind.ENDED, why="corrected")


def _found(organisation: int, key: str, word: str, group: Sequence[Mention]) -> Found:
    ids = {one.pk for one in group}
    known = Sample.objects.filter(
        signal__organisation=organisation,
        signal__kind=SignalKind.SAFETY,
        signal__key=key,
        signal__ended_at__isnull=True,
    )
    everybody = with_voices(heard().filter(pk__in=ids | set(known.values_list("mention", flat=True))))
    return Found(
        organisation=organisation,
        kind=SignalKind.SAFETY,
        scope=Scope.ORGANISATION.value,
        key=key,
        level=Level.HIGH,
        score=0.0,
        people=everybody.values("voice").distinct().count(),
        started_at=min(one.said_at for one in group),
        last_at=max(one.said_at for one in group),
        mentions=ids,
        words=[word] if word else [],
        quote=max(group, key=lambda one: one.said_at).pk,
    )
