"""Writes the trail of what people changed."""

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.kit import clock


def audit(organisation: Organisation, by: Membership | None, verb: str, target: str, **data: object) -> Audit:
    """One line in the trail; `by` None: the command line or the loop itself. Never put a secret in `data`."""
    user = by.user if by else None
    return Audit.objects.create(
        organisation=organisation, by=user, at=clock.now(), verb=verb, target=target[:120], data=data
    )
