"""A person says whether a message contradicts an announcement; an event of its conversation, or a line in the trail."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.analysis.contradict import decide
from entendu.analysis.models import ClaimMatch
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import lock
from entendu.conversations.models import Kind, Part


@transaction.atomic
def judge_claim(match: ClaimMatch, *, by: Membership, decision: str) -> ClaimMatch:
    """`decision`: confirmed · rejected · "" (taken back). VerbRefused."""
    part = Part.objects.filter(mention=match.mention_id).select_related("conversation").first()
    try:
        decided = decide(match, by=by, decision=decision)
    except ValueError as error:
        raise VerbRefused(str(error)) from error
    if part is not None:
        lock(part.conversation)
        record(
            part.conversation,
            Kind.CORRECTED,
            by=by,
            mention=match.mention_id,
            facet="claim",
            value=decision,
            claim=match.claim.text,
        )
    else:
        audit(
            by.organisation, by, "claim_decided", match.claim.text, mention=match.mention_id, value=decision
        )
    return decided
