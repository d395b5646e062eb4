"""One-time links: a way in without a password, once."""

import hashlib
import secrets
from datetime import timedelta

from entendu.accounts.models import SignInLink, User
from entendu.kit import clock


def make_link(user: User, *, lasts: timedelta = timedelta(days=1)) -> str:
    """A new one-time token for `user`; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    SignInLink.objects.create(
        user=user, digest=_digest(token), created_at=clock.now(), expires_at=clock.now() + lasts
    )
    return token


def use_link(token: str) -> User | None:
    """The user whom `token` lets in, or None: unknown, used or too old. It works once, whoever races."""
    waiting = SignInLink.objects.filter(
        digest=_digest(token), used_at__isnull=True, expires_at__gt=clock.now(), user__is_active=True
    )
    link = waiting.select_related("user").first()
    if link is None or not waiting.filter(pk=link.pk).update(used_at=clock.now()):
        return None
    return link.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
