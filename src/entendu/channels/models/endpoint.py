"""Endpoint: an address of ours to which a source pushes. Subscription: what we asked a hub to tell us there."""

from django.db import models
from django.db.models import Q

from entendu.accounts.scope import Scoped
from entendu.channels.models.channel import Channel
from entendu.channels.models.source import Source


class Endpoint(Scoped):
    """A public address that ends in a random token. The token is found by its hash, and shown again from its seal."""

    scope_path = "channel__organisation"
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="endpoints")
    source = models.OneToOneField(Source, models.CASCADE, null=True, related_name="endpoint")
    digest = models.CharField(max_length=64, unique=True)
    token = models.BinaryField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_code = models.CharField(max_length=60, blank=True)
    window = models.BigIntegerField(default=0)  # the minute that is counted
    window_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], name="endpoint_of_channel", condition=Q(source__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.pk}"


class Hearing(models.TextChoices):
    """How a subscription is."""

    WANTED = "wanted"  # to be asked for, or to be renewed
    ASKED = "asked"  # the hub has not confirmed yet
    ACTIVE = "active"
    DENIED = "denied"  # the hub said no: the pull goes on


class Subscription(Scoped):
    """A hub tells us of news of one source, for a time."""

    scope_path = "endpoint__channel__organisation"
    endpoint = models.OneToOneField(Endpoint, models.CASCADE, related_name="subscription")
    hub = models.CharField(max_length=2000)
    topic = models.CharField(max_length=2000)
    secret = models.BinaryField()
    state = models.CharField(max_length=12, choices=Hearing.choices, default=Hearing.WANTED)
    code = models.CharField(max_length=60, blank=True)
    failures = models.PositiveIntegerField(default=0)
    active_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)  # when to ask (again)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="subscription_due", condition=Q(next_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.topic
