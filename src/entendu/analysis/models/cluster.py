"""Cluster: a text and its near-duplicates. Copy: a mention's place in one. Bucket: where similar texts meet."""

from django.db import models
from django.db.models import Q

from entendu.accounts.models import Organisation
from entendu.accounts.scope import Scoped
from entendu.mentions.models import Mention


class Cluster(Scoped):
    """A text that may come again. `lead`: the first mention of it that was heard; whoever joins is compared with its
    `signature`, never with another copy's, so that no chain of small changes grows. `open`: it still has buckets."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="clusters")
    lead = models.OneToOneField(Mention, models.SET_NULL, null=True, related_name="leads")
    signature = models.BinaryField()
    touched_at = models.DateTimeField()
    open = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["touched_at"], name="cluster_open", condition=Q(open=True))]

    def __str__(self) -> str:
        return f"cluster {self.pk}"


class Copy(Scoped):
    """A mention of a cluster that has at least two; the lead is one of them. `similarity` to the lead, in [0, 1]."""

    scope_path = "cluster__organisation"
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="copies", db_index=False)
    mention = models.OneToOneField(Mention, models.CASCADE, related_name="copy")
    said_at = models.DateTimeField()  # as the mention says: lists are read in this order
    similarity = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["cluster", "-said_at"], name="copy_by_time")]

    def __str__(self) -> str:
        return f"{self.cluster_id}: {self.mention_id}"


class Bucket(Scoped):
    """A key of a cluster's text. The key holds the organisation: two never meet. The first cluster keeps a key, so that
    a text has as many candidates as it has keys, whatever is stored."""

    scope_path = "cluster__organisation"
    key = models.BigIntegerField(primary_key=True)
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="buckets")

    def __str__(self) -> str:
        return f"{self.key}: {self.cluster_id}"
