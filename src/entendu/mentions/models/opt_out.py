"""OptOut: somebody asked not to be listened to. What he or she says in public to others is not kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Organisation, User
from entendu.accounts.scope import Scoped


class OptOut(Scoped):
    """An account that is not listened to. `account`: its key or handle, lower case, without @; `network` empty:
    on every network."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="opt_outs")
    network = models.CharField(_("network"), max_length=120, blank=True)
    account = models.CharField(_("account"), max_length=255)
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("opt-out")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "network", "account"], name="opt_out_once")
        ]
        indexes = [models.Index(fields=["organisation", "-at", "-id"], name="opt_out_recent")]

    def __str__(self) -> str:
        return self.account
