"""Tokens for programs. A token acts for a member, with the member's rights."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import ApiToken, Membership
from entendu.kit import clock

PREFIX = "ent_"


@transaction.atomic
def make_token(member: Membership, *, name: str) -> str:
    """A new token for `member`: shown once, kept as a hash."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(member=member, name=name[:80], digest=_digest(token), created_at=clock.now())
    audit(member.organisation, member, "make_token", name)
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Membership) -> None:
    """The token works no more."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
    audit(by.organisation, by, "revoke_token", token.name)


def member_of(token: str) -> Membership | None:
    """The member for whom `token` acts, or None: unknown, revoked, or the person is gone."""
    if not token.startswith(PREFIX):
        return None
    found = (
        ApiToken.objects.filter(digest=_digest(token), revoked_at__isnull=True, member__user__is_active=True)
        .select_related("member__user", "member__organisation")
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or clock.now() - found.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=clock.now())
    return found.member


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
