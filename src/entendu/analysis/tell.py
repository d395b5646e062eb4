"""Bad news that is loud is written to those who may decide, at once, and once: when it is raised, and when it is new
again."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entendu.accounts.letters import write_letter
from entendu.accounts.models import Membership
from entendu.accounts.models.membership import MAY
from entendu.analysis.models import Level, Signal, SignalKind, StepKind


def tell(signal: Signal) -> int:
    """Writes to each active member who may decide, in the caller's transaction; returns how many letters are new.
    Only
    what is high and no part of an event that was told; nobody of a sample. Of what customers said, only words that
    several share leave by mail: the page has the rest."""
    if signal.level != Level.HIGH or signal.part_of_id is not None or signal.organisation.is_sample:
        return 0
    round_ = signal.steps.filter(kind__in=[StepKind.RAISED, StepKind.GREW]).count()
    members = Membership.objects.filter(
        organisation=signal.organisation_id, role__in=MAY["decide"], user__is_active=True
    )
    written = 0
    for member in members.select_related("user", "organisation"):
        with translation.override(member.user.language):
            written += write_letter(
                member.organisation,
                member.user,
                key=f"signal:{signal.pk}:{round_}:{member.user_id}",
                subject=subject_of(signal, member),
                text=text_of(signal),
            )
    return written


def subject_of(signal: Signal, member: Membership) -> str:
    """What moves, where."""
    return f"{member.organisation}: {signal.get_kind_display()}"


def text_of(signal: Signal) -> str:
    """The facts in the reader's language, and where to decide."""
    people = ngettext("%(n)d person", "%(n)d people", signal.people) % {"n": signal.people}
    said = {
        SignalKind.SAFETY: _("Somebody may be in danger: %(people)s."),
        SignalKind.SPIKE: _("Many more people speak than usual: %(people)s."),
        SignalKind.DISAPPOINTMENT: _("Disappointment rises: %(people)s."),
    }
    first = said.get(SignalKind(signal.kind), _("Something moves: %(people)s.")) % {"people": people}
    words = _("Its words: %(words)s") % {"words": ", ".join(signal.words)} if signal.words else ""
    address = f"{settings.BASE_URL}/signals/{signal.pk}/"
    lines = [first, words, "", _("See what is behind it, and decide:"), address]
    return "\n".join(line for line in lines if line or line == "")
