"""Watch: a colleague decided that a mention asks for nothing but to be watched. It can be taken back."""

from django.db import models

from entendu.accounts.models import User
from entendu.accounts.scope import Scoped
from entendu.mentions.models.mention import Mention


class Watch(Scoped):
    """Who decided so, and when."""

    scope_path = "mention__organisation"
    mention = models.OneToOneField(Mention, models.CASCADE, related_name="watch")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mention_id}"
