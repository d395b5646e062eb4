"""A way in for a colleague: a one-time link, made by an administrator and handed over by hand."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.members import MemberRefused
from entendu.accounts.models import Membership
from entendu.accounts.sign_in import make_link


@transaction.atomic
def invite(member: Membership, *, by: Membership) -> str:
    """A one-time token that signs `member` in. Raises MemberRefused: not_allowed; elsewhere (the user also works at
    another organisation, where this link would let its bearer in)."""
    if by.organisation_id != member.organisation_id or not by.may("administer"):
        raise MemberRefused("not_allowed")
    if member.user.memberships.exclude(organisation=member.organisation_id).exists():
        raise MemberRefused("elsewhere")
    audit(by.organisation, by, "invite", member.user.email)
    return make_link(member.user)
