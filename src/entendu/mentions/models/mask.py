"""MaskRule: which personal data is masked where. OwnPattern: how an organisation's own numbers are written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped


class PiiKind(models.TextChoices):
    """What is found (`entendu.reading.pii`)."""

    CARD = "card", _("payment card")
    NIR = "nir", _("French social security number")
    IBAN = "iban", _("bank account (IBAN)")
    PHONE = "phone", _("telephone number")
    EMAIL = "email", _("e-mail address")
    ORDER = "order", _("order or file number")


class Place(models.TextChoices):
    """Where it is masked."""

    STORED = "stored", _("in stored texts, and so everywhere")
    SCREEN = "screen", _("in messages on screen")
    API = "api", _("in messages for programs")
    OUTGOING = "outgoing", _("in what leaves for other services")


class MaskRule(Scoped):
    """An organisation's own word on one kind and place; without it, `mentions.masking.DEFAULTS` hold."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mask_rules")
    kind = models.CharField(max_length=8, choices=PiiKind.choices)
    place = models.CharField(max_length=8, choices=Place.choices)
    masked = models.BooleanField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "place"], name="mask_rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.place} {self.masked}"


class OwnPattern(Scoped):
    """A number of ours: 9 stands for a digit, A for a letter, anything else for itself ("CMD-999999")."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="own_patterns")
    pattern = models.CharField(_("pattern"), max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "pattern"], name="own_pattern_once")]

    def __str__(self) -> str:
        return self.pattern
