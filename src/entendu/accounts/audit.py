"""Writes the trail of what people changed."""

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.kit import clock


def audit(organisation: Organisation, by: Membership | None, verb: str, target: str, **data: object) -> Audit:
    """One line in the trail; `by` None: the command line or the loop itself. Never put a secret in `data`."""
    user = by.user if by else None
    return Audit.objects.create(
        organisation=organisation, by=user, at=clock.now(), verb=verb, target=target[:120], data=data
    )


def redact(organisation: Organisation, *, names: set[str]) -> int:
    """Takes the names of somebody who asked to be forgotten out of the trail; the acts stay. Returns how many."""
    changed = []
    for one in Audit.objects.filter(organisation=organisation, verb__in=("link", "unlink")):
        if one.target in {name[:120] for name in names} or one.data.get("author") in names:
            one.target, one.data = "…", {key: value for key, value in one.data.items() if key != "author"}
            changed.append(one)
    Audit.objects.bulk_update(changed, ["target", "data"], batch_size=200)
    return len(changed)
