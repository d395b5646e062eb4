"""Conversation: a request and all that it takes. Part: a mention's place in it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.analysis.models import Topic
from entendu.channels.models import Channel
from entendu.mentions.models import Author, Mention


class State(models.TextChoices):
    """Denormalised from the rows (Closure, Snooze) for the lists; a test holds both together."""

    OPEN = "open", _("open")
    SNOOZED = "snoozed", _("paused")
    CLOSED = "closed", _("closed")


class Conversation(Scoped):
    """What others call a case or a ticket. It spans channels, public and private.

    Facts are rows (Part, Assignment, Promise, Closure …); the columns after `version` repeat what a list
    needs (conversations/columns.py derives them).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="conversations")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    author = models.ForeignKey(Author, models.CASCADE, related_name="conversations")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="conversations")
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, related_name="conversations")
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    preview = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    sentiment = models.CharField(max_length=8, blank=True)
    intent = models.CharField(max_length=10, blank=True)
    urgency = models.CharField(max_length=8, blank=True)
    disappointed = models.BooleanField(default=False)
    has_photo = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0)
    reasons = models.JSONField(default=list)  # why it stands where it stands: codes, shown in words
    last_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)  # the first customer's word that nobody answered
    # the earliest promise that still binds: running, or broken and not yet made good
    due_at = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)
    weighs_at = models.DateTimeField(null=True)  # when time alone will change the priority

    class Meta:
        verbose_name = _("conversation")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="conversation_number_once")
        ]
        indexes = [
            models.Index(
                F("organisation"),
                F("priority").desc(),
                F("last_at"),
                name="conversation_to_take",
                condition=Q(state="open", owner__isnull=True),
            ),
            models.Index(
                fields=["organisation", "owner", "-priority", "last_at"],
                name="conversation_owned",
                condition=Q(state="open", owner__isnull=False),
            ),
            models.Index(fields=["organisation", "state", "-last_at"], name="conversation_by_state"),
            models.Index(fields=["organisation", "-last_at"], name="conversation_recent"),
            models.Index(
                fields=["organisation", "due_at"], name="conversation_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["wakes_at"], name="conversation_wakes", condition=Q(state="snoozed")),
            models.Index(
                fields=["weighs_at"],
                name="conversation_weighs",
                condition=Q(state="open", weighs_at__isnull=False),
            ),
            models.Index(
                fields=["organisation", "urgency", "waiting_since"],
                name="conversation_urgent",
                condition=Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["author", "-last_at"], name="conversation_of_author"),
            models.Index(
                fields=["last_at"],
                name="conversation_quiet",
                condition=Q(state="open", waiting_since__isnull=True, due_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class Part(Scoped):
    """A mention belongs to a conversation, for a reason. Moved parts remember where they were."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="parts")
    mention = models.OneToOneField(Mention, models.CASCADE, related_name="part")
    why = models.CharField(max_length=12)  # opened · parent · thread · author · person · by_hand
    moved_from = models.ForeignKey(Conversation, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.mention_id}"


class Numbering(models.Model):
    """The last conversation number of an organisation."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
