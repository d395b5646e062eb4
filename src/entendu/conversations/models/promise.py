"""Promise: what, by when, under which conditions, told on which channel. The share kept is a headline."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.conversations.models.conversation import Conversation
from entendu.conversations.models.reply import Reply


class PromiseState(models.TextChoices):
    OPEN = "open", _("running")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("broken")
    RENEWED = "renewed", _("renewed before it was due")


class Promise(Scoped):
    """An engagement towards the customer. Renewed is neither kept nor broken: it is counted apart."""

    scope_path = "conversation__organisation"
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="promises")
    what = models.CharField(_("what"), max_length=300)
    due_at = models.DateTimeField(_("before"))
    conditions = models.CharField(_("conditions"), max_length=300, blank=True)
    told_in = models.ForeignKey(Reply, models.SET_NULL, null=True, related_name="promises")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=PromiseState.choices, default=PromiseState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    renews = models.ForeignKey("self", models.SET_NULL, null=True, related_name="renewed_by")

    class Meta:
        verbose_name = _("promise")
        indexes = [models.Index(fields=["due_at"], name="promise_running", condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.what
