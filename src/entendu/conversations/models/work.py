"""The rows of the work: who has it, what was noted, when it was paused, closed. Who and when, always."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership, User
from entendu.accounts.scope import Scoped
from entendu.conversations.models.conversation import Conversation


class Assignment(Scoped):
    """A user has a conversation, from one date to another. One at a time."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="assignments")
    user = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="assignment_one", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.user}"


class Closure(Scoped):
    """A conversation is closed, by someone, for a reason; or was, until it was reopened."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="closures")
    reason = models.CharField(_("reason"), max_length=20, default="solved")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="closure_one", condition=Q(reopened_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.reason}"


class Snooze(Scoped):
    """A conversation sleeps until a date, or until the customer speaks."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="snoozes")
    until = models.DateTimeField(_("until"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="snooze_one", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} → {self.until:%Y-%m-%d}"


class Note(Scoped):
    """An internal word. The customer never sees it."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    text = models.TextField(_("note"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:80]


class Nudge(Scoped):
    """A note named a colleague: @karim."""

    scope_path = "note__conversation__organisation"
    note = models.ForeignKey(Note, models.CASCADE, related_name="nudges")
    member = models.ForeignKey(Membership, models.CASCADE, related_name="nudges")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "member"], name="nudge_once")]
        indexes = [models.Index(fields=["member"], name="nudge_unseen", condition=Q(seen_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.note_id} → {self.member_id}"
