"""Reconciliation: what a source says that it holds, against what we hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel


class Verdict(models.TextChoices):
    """What came out of it."""

    AGREES = "agrees", _("agrees")
    MENDED = "mended", _("something was missing, and was fetched")
    GAP = "gap", _("something is missing")
    FAILED = "failed", _("the source did not answer")


class Reconciliation(Scoped):
    """One comparison. `there`: what the source lists since `since`; `here`: how many of these we held, of which
    `fetched` only since the comparison; `missing`: those that could not be had, `keys` names some; `extra`: what we
    heard in these days and the source does not list any more. A channel that follows many addresses has one row a day:
    `asked` addresses were asked, of which `unanswered` did not answer; `extra` is not counted, for feeds roll."""

    scope_path = "channel__organisation"
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="reconciliations")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField()
    at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    there = models.PositiveIntegerField(default=0)
    here = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)
    whole = models.BooleanField(default=True)  # whether the source told all of it
    keys = models.JSONField(default=list)
    asked = models.PositiveIntegerField(default=0)
    unanswered = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["channel", "-at"], name="reconciliation_recent")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.at:%Y-%m-%d}: {self.there} there, {self.here} here"
