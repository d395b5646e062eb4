"""Alarm: something is wrong at a door, from its beginning to its end. One incident a kind is open at a time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.scope import Scoped
from entendu.channels.models.channel import Channel


class Trouble(models.TextChoices):
    """What is wrong."""

    FAILING = "failing", _("does not work")  # several looks in a row failed
    SILENT = "silent", _("silent")  # it works, and nothing comes, against its own rhythm
    GAP = "gap", _("gap")  # the source holds what we do not
    UNREAD = "unread", _("set aside")  # something came that could not be read


class Alarm(Scoped):
    """An incident at a channel. `facts`: the numbers behind the sentence, by name."""

    scope_path = "channel__organisation"
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=8, choices=Trouble.choices)
    code = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when a letter was written that says that it began
    end_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "kind"], name="alarm_open_once", condition=Q(ended_at__isnull=True)
            )
        ]
        indexes = [
            models.Index(fields=["channel", "-noticed_at"], name="alarm_recent"),
            models.Index(
                fields=["id"],
                name="alarm_untold",
                condition=Q(told_at__isnull=True) | Q(end_told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.kind} {self.since:%Y-%m-%d %H:%M}"
