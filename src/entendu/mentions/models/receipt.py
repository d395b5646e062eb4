"""Receipt: what a channel handed to us, as it came. The ledger counts its ends."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation
from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel
from entendu.kit import clock


class End(models.TextChoices):
    """Where a receipt ended. Exactly one, and each with its meaning."""

    CONVERSATION = "conversation", _("conversation")  # it opened a conversation
    ATTACHED = "attached", _("attached")  # it joined a conversation, or changed a known mention
    WATCHED = "watched", _("watched")  # kept in the listening stream, nobody has to answer
    DROPPED = "dropped", _("dropped")  # with a reason


def today() -> date:
    """The day of the clock, in UTC. What channels hand over is dated in the organisation's own time zone."""
    return clock.now().date()


class Receipt(Scoped):
    """One raw unit that says one thing. `end` is empty until the loop has decided; what could not be read waits for
    a person: no end yet, and the reason "unreadable". `part_of`: the unit that brought this among other things."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="receipts")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="receipts")
    key = models.CharField(max_length=255)
    content = models.BinaryField()
    media_type = models.CharField(max_length=80)
    note = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    day = models.DateField(default=today)  # of `received_at`, where the organisation is
    part_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts")
    tries = models.PositiveSmallIntegerField(default=0)  # how often the reading was begun
    parsed_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=End.choices, blank=True, default="")
    reason = models.CharField(max_length=60, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    about = models.ForeignKey(  # the mention that it changed or said again: its words are in these bytes too
        "mentions.Mention", models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="receipt_once"),
            models.CheckConstraint(
                condition=~Q(end="dropped") | ~Q(reason=""), name="receipt_dropped_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["tries", "id"], name="receipt_to_read", condition=Q(parsed_at__isnull=True)),
            models.Index(fields=["id"], name="receipt_unended", condition=Q(end="")),
            # without the rows themselves, whose raw bytes are long
            models.Index(fields=["organisation", "received_at", "channel", "end"], name="receipt_tally"),
            # All that the ledger counts: its page never looks at a row.
            models.Index(fields=["organisation", "day", "channel", "end", "reason"], name="receipt_ledger"),
            models.Index(fields=["about"], name="receipt_about", condition=Q(about__isnull=False)),
            models.Index(
                fields=["organisation", "-id"], name="receipt_unread", condition=Q(reason="unreadable")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.key}"


class Forgotten(Scoped):
    """How many units a firehose brought on one day that concerned nobody here: nothing of them was stored."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="forgotten")
    day = models.DateField()  # as the ledger counts days
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "day"], name="forgotten_once")]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.day}: {self.count}"
