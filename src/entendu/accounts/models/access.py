"""Ways in besides the password: a link that works once, a token for programs. Only their hashes are kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models.membership import Membership
from entendu.accounts.models.user import User
from entendu.accounts.scope import Scoped


class SignInLink(models.Model):
    """A one-time address that signs a user in. Used once, within its time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"


class ApiToken(Scoped):
    """A program acts for a member, with the member's rights."""

    scope_path = "member__organisation"
    member = models.ForeignKey(Membership, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("token")

    def __str__(self) -> str:
        return self.name
