"""The names whose share of voice is measured: our own, and those that people compare us with."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.mentions.models import Query, Tracked


class TrackRefused(ValueError):
    """Nothing was changed. `code`: not_yours · not_allowed · bad_value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def track(query: Query, *, by: Membership, tracked: str) -> bool:
    """Says that `query` listens for our own name, another one, or (empty) for no name; returns whether that is new.
    Raises TrackRefused."""
    if by.organisation_id != query.organisation_id:
        raise TrackRefused("not_yours")
    if not by.may("listen"):
        raise TrackRefused("not_allowed")
    if tracked not in {"", *Tracked.values}:
        raise TrackRefused("bad_value")
    changed = Query.objects.filter(pk=query.pk).exclude(tracked=tracked).update(tracked=tracked)
    if changed:
        audit(by.organisation, by, "track_name", query.name, tracked=tracked)
        query.tracked = tracked
    return bool(changed)
