"""A person says otherwise than the machine; the conversation is read and weighed anew."""

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.analysis import correct as analysis
from entendu.analysis.models import Correction
from entendu.conversations.columns import refresh
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import lock
from entendu.conversations.models import Kind, Part
from entendu.mentions.models import Mention


def correct(mention: Mention, *, by: Membership, facet: str, value: str, sampled: bool = False) -> Correction:
    """Sets `facet` of what was read in `mention`; also for one that is in no conversation. VerbRefused."""
    if by.organisation_id != mention.organisation_id:
        raise VerbRefused("not_yours")
    if not by.may("correct"):
        raise VerbRefused("not_allowed")
    with transaction.atomic():
        part = Part.objects.filter(mention=mention).select_related("conversation").first()
        if part is not None:
            lock(part.conversation)
        try:
            written = analysis.correct(mention, by=by.user, facet=facet, value=value, sampled=sampled)
        except analysis.BadCorrection as error:
            raise VerbRefused("not_read" if error.code == "not_read" else "bad_value") from error
        if part is not None:
            record(part.conversation, Kind.CORRECTED, by=by, mention=mention.pk, facet=facet, value=value)
            refresh(part.conversation, reading=True)
        return written
