"""Topic: a subject of an organisation, known by words. Tag: a mention is about it."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.mentions.models import Mention


class TopicKind(models.TextChoices):
    SUBJECT = "subject", _("what it is about")
    INTENT = "intent", _("what the person wants")


class Topic(Scoped):
    """A subject that the organisation follows, or an intent of its own. `words` is a query in the query language;
    empty: by hand, and by what was learned from that."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="topics")
    slug = models.SlugField(max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=TopicKind.choices, default=TopicKind.SUBJECT)
    words = models.TextField(_("words"), blank=True)

    class Meta:
        verbose_name = _("topic")
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="topic_once")]

    def __str__(self) -> str:
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en


class Tag(Scoped):
    """A mention is about a topic: the machine found its words, or a person said so (`by`), or the organisation's own
    model thinks so (`score`: the chance that it gives)."""

    scope_path = "mention__organisation"
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="tags")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="tags")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    score = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mention", "topic"], name="tag_once")]

    def __str__(self) -> str:
        return f"{self.mention_id}: {self.topic_id}"
