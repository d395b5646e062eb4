"""Audit: what people changed in the settings of an organisation. Append-only; conversations have their own Event."""

from django.db import models

from entendu.accounts.models.organisation import Organisation
from entendu.accounts.models.user import User
from entendu.accounts.scope import Scoped


class Audit(Scoped):
    """One act: who, when, which verb, on what, with which values (never a secret)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="audits")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=120)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="audit_recent")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target}"
