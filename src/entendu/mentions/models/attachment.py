"""Attachment: a file that came with a mention, kept by its content's hash."""

from django.db import models

from entendu.accounts.scope import Scoped
from entendu.mentions.models.mention import Mention


class Attachment(Scoped):
    """A file: its name as it came (made safe), its type by content, and where its bytes are."""

    scope_path = "mention__organisation"
    mention = models.ForeignKey(Mention, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the bytes; empty: only `url` is known
    url = models.URLField(max_length=1000, blank=True)
    inline = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="attachment_bytes")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether it can be shown in the page."""
        return self.media_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}
