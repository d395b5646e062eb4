"""Writer: an endpoint that may write better lines than extraction does. Off until an administrator turns it on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped


class Writer(Scoped):
    """Where an organisation lets its summaries be written: an address that speaks OpenAI's chat completions, a model
    there, a key that is sealed. What is sent is masked first."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="writer")
    base_url = models.URLField(_("address"), max_length=300)
    model = models.CharField(_("model"), max_length=120)
    sealed_key = models.BinaryField(default=b"")
    active = models.BooleanField(_("active"), default=False)
    changed_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("writer")

    def __str__(self) -> str:
        return f"{self.model} ({self.base_url})"


class Written(Scoped):
    """A line that a machine wrote about `subject` ("signal/12"), from `mentions`. Shown as such, with the model's
    name; gone with any message that it was made from."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=400)
    model = models.CharField(max_length=120)
    mentions = models.JSONField(default=list)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "subject", "language"], name="written_once")
        ]

    def __str__(self) -> str:
        return self.text
