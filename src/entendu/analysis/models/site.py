"""Site: where people speak of us, followed or not. Appearance: a mention was said there, or links to it."""

from django.db import models
from django.db.models import Q

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel
from entendu.mentions.models import Mention


class Site(Scoped):
    """A host, or a network without addresses. The columns after `example` repeat what Appearance holds for the last 7
    and 30 days (`analysis/sites.py: count_site`); `due`: something changed since `counted_at`. `channel`: opened from
    here to follow it. `channels` and `places`: the most frequent, as [[channel id or name, how many], …]."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="sites")
    host = models.CharField(max_length=255)
    first_heard_at = models.DateTimeField()
    channel = models.ForeignKey(Channel, models.SET_NULL, null=True, related_name="+")
    ignored_at = models.DateTimeField(null=True)
    ignored_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    example = models.URLField(max_length=1000, blank=True)

    last_heard_at = models.DateTimeField()
    said_7 = models.PositiveIntegerField(default=0)
    said_30 = models.PositiveIntegerField(default=0)
    people_7 = models.PositiveIntegerField(default=0)
    people_30 = models.PositiveIntegerField(default=0)
    linked_30 = models.PositiveIntegerField(default=0)
    negative_30 = models.PositiveIntegerField(default=0)
    neutral_30 = models.PositiveIntegerField(default=0)
    positive_30 = models.PositiveIntegerField(default=0)
    channels = models.JSONField(default=list)
    places = models.JSONField(default=list)
    due = models.BooleanField(default=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "host"], name="site_once")]
        indexes = [
            models.Index(fields=["organisation", "-first_heard_at", "-id"], name="site_newest"),
            models.Index(fields=["counted_at"], name="site_to_count", condition=Q(due=True)),
            models.Index(
                fields=["counted_at"], name="site_ageing", condition=Q(said_30__gt=0) | Q(linked_30__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.host


class Appearance(Scoped):
    """`linked`: the mention was said elsewhere and names an address of the site."""

    scope_path = "site__organisation"
    site = models.ForeignKey(Site, models.CASCADE, related_name="appearances", db_index=False)
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="appearances")
    linked = models.BooleanField(default=False)
    said_at = models.DateTimeField()  # as the mention says

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mention", "site"], name="appearance_once")]
        indexes = [models.Index(fields=["site", "linked", "-said_at"], name="appearance_by_time")]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.mention_id}"
