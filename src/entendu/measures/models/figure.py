"""Figure: one rolled-up value. Counts are rows by day and dimension; durations are one row a
conversation, so that medians and percentiles stay exact and every number opens its conversations."""

from django.db import models
from django.db.models import Q

from entendu.accounts.models import Organisation
from entendu.accounts.scope import Scoped


class Family(models.TextChoices):
    """What a figure counts. The measures are computed from these and from nothing else."""

    # mentions read, by sentiment/intent; with a topic: those about it; without: all of them
    MENTION = "mention"
    # mentions in which a tracked name is found, by query/sentiment; and of these, near-duplicates once
    VOICE = "voice"
    VOICE_ONCE = "voice_once"
    CORRECTION = "correction"  # mentions whose reading a person changed, by facet, and "any"
    REQUEST = "request"  # a conversation opened: seconds to the first human answer
    TURN = "turn"  # the customer spoke again after an answer: seconds to the next one
    SILENCE = "silence"  # the customer spoke after 24 hours without a word: seconds to the next answer
    CLOSURE = "closure"  # a conversation was solved: seconds since it was opened
    HANDOFF = "handoff"  # changes of owner in a conversation
    PROMISE = "promise"  # a promise fell due


class Figure(Scoped):
    """`value` is a count, or seconds, as its family says; `subject` is a conversation's id."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=40, choices=Family.choices)
    day = models.DateField()  # in the organisation's time zone
    channel = models.BigIntegerField(null=True)
    language = models.CharField(max_length=8, blank=True)
    topic = models.BigIntegerField(null=True)
    # sentiment/intent, facet, outcome: what the family says
    label = models.CharField(max_length=20, blank=True)
    subject = models.BigIntegerField(null=True)
    value = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "measure", "day"], name="figure_by_day"),
            models.Index(
                fields=["organisation", "subject"],
                name="figure_of_subject",
                condition=Q(subject__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.value}"


class Due(models.Model):
    """A day whose counts of mentions must be made anew."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="due_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day}"


class Watermark(models.Model):
    """How far the roll-up has read a table, and how many rows it saw just below: a row that was committed
    late changes that number."""

    source = models.CharField(max_length=40, primary_key=True)
    last_id = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.source}: {self.last_id}"
