"""Query: a saved boolean search, with the grounds on which it listens. Match: a mention that it found."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.kit import clock
from entendu.mentions.models.mention import Mention


class Basis(models.TextChoices):
    """The legal basis on which what people say is treated: the six of article 6(1) of the GDPR."""

    LEGITIMATE_INTEREST = "legitimate_interest", _("legitimate interest")
    CONSENT = "consent", _("consent")
    CONTRACT = "contract", _("contract")
    LEGAL_OBLIGATION = "legal_obligation", _("legal obligation")
    VITAL_INTEREST = "vital_interest", _("vital interest")
    PUBLIC_TASK = "public_task", _("public task")


class Takes(models.TextChoices):
    """Which posts a query may take. What is neither public nor addressed to us is taken by none."""

    BOTH = "both", _("public posts, and what is addressed to us")
    PUBLIC = "public", _("public posts only")
    ADDRESSED = "addressed", _("only what is addressed to us")


class Tracked(models.TextChoices):
    """Whose name a query listens for, where it is one: its share of voice is measured."""

    OWN = "own", _("our own name")
    OTHER = "other", _("another name")


class Query(Scoped):
    """What we listen for. None runs without a purpose, a legal basis, a reviewer and the day of the next review:
    `entendu.mentions.governance.running`. A reviewer whose account is removed leaves an empty column."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="queries")
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("query"), max_length=4096)
    purpose = models.CharField(_("purpose"), max_length=300)
    basis = models.CharField(_("legal basis"), max_length=20, choices=Basis.choices, blank=True)
    balance = models.TextField(_("balance of interests"), max_length=2000, blank=True)
    takes = models.CharField(_("takes"), max_length=10, choices=Takes.choices, default=Takes.BOTH)
    opens_conversations = models.BooleanField(_("opens conversations"), default=False)
    wide = models.BooleanField(
        _("wide on purpose"), default=False
    )  # no selective clause, and somebody agreed
    tracked = models.CharField(_("tracked name"), max_length=5, choices=Tracked.choices, blank=True)
    active = models.BooleanField(_("active"), default=True)
    reviewer = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    review_on = models.DateField(_("next review"), null=True)
    reviewed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("query")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="query_name_once"),
            models.CheckConstraint(condition=~Q(purpose=""), name="query_has_purpose"),
            models.CheckConstraint(
                condition=Q(active=False) | (~Q(basis="") & Q(review_on__isnull=False)),
                name="query_runs_on_grounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def today() -> date:
    """The day, in UTC."""
    return clock.now().date()


class Match(Scoped):
    """A query found a mention. `day` (UTC): when the mention was said, so that a query's volume is counted in one
    index."""

    scope_path = "query__organisation"
    query = models.ForeignKey(Query, models.CASCADE, related_name="matches")
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="matches")
    day = models.DateField(default=today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["query", "mention"], name="match_once")]
        indexes = [models.Index(fields=["query", "day"], name="match_by_day")]

    def __str__(self) -> str:
        return f"{self.query_id}:{self.mention_id}"
