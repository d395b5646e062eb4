"""Claim: what the organisation announced. ClaimMatch: a mention holds against it, or for it; a person's word wins."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.analysis.models.topic import Topic
from entendu.mentions.models import Mention


class ClaimKind(models.TextChoices):
    """What an announcement is about."""

    PRICE = "price", _("price")
    TIME = "time", _("time or delay")
    AVAILABILITY = "availability", _("availability")
    QUALITY = "quality", _("quality")
    SERVICE = "service", _("service")
    POLICY = "policy", _("conditions, refunds")
    HOURS = "hours", _("opening hours")
    OTHER = "other", _("other")


class ClaimState(models.TextChoices):
    """Only what is in force is held against what people say."""

    PROPOSED = "proposed", _("proposed")
    IN_FORCE = "in_force", _("in force")
    REFUSED = "refused", _("no announcement")
    ENDED = "ended", _("withdrawn")


class ClaimSource(models.TextChoices):
    """How it came into the register."""

    HAND = "hand", _("entered by hand")
    OWN = "own", _("from our own messages")


class Claim(Scoped):
    """Something announced. `place` and `topic` narrow it to what is said there or about that; `site` is where it stands
    (a page, an ad, a promise). `back_at`: how far the messages of before were looked at, from the newest to the oldest;
    empty once they were."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="claims")
    text = models.CharField(_("announcement"), max_length=300)
    kind = models.CharField(_("kind"), max_length=14, choices=ClaimKind.choices, default=ClaimKind.OTHER)
    place = models.CharField(_("place"), max_length=120, blank=True)
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True, related_name="claims")
    site = models.CharField(_("where it was announced"), max_length=300, blank=True)
    valid_from = models.DateField(_("in force from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=5, choices=ClaimSource.choices, default=ClaimSource.HAND)
    said_in = models.ForeignKey(Mention, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=ClaimState.choices, default=ClaimState.IN_FORCE)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    back_at = models.DateTimeField(null=True)
    back_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("announcement")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "text", "place", "valid_from"], name="claim_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="claim_of_state"),
            models.Index(fields=["id"], name="claim_to_look_back", condition=Q(back_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.text


class ClaimChange(models.TextChoices):
    """What happened to a claim."""

    ADDED = "added", pgettext_lazy("announcement", "added")
    PROPOSED = "proposed", pgettext_lazy("announcement", "proposed")
    CHANGED = "changed", pgettext_lazy("announcement", "changed")
    ACCEPTED = "accepted", pgettext_lazy("announcement", "accepted")
    REFUSED = "refused", pgettext_lazy("announcement", "refused")
    ENDED = "ended", pgettext_lazy("announcement", "withdrawn")


class ClaimVersion(Scoped):
    """What a claim was from a moment on, and who made it so. Append-only."""

    scope_path = "claim__organisation"
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="versions")
    change = models.CharField(max_length=9, choices=ClaimChange.choices)
    data = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.claim_id} {self.change}"


class ClaimMatch(Scoped):
    """The machine's verdict on a mention and a claim, with the words of both (characters [start, end)), and what a
    person said of it: `decision` is empty, "confirmed" (it does contradict) or "rejected"."""

    scope_path = "claim__organisation"
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="matches")
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="claim_matches")
    verdict = models.CharField(max_length=11)  # contradicts · supports · unsure
    confidence = models.FloatField()
    told = models.JSONField(default=list)
    lived = models.JSONField(default=list)
    code = models.CharField(max_length=10)
    model = models.CharField(max_length=40)
    at = models.DateTimeField()
    decision = models.CharField(max_length=9, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "mention"], name="claim_match_once")]
        indexes = [models.Index(fields=["claim", "verdict"], name="claim_match_verdict")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.verdict} {self.mention_id}"


# What counts as a contradiction: a person said so, or the machine did and nobody said otherwise.
CONTRADICTED = Q(decision="confirmed") | Q(decision="", verdict="contradicts")
