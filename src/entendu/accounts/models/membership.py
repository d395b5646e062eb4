"""Membership: a user at work in an organisation, with a role. It is the actor of every verb and every look."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models.organisation import Organisation
from entendu.accounts.models.user import User
from entendu.accounts.scope import Scoped


class Role(models.TextChoices):
    """What one does here. Each role may do what the table `MAY` says, and nothing else."""

    ADMIN = "admin", _("administrator")
    MANAGER = "manager", _("orchestrator")
    AGENT = "agent", _("agent")
    EXPERT = "expert", _("expert")
    READER = "reader", _("reader")


# right -> roles. Looking is everybody's; the rest is named here, once.
MAY: dict[str, frozenset[str]] = {
    "answer": frozenset({Role.ADMIN, Role.MANAGER, Role.AGENT}),
    "note": frozenset({Role.ADMIN, Role.MANAGER, Role.AGENT, Role.EXPERT}),
    "triage": frozenset({Role.ADMIN, Role.MANAGER, Role.AGENT}),
    "correct": frozenset({Role.ADMIN, Role.MANAGER, Role.AGENT, Role.EXPERT}),
    "link": frozenset({Role.ADMIN, Role.MANAGER, Role.AGENT}),
    "decide": frozenset({Role.ADMIN, Role.MANAGER}),
    "listen": frozenset({Role.ADMIN, Role.MANAGER}),
    "administer": frozenset({Role.ADMIN}),
}


class Membership(Scoped):
    """A user in an organisation."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.AGENT)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def may(self, right: str) -> bool:
        """Whether this role carries `right` (a key of MAY; an unknown right is nobody's)."""
        return self.user.is_active and self.role in MAY.get(right, frozenset())
