"""Analysis: the reading of one mention. What a person says wins; what the machine said stays beside it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.mentions.models import Mention


class Facet(models.TextChoices):
    """What is read."""

    LANGUAGE = "language", _("language")
    SENTIMENT = "sentiment", _("sentiment")
    INTENT = "intent", _("intent")
    URGENCY = "urgency", _("urgency")
    DISAPPOINTED = "disappointed", _("disappointment")
    OFFENSIVE = "offensive", _("offence")


class Sentiment(models.TextChoices):
    NEGATIVE = "negative", _("negative")
    NEUTRAL = "neutral", _("neutral")
    POSITIVE = "positive", _("positive")


class Intent(models.TextChoices):
    COMPLAINT = "complaint", _("complaint")
    QUESTION = "question", _("question")
    PRAISE = "praise", _("praise")
    IDEA = "idea", _("idea")
    PURCHASE = "purchase", _("purchase")
    OTHER = "other", _("other")


class Urgency(models.TextChoices):
    SAFETY = "safety", _("safety")
    HIGH = "high", _("high")
    NORMAL = "normal", _("normal")
    NONE = "none", _("none")


class Analysis(Scoped):
    """The values in force. `scores` holds the machine's confidence by facet, in [0, 1]; `machine` its words where
    a person said otherwise; `unsure` the facets below their threshold. `read_from`: the mention with the same words
    whose reading this is, when the machine did not read twice; `clustered_at`: near-duplicates were looked for."""

    scope_path = "mention__organisation"
    mention = models.OneToOneField(Mention, models.CASCADE, related_name="analysis")
    language = models.CharField(max_length=8, blank=True)
    sentiment = models.CharField(max_length=8, choices=Sentiment.choices)
    intent = models.CharField(max_length=10, choices=Intent.choices)
    urgency = models.CharField(max_length=8, choices=Urgency.choices)
    disappointed = models.BooleanField(default=False)
    offensive = models.BooleanField(default=False)
    scores = models.JSONField(default=dict)
    unsure = models.JSONField(default=list)
    machine = models.JSONField(default=dict)
    model = models.CharField(max_length=60)
    read_at = models.DateTimeField()
    counted = models.BooleanField(default=False)  # in the tallies of its hour, as it reads today
    read_from = models.ForeignKey(Mention, models.SET_NULL, null=True, related_name="+", db_index=False)
    clustered_at = models.DateTimeField(null=True)
    mapped = models.BooleanField(default=False)  # where it was said is on the map, as it reads today

    class Meta:
        indexes = [
            models.Index(fields=["sentiment", "mention"], name="analysis_sentiment"),
            models.Index(fields=["id"], name="analysis_to_count", condition=models.Q(counted=False)),
            models.Index(
                fields=["read_from"], name="analysis_read_from", condition=Q(read_from__isnull=False)
            ),
            models.Index(fields=["id"], name="analysis_to_cluster", condition=Q(clustered_at__isnull=True)),
            models.Index(fields=["id"], name="analysis_to_map", condition=Q(mapped=False)),
        ]

    def __str__(self) -> str:
        return f"{self.sentiment}/{self.intent}/{self.urgency}"


class Correction(Scoped):
    """A person said otherwise than the machine, or the same: then `value` is `machine`, a confirmation. The newest of a
    facet is in force. `sampled`: said of a message drawn by lot, so that agreement can be counted; `model`: whose word
    it was."""

    scope_path = "analysis__mention__organisation"
    analysis = models.ForeignKey(Analysis, models.CASCADE, related_name="corrections")
    facet = models.CharField(max_length=14, choices=Facet.choices)
    machine = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    value = models.CharField(max_length=20)
    sampled = models.BooleanField(default=False)
    model = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="correction_sampled", condition=models.Q(sampled=True))]

    def __str__(self) -> str:
        return f"{self.facet}: {self.before} → {self.value}"
