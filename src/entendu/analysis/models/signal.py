"""Signal: something moves that somebody should see early. Step: what was done about it, by whom and when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.mentions.models import Mention


class SignalKind(models.TextChoices):
    """What moves."""

    SAFETY = "safety", _("word of danger")
    SPIKE = "spike", _("spike")
    DISAPPOINTMENT = "disappointment", _("disappointment rises")
    WEAK = "weak", _("weak signal")


class Scope(models.TextChoices):
    """Where it moves. A row is told by its key: an id, a name, or nothing for the whole organisation."""

    ORGANISATION = "organisation", _("everywhere")
    TOPIC = "topic", _("topic")
    QUERY = "query", _("query")
    PLACE = "place", _("place")
    CHANNEL = "channel", _("channel")
    SITE = "site", _("site")


class Level(models.TextChoices):
    """How loud."""

    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


class Decision(models.TextChoices):
    """What was decided."""

    TAKEN = "taken", _("taken as an incident")
    IGNORED = "ignored", _("ignored")


class Signal(Scoped):
    """One thing that moves, from its first message until it is quiet again. One is open at a time for a kind, scope
    and key; `key` of a weak signal is its phrase, of a word of danger that word.

    `people` said so in its last `hours` hours where `expected` would usual be, nine times of ten between `low` and
    `high` (for disappointment: shares in [0, 1] of `people`, beside `share`). `words`: what it is about. `seen_at`,
    `decided_at`, `ended_at` repeat the steps, for the lists; a signal that grows much is new again.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=16, choices=SignalKind.choices)
    scope = models.CharField(max_length=16, choices=Scope.choices, default=Scope.ORGANISATION)
    key = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=8, choices=Level.choices)
    score = models.FloatField(default=0.0)
    people = models.PositiveIntegerField(default=0)
    hours = models.PositiveIntegerField(default=1)
    expected = models.FloatField(default=0.0)
    low = models.FloatField(default=0.0)
    high = models.FloatField(default=0.0)
    share = models.FloatField(null=True)
    words = models.JSONField(default=list)
    # {"until": hour, "people": [], "usual": [], "high": []} by hour, as it was when the signal was last louder
    curve = models.JSONField(default=dict)
    quote = models.ForeignKey(Mention, models.SET_NULL, null=True, related_name="+")  # says it best
    started_at = models.DateTimeField()  # said, not heard: the first message
    last_at = models.DateTimeField()  # the last message
    raised_at = models.DateTimeField()
    told_people = models.PositiveIntegerField(default=0)  # when it was last new
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    part_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts")

    class Meta:
        verbose_name = _("signal")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "scope", "key"],
                name="signal_open_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=~Q(decision="ignored") | ~Q(reason=""), name="signal_ignored_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-raised_at"], name="signal_recent"),
            models.Index(fields=["last_at"], name="signal_open", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.key}"

    @property
    def state(self) -> str:
        """new · seen · taken · ignored · ended."""
        if self.ended_at and not self.decision:
            return "ended"
        return self.decision or ("seen" if self.seen_at else "new")


class Sample(Scoped):
    """A mention that a signal is made of."""

    scope_path = "signal__organisation"
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="samples")
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signal", "mention"], name="signal_sample_once")]

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.mention_id}"


class StepKind(models.TextChoices):
    """What happened to a signal."""

    RAISED = "raised", _("raised")
    GREW = "grew", _("grew: new again")
    SEEN = "seen", _("seen")
    TAKEN = "taken", _("taken as an incident")
    IGNORED = "ignored", _("ignored")
    MUTED = "muted", _("its word was muted")
    ENDED = "ended", _("quiet again")


class Step(Scoped):
    """One thing that happened to a signal. Append-only: how late bad news comes is read from here."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=StepKind.choices)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organisation", "id"], name="step_stream")]

    def __str__(self) -> str:
        return f"{self.signal_id} {self.kind}"


class Mute(Scoped):
    """A word or phrase that raises no weak signal any more: by whom, and why. Ended ones stay."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mutes")
    word = models.CharField(_("word"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "word"], name="mute_once", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.word


class Tally(models.Model):
    """Distinct people who spoke in one hour, in one scope; how many of them were disappointed. Rolled up, so that an
    hour can be held against its past without reading it. `judged`: nothing new since a look at it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    scope = models.CharField(max_length=16, choices=Scope.choices)
    key = models.CharField(max_length=120, blank=True)
    hour = models.DateTimeField()
    people = models.PositiveIntegerField()
    disappointed = models.PositiveIntegerField(default=0)
    judged = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "scope", "key", "hour"], name="tally_once")
        ]
        indexes = [
            models.Index(fields=["hour"], name="tally_to_judge", condition=Q(judged=False)),
            models.Index(fields=["organisation", "hour"], name="tally_by_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key} {self.hour:%Y-%m-%d %H}: {self.people}"


class Listened(models.Model):
    """When the new words of an organisation were last looked for."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    words_at = models.DateTimeField()
    words_due = models.BooleanField(default=True)  # something was said since

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.words_at}"
