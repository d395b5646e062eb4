"""A person says otherwise than the machine, or the same. The person wins everywhere at once; the machine's word is
kept, and the organisation's own model learns from it."""

from django.db import transaction

from entendu.accounts.models import User
from entendu.analysis.models import Analysis, Correction, Facet
from entendu.analysis.models.analysis import Intent, Sentiment, Urgency
from entendu.analysis.models.learning import Subject
from entendu.analysis.read_once import as_text
from entendu.analysis.teach import mark_due
from entendu.kit import clock
from entendu.mentions.index import set_language
from entendu.mentions.models import Mention

YES_NO = ("yes", "no")
CHOICES: dict[str, tuple[str, ...]] = {
    Facet.SENTIMENT: tuple(Sentiment.values),
    Facet.INTENT: tuple(Intent.values),
    Facet.URGENCY: tuple(Urgency.values),
    Facet.DISAPPOINTED: YES_NO,
    Facet.OFFENSIVE: YES_NO,
}


class BadCorrection(ValueError):
    """There is no such facet, or it cannot have this value. `code`: facet · value · not_read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def correct(mention: Mention, *, by: User, facet: str, value: str, sampled: bool = False) -> Correction:
    """Sets `facet` of a mention's reading to `value`; the value that it has confirms it. `sampled`: the message was
    drawn by lot. Raises BadCorrection."""
    check(facet, value)
    analysis = Analysis.objects.select_for_update().filter(mention=mention).first()
    if analysis is None:
        raise BadCorrection("not_read")
    before = as_text(getattr(analysis, facet))
    machine = analysis.machine.get(facet, before)
    correction = Correction.objects.create(
        analysis=analysis,
        facet=facet,
        machine=machine,
        before=before,
        value=value,
        sampled=sampled,
        model=analysis.model,
        by=by,
        at=clock.now(),
    )
    setattr(analysis, facet, value == "yes" if facet in {Facet.DISAPPOINTED, Facet.OFFENSIVE} else value)
    analysis.machine = analysis.machine | {facet: machine}
    analysis.unsure = [one for one in analysis.unsure if one != facet]
    analysis.counted = False
    analysis.save(update_fields=[facet, "machine", "unsure", "counted"])
    if facet == Facet.LANGUAGE:
        set_language(mention.pk, value)
    if facet == Facet.INTENT:
        mark_due(mention.organisation_id, Subject.INTENTS)
    return correction


def check(facet: str, value: str) -> None:
    """Raises BadCorrection unless `value` is one that `facet` can have."""
    if facet == Facet.LANGUAGE:
        if not (2 <= len(value) <= 8 and value.replace("-", "").isalpha()):
            raise BadCorrection("value")
    elif facet not in CHOICES:
        raise BadCorrection("facet")
    elif value not in CHOICES[facet]:
        raise BadCorrection("value")
