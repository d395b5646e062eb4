"""Mention: one thing said by someone. Public or private, to us or about us, by a customer or by ourselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation
from entendu.accounts.scope import Scoped
from entendu.channels.models import Channel
from entendu.mentions.models.author import Author
from entendu.mentions.models.receipt import Receipt


class Visibility(models.TextChoices):
    PUBLIC = "public", _("public")
    PRIVATE = "private", _("private")


class Mention(Scoped):
    """What was said. Its text is what the channel shows today; earlier texts are in Revision."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mentions")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="mentions")
    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="mentions")
    author = models.ForeignKey(Author, models.CASCADE, related_name="mentions", db_index=False)
    network = models.CharField(max_length=120)
    key = models.CharField(max_length=400)
    alias = models.CharField(
        max_length=400, blank=True
    )  # what others call it when they answer (a Message-ID)
    thread_key = models.CharField(max_length=400, blank=True)
    parent_key = models.CharField(max_length=400, blank=True)
    references = models.JSONField(default=list)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="answers", db_index=False)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    quoted = models.TextField(blank=True)
    url = models.URLField(max_length=1000, blank=True)
    place = models.CharField(max_length=120, blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    ours = models.BooleanField(default=False)
    addressed = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    language_hint = models.CharField(max_length=8, blank=True)
    audience = models.PositiveIntegerField(null=True)
    extra = models.JSONField(default=dict)
    said_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    analysed_at = models.DateTimeField(null=True)
    gathered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mention")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "network", "key"], name="mention_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "-said_at", "-id"], name="mention_recent"),
            models.Index(fields=["author", "-said_at"], name="mention_by_author"),
            # Without the mentions that answer nothing, which are most: a planner would think the index useless.
            models.Index(fields=["parent"], name="mention_answers", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["organisation", "network", "alias"], name="mention_alias", condition=~Q(alias="")
            ),
            models.Index(
                fields=["organisation", "network", "thread_key"],
                name="mention_thread",
                condition=~Q(thread_key=""),
            ),
            models.Index(
                fields=["organisation", "network", "parent_key"],
                name="mention_orphans",
                condition=~Q(parent_key="") & Q(parent__isnull=True),
            ),
            models.Index(fields=["id"], name="mention_to_analyse", condition=Q(analysed_at__isnull=True)),
            models.Index(
                fields=["id"],
                name="mention_to_gather",
                condition=Q(gathered_at__isnull=True, analysed_at__isnull=False),
            ),
            models.Index(
                fields=["gathered_at"], name="mention_gathered", condition=Q(gathered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:80]


class Revision(Scoped):
    """What a mention said before its author changed it."""

    scope_path = "mention__organisation"
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="revisions")
    receipt = models.ForeignKey(
        Receipt, models.SET_NULL, null=True, related_name="+"
    )  # that brought the change
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:80]
