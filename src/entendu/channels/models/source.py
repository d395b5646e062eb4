"""Source: one address that a channel follows. Host: whom we must not ask too often, whoever of us asks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.scope import Scoped
from entendu.channels.models.channel import Channel, State


class Host(models.Model):
    """A server with its port. All organisations share its row: it is asked by one of us at a time, and rests in
    between. `next_at` is when the first of its sources is due, a hint that is put right at each visit."""

    name = models.CharField(max_length=260, unique=True)
    next_at = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="host_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["lease"], name="host_lease", condition=Q(lease__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Source(Scoped):
    """One address that a channel follows: its cursor, its rhythm, its health."""

    scope_path = "channel__organisation"
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="sources")
    host = models.ForeignKey(Host, models.PROTECT, related_name="sources")
    address = models.CharField(_("address"), max_length=2000)
    detail = models.CharField(max_length=2000, blank=True)
    digest = models.CharField(max_length=64)  # of address and detail: what makes it one and the same
    title = models.CharField(_("title"), max_length=200, blank=True)
    folder = models.CharField(_("folder"), max_length=200, blank=True)
    cursor = models.BinaryField(default=b"")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OK)
    state_code = models.CharField(max_length=60, blank=True)
    state_detail = models.TextField(blank=True)
    state_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    reconcile_at = models.DateTimeField()  # when it is asked what it holds, at the earliest

    class Meta:
        verbose_name = _("followed address")
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="source_once")]
        indexes = [
            models.Index(
                fields=["host", "next_check_at"], name="source_due", condition=Q(next_check_at__isnull=False)
            ),
            models.Index(fields=["channel", "state"], name="source_by_state"),
            models.Index(
                fields=["reconcile_at"], name="source_reconcile", condition=Q(next_check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.address
