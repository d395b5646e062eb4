"""Query: a saved boolean search, with its purpose. Match: a mention that it found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.mentions.models.mention import Mention


class Query(Scoped):
    """What we listen for. None runs without a purpose."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="queries")
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("query"), max_length=4096)
    purpose = models.CharField(_("purpose"), max_length=300)
    opens_conversations = models.BooleanField(_("opens conversations"), default=False)
    active = models.BooleanField(_("active"), default=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("query")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="query_name_once"),
            models.CheckConstraint(condition=~Q(purpose=""), name="query_has_purpose"),
        ]

    def __str__(self) -> str:
        return self.name


class Match(Scoped):
    """A query found a mention."""

    scope_path = "query__organisation"
    query = models.ForeignKey(Query, models.CASCADE, related_name="matches")
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="matches")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["query", "mention"], name="match_once")]

    def __str__(self) -> str:
        return f"{self.query_id}:{self.mention_id}"
