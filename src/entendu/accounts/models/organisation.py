"""Organisation: whose work this is. Each row of the product belongs to one."""

from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """An organisation that listens and answers."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("usual language"), max_length=8, default="fr")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_sample = models.BooleanField(_("sample data"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin; UTC when the name is none."""
        try:
            return ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")
