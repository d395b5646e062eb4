"""Sample organisations: marked as such, and gone in one click."""

from django.db import transaction

from entendu.accounts.members import MemberRefused
from entendu.accounts.models import Membership, Organisation, User


@transaction.atomic
def remove_sample(organisation: Organisation, *, by: Membership | None = None) -> int:
    """Removes a sample organisation with all that it holds; returns how many rows went.

    People who only worked there go too; whoever asked stays, to sign in elsewhere. Raises MemberRefused when the
    organisation is not a sample: real work is never removed by this door.
    """
    if not organisation.is_sample:
        raise MemberRefused("not_sample")
    people = [place.user_id for place in organisation.memberships.all()]
    rows, _ = organisation.delete()
    leaving = User.objects.filter(pk__in=people, memberships__isnull=True)
    gone, _ = (leaving.exclude(pk=by.user_id) if by else leaving).delete()
    return rows + gone
