"""Presence: who looks at a conversation now, and who writes. Rows fade by their date."""

from django.db import models

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.conversations.models.conversation import Conversation


class Presence(Scoped):
    """A user has a conversation open. Believed for a few seconds after `at`."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    writing = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.user_id}"
