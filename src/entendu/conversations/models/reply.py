"""Reply: what leaves. queued → sending → sent | refused | uncertain; it is never guessed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel
from entendu.conversations.models.conversation import Conversation
from entendu.mentions.models import Mention
from entendu.mentions.models.mention import Visibility


class ReplyState(models.TextChoices):
    QUEUED = "queued", _("on its way")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")
    UNCERTAIN = "uncertain", _("uncertain")
    UNSENT = "unsent", _("taken back")


class Reply(Scoped):
    """An answer in the outbox. `key` is fixed at composition; every attempt carries it."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="replies")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="replies")
    answers = models.ForeignKey(Mention, models.CASCADE, related_name="replies")
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    text = models.TextField()
    key = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    composed_at = models.DateTimeField()
    leaves_at = models.DateTimeField()  # until then it can be taken back
    state = models.CharField(max_length=10, choices=ReplyState.choices, default=ReplyState.QUEUED)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)  # the first attempt since which it may have left
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    native_key = models.CharField(max_length=400, blank=True)  # its echo is known by it
    url = models.URLField(max_length=1000, blank=True)
    code = models.CharField(max_length=60, blank=True)
    detail = models.TextField(blank=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("reply")
        indexes = [
            models.Index(
                fields=["leaves_at"], name="reply_to_send", condition=Q(state__in=["queued", "sending"])
            ),
            models.Index(fields=["conversation"], name="reply_uncertain", condition=Q(state="uncertain")),
            models.Index(fields=["channel", "native_key"], name="reply_echo", condition=~Q(native_key="")),
        ]

    def __str__(self) -> str:
        return self.text[:80]
