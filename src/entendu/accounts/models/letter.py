"""Letter: a mail that Entendu itself writes to a member. A row first, sent by the loop."""

from django.db import models
from django.db.models import Q

from entendu.accounts.models.organisation import Organisation
from entendu.accounts.models.user import User
from entendu.accounts.scope import Scoped


class LetterState(models.TextChoices):
    """Where a letter is. `queued → sending → sent`, or `failed`: nobody will get it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Letter(Scoped):
    """What is written to one member. `key`: what it is about, so that it is written once."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="letters")
    to = models.ForeignKey(User, models.CASCADE, related_name="letters")
    key = models.CharField(max_length=120, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=LetterState.choices, default=LetterState.QUEUED)
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(default=0)  # attempts of which nobody knows whether it left
    sent_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=60, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="letter_due", condition=Q(state__in=["queued", "sending"])),
            models.Index(fields=["organisation", "-made_at"], name="letter_recent"),
        ]

    def __str__(self) -> str:
        return self.subject
