"""Person: a human. Identity: the claim that an author is that person, with its evidence; it can be undone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped
from entendu.mentions.models import Author


class Person(Scoped):
    """A human across accounts. Made with the first account seen; more are linked by people, never by inference."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        parts = [part for part in self.name.lstrip("@").replace("_", " ").replace(".", " ").split() if part]
        return (
            "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts))[:2].upper()
            or "?"
        )


class Evidence(models.TextChoices):
    """Why we say that an account is a person."""

    FIRST_SEEN = "first_seen", _("first account seen")
    SAME_ADDRESS = "same_address", _("same e-mail address")
    SAME_HANDLE = "same_handle", _("same handle on another network")
    SAID_SO = "said_so", _("the person said so")
    JUDGEMENT = "judgement", _("a colleague's judgement")


class Identity(Scoped):
    """An author is a person, since when, by whom and why. Proposed claims wait for a person; ended ones stay."""

    scope_path = "person__organisation"
    author = models.ForeignKey(Author, models.CASCADE, related_name="identities")
    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    evidence = models.CharField(max_length=14, choices=Evidence.choices)
    note = models.CharField(max_length=300, blank=True)
    confidence = models.FloatField()  # in [0, 1]
    proposed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("identity")
        constraints = [
            models.UniqueConstraint(
                fields=["author"],
                name="identity_one_in_force",
                condition=Q(confirmed_at__isnull=False, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="identity_confidence"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"],
                name="identity_of_person",
                condition=Q(confirmed_at__isnull=False, ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.author_id} → {self.person_id}"
