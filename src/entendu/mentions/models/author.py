"""Author: an account on a network. Who is behind it is a Person, and a claim."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation
from entendu.accounts.scope import Scoped


class Author(Scoped):
    """An account that spoke. `ours`: it is the organisation's own."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="authors")
    network = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    handle = models.CharField(_("handle"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    url = models.URLField(max_length=500, blank=True)
    audience = models.PositiveIntegerField(_("audience"), null=True)
    ours = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)  # usual language, for very short texts
    recognised_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("author")
        constraints = [models.UniqueConstraint(fields=["organisation", "network", "key"], name="author_once")]
        indexes = [
            models.Index(fields=["organisation", "handle"], name="author_handle"),
            models.Index(
                fields=["id"], name="author_to_recognise", condition=models.Q(recognised_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The name to show: what the person chose, else the handle."""
        return self.name or self.handle or self.key

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        parts = [part for part in self.shown.lstrip("@").replace("_", " ").replace(".", " ").split() if part]
        letters = [part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)]
        return "".join(letters)[:2].upper() or "?"
