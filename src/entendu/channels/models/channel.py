"""Channel: one configured door. Its cursor moves in the transaction that stores what came."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped


class State(models.TextChoices):
    """How a door is, as its last use told."""

    OK = "ok", _("working")
    DEGRADED = "degraded", _("in difficulty")
    NEEDS_AUTH = "needs_auth", _("must be signed in again")
    BLOCKED = "blocked", _("refused")
    OFF = "off", _("switched off")


class Channel(Scoped):
    """A door: its kind (a connector), settings, sealed secrets, cursor and health."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="channels")
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    settings = models.JSONField(_("settings"), default=dict)
    secrets = models.BinaryField(default=b"")
    kept = models.BinaryField(default=b"")  # what the connector keeps for itself (a session), sealed
    firehose = models.BooleanField(default=False)  # heard by the listener, never pulled
    addressed = models.BooleanField(_("everything here is said to us"), default=False)
    own_handles = models.JSONField(_("our own accounts there"), default=list)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("owner"))
    cursor = models.BinaryField(default=b"")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OK)
    state_code = models.CharField(max_length=60, blank=True)
    state_detail = models.TextField(blank=True)
    state_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    poll_seconds = models.PositiveIntegerField(_("seconds between looks"), default=300)
    next_check_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)  # the last look that did not fail
    heard_at = models.DateTimeField(null=True)
    watch_at = models.DateTimeField(null=True)  # when the loop looks for alarms here; null: at once
    reconcile_at = models.DateTimeField(null=True)  # when the source is asked what it holds; null: at once
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("channel")
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="channel_name_once")]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                name="channel_due",
                condition=Q(next_check_at__isnull=False, retired_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name
