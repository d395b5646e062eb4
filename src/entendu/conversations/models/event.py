"""Event: what happened in a conversation. Append-only; live pages, alerts and measures read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.conversations.models.conversation import Conversation


class Kind(models.TextChoices):
    """The verbs, in the past tense."""

    OPENED = "opened", _("opened")
    HEARD = "heard", _("a message came")
    CHANGED = "changed", _("a message was changed by its author")
    TAKEN = "taken", _("taken")
    RELEASED = "released", _("released")
    ASSIGNED = "assigned", _("assigned")
    NOTED = "noted", _("noted")
    REPLIED = "replied", _("reply written")
    UNSENT = "unsent", _("reply taken back")
    SENT = "sent", _("reply sent")
    REFUSED = "refused", _("reply refused by the channel")
    UNCERTAIN = "uncertain", _("reply uncertain")
    PROMISED = "promised", _("promised")
    RENEWED = "renewed", _("promise renewed")
    KEPT = "kept", _("promise kept")
    BROKEN = "broken", _("promise broken")
    SNOOZED = "snoozed", _("paused")
    WOKEN = "woken", _("woken")
    CLOSED = "closed", _("closed")
    REOPENED = "reopened", _("reopened")
    TOPIC = "topic", _("topic set")
    ATTACHED = "attached", _("attached")
    DETACHED = "detached", _("detached")
    CORRECTED = "corrected", _("reading corrected")


class Event(Scoped):
    """Who did what, when. `by` is empty when the loop itself did."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="events")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # of the conversation, after this
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "id"], name="event_stream"),
            models.Index(fields=["conversation", "id"], name="event_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.kind}"
