"""BackFill: a query looks into the past, of what is stored or of what one channel's source still holds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel
from entendu.mentions.models.query import Query


class Progress(models.TextChoices):
    """Where a search of the past is."""

    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("failed")


class BackFill(Scoped):
    """A job that a worker does piece by piece: `cursor` and the counts move in the transaction that writes a piece, so
    that killing the worker loses nothing. `channel` None: what is stored, from the newest mention down.

    `treated`: rows looked at, of about `estimated` (None: the source does not tell). `found`: what is new, matches or
    raw units; `lost`: matches that the query does not want any more.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="back_fills")
    query = models.ForeignKey(Query, models.CASCADE, related_name="back_fills")
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="back_fills")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Progress.choices, default=Progress.RUNNING)
    cursor = models.BinaryField(default=b"")
    treated = models.PositiveIntegerField(default=0)
    estimated = models.PositiveIntegerField(null=True)
    found = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    next_at = models.DateTimeField()
    stopped_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["query"],
                name="back_fill_stored_once",
                condition=Q(state="running", channel__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["query", "channel"],
                name="back_fill_source_once",
                condition=Q(state="running", channel__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="back_fill_due", condition=Q(state="running")),
            models.Index(fields=["query", "-id"], name="back_fill_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.query_id}:{self.channel_id or ''} {self.state}"

    @property
    def share(self) -> int | None:
        """How far it is, in per cent; None when nobody knows."""
        if self.state == Progress.DONE:
            return 100
        if not self.estimated:
            return None
        return min(99, round(100 * self.treated / self.estimated))
