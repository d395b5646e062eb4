"""Figure: one rolled-up value. Counts are rows by day and dimension; durations are one row a conversation, so that
medians and percentiles stay exact and every number opens its conversations."""

from django.db import models
from django.db.models import Q

from entendu.accounts.models import Organisation
from entendu.accounts.scope import Scoped


class Figure(Scoped):
    """`value` is a count, or seconds where `subject` (a conversation's id) is set."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=40)
    day = models.DateField()  # in the organisation's time zone
    channel = models.BigIntegerField(null=True)
    language = models.CharField(max_length=8, blank=True)
    topic = models.BigIntegerField(null=True)
    label = models.CharField(max_length=20, blank=True)  # sentiment, intent, outcome: what the measure says
    subject = models.BigIntegerField(null=True)
    value = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "measure", "day"], name="figure_by_day"),
            models.Index(fields=["organisation", "subject"], name="figure_of_subject", condition=Q(subject__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.value}"


class Watermark(models.Model):
    """How far the roll-up has read a table."""

    source = models.CharField(max_length=40, primary_key=True)
    last_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.source}: {self.last_id}"
