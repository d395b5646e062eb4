"""QueryVersion: what a query was from one moment on, who changed it, and what that did to its volume."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.mentions.models.query import Query


class Change(models.TextChoices):
    """What made a version."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    SWITCHED_ON = "switched_on", _("switched on")
    SWITCHED_OFF = "switched_off", _("switched off")
    REVIEWED = "reviewed", _("reviewed")


class QueryVersion(Scoped):
    """A query as it was from `at` on. Append-only. `grounds` holds every other column by name; `effect` is what
    `entendu.mentions.effect.Effect` says, empty when the text did not change."""

    scope_path = "query__organisation"
    query = models.ForeignKey(Query, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    change = models.CharField(max_length=12, choices=Change.choices)
    text = models.TextField()
    grounds = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    effect = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["query", "number"], name="query_version_once")]

    def __str__(self) -> str:
        return f"{self.query_id}.{self.number}"
