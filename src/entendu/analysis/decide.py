"""What people do about a signal: they have seen it, take it as an incident, ignore it with a reason, mute its word."""

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.analysis.models import Decision, Mute, Signal, SignalKind, Step, StepKind
from entendu.kit import clock

SENTENCES: dict[str, Promise] = {
    "not_yours": _("This signal is not yours."),
    "not_allowed": _("Your role does not allow this."),
    "no_reason": _("Say why: whoever comes later will want to know."),
    "decided": _("Somebody has decided already."),
    "no_word": _("Only the word of a weak signal can be muted."),
    "muted": _("This word is muted already."),
}


class SignalRefused(ValueError):
    """Nothing was done. `code`: a key of SENTENCES; `str()` is the sentence, in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(SENTENCES[self.code])


@transaction.atomic
def see(signal: Signal, *, by: Membership) -> Signal:
    """`by` has seen it; whether that is somebody who may decide is kept. The first to see stands on the signal.
    Raises SignalRefused."""
    signal = _held(signal, by, "triage")
    if not signal.steps.filter(kind=StepKind.SEEN, by=by.user, at__gte=_new_since(signal)).exists():
        _step(signal, StepKind.SEEN, by)
    if signal.seen_at is None:
        signal.seen_at, signal.seen_by = clock.now(), by.user
        signal.save(update_fields=["seen_at", "seen_by"])
    return signal


@transaction.atomic
def take(signal: Signal, *, by: Membership, reason: str = "") -> Signal:
    """It is an incident, and taken care of. Raises SignalRefused."""
    return _decide(signal, by, Decision.TAKEN, reason)


@transaction.atomic
def ignore(signal: Signal, *, by: Membership, reason: str) -> Signal:
    """It is none, for a reason; it comes back by itself if it doubles. Raises SignalRefused."""
    if not reason.strip():
        raise SignalRefused("no_reason")
    return _decide(signal, by, Decision.IGNORED, reason)


@transaction.atomic
def mute(signal: Signal, *, by: Membership, reason: str) -> Mute:
    """The word of a weak signal raises nothing any more; the signal is ignored. Raises SignalRefused."""
    if not reason.strip():
        raise SignalRefused("no_reason")
    signal = _held(signal, by, "decide")
    if signal.kind != SignalKind.WEAK:
        raise SignalRefused("no_word")
    if Mute.objects.filter(organisation=by.organisation, word=signal.key, ended_at__isnull=True).exists():
        raise SignalRefused("muted")
    done = Mute.objects.create(
        organisation=by.organisation, word=signal.key, reason=reason.strip()[:300], by=by.user, at=clock.now()
    )
    _step(signal, StepKind.MUTED, by, reason=done.reason)
    audit(by.organisation, by, "mute_word", done.word, reason=done.reason)
    if not signal.decision:
        _decide(signal, by, Decision.IGNORED, reason)
    return done


@transaction.atomic
def unmute(muted: Mute, *, by: Membership) -> None:
    """The word may raise signals again. Raises SignalRefused."""
    if muted.organisation_id != by.organisation_id:
        raise SignalRefused("not_yours")
    if not by.may("decide"):
        raise SignalRefused("not_allowed")
    ended = Mute.objects.filter(pk=muted.pk, ended_at__isnull=True)
    if ended.update(ended_at=clock.now(), ended_by=by.user):
        audit(by.organisation, by, "unmute_word", muted.word)


def _decide(signal: Signal, by: Membership, decision: Decision, reason: str) -> Signal:
    signal = _held(signal, by, "decide")
    if signal.decision:
        raise SignalRefused("decided")
    now = clock.now()
    if signal.seen_at is None:
        signal.seen_at, signal.seen_by = now, by.user
        _step(signal, StepKind.SEEN, by)
    signal.decision, signal.reason = decision, reason.strip()[:300]
    signal.decided_at, signal.decided_by = now, by.user
    signal.save()
    _step(signal, StepKind(decision.value), by, reason=signal.reason)
    return signal


def _held(signal: Signal, by: Membership, right: str) -> Signal:
    """The signal, locked and as it is now. Raises SignalRefused."""
    if signal.organisation_id != by.organisation_id:
        raise SignalRefused("not_yours")
    if not by.may(right):
        raise SignalRefused("not_allowed")
    return Signal.objects.select_for_update().get(pk=signal.pk)


def _new_since(signal: Signal) -> object:
    """When it was last new."""
    steps = signal.steps.filter(kind__in=[StepKind.RAISED, StepKind.GREW])
    return steps.order_by("-at").values_list("at", flat=True).first() or signal.raised_at


def _step(signal: Signal, kind: StepKind, by: Membership, **data: object) -> Step:
    return Step.objects.create(
        organisation_id=signal.organisation_id,
        signal=signal,
        kind=kind,
        by=by.user,
        at=clock.now(),
        data={"decides": by.may("decide")} | data,
    )
