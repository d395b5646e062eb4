"""What an organisation's people teach its reader, what it learned, and which reader read when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.analysis.models.topic import Topic
from entendu.mentions.models import Mention


class TopicSaid(Scoped):
    """A person says that a mention is, or is not, about a topic. The newest of a pair is in force."""

    scope_path = "mention__organisation"
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="topics_said")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="said")
    about = models.BooleanField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mention_id} {'is' if self.about else 'is not'} {self.topic_id}"


class Subject(models.TextChoices):
    """What is learned."""

    TOPICS = "topics", _("topics")
    INTENTS = "intents", _("intents")
    THEMES = (
        "themes",
        _("topics that nobody thought of"),
    )  # no model: `learned_at` says when they were looked for


class Learned(Scoped):
    """A model of the organisation's own, as `reading.own.OwnModel.to_json` writes it. `due`: people spoke since."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="learned")
    subject = models.CharField(max_length=8, choices=Subject.choices)
    data = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    examples = models.PositiveIntegerField(default=0)
    learned_at = models.DateTimeField(null=True)
    due = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "subject"], name="learned_once")]
        indexes = [models.Index(fields=["id"], name="learned_due", condition=Q(due=True))]

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"


class ProposalState(models.TextChoices):
    OPEN = "open", _("proposed")
    TAKEN = "taken", _("a topic of its own")
    MERGED = "merged", _("part of a topic")
    REFUSED = "refused", _("refused")


class Proposal(Scoped):
    """A group of messages that no topic holds: it may become one. `mentions`: ids, the most typical first."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="proposals")
    phrases = models.JSONField(default=list)
    mentions = models.JSONField(default=list)
    people = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ProposalState.choices, default=ProposalState.OPEN)
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "state"], name="proposal_state")]

    def __str__(self) -> str:
        return ", ".join(self.phrases[:3])


class Rereading(Scoped):
    """All that was said since a date is read again by today's reader. One goes on at a time."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rereadings")
    since = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0)  # the last mention that was read again
    models_before = models.JSONField(default=list)
    model = models.CharField(max_length=60, blank=True)
    stopped_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="rereading_open_once", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"

    @property
    def share(self) -> int:
        """Done, in percent."""
        return 100 if not self.total else min(100, 100 * self.done // self.total)


class ReadBy(Scoped):
    """Between which dates a version of the reader read what was said: figures of those days rest on it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="read_by")
    model = models.CharField(max_length=60)
    first_said_at = models.DateTimeField()
    last_said_at = models.DateTimeField()
    first_read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "model"], name="read_by_once")]

    def __str__(self) -> str:
        return self.model
