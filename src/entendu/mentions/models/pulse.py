"""Pulse: how much a channel handed over in a quarter of an hour. Its rhythm is read from it."""

from django.db import models

from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel


class Pulse(Scoped):
    """New units of a channel in the quarter of an hour that begins at `quarter`. Quarters without any have no row."""

    scope_path = "channel__organisation"
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="pulses")
    quarter = models.DateTimeField()
    heard = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "quarter"], name="pulse_once")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.quarter:%Y-%m-%d %H:%M}: {self.heard}"
