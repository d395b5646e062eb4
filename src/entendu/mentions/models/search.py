"""SearchEntry: a mention as the stored search sees it. Written when the mention is read, gone with its text."""

from django.db import models

from entendu.accounts.scope import Scoped
from entendu.mentions.models.mention import Mention


class SearchEntry(Scoped):
    """The folded text and the fields of `entendu.reading.query.Document` that the mention's own columns do not hold,
    in their normal forms. SQLite indexes `folded` in a table `…_fts` that triggers keep; PostgreSQL in a column
    `search`, unknown to Django, that `mentions.index` writes."""

    scope_path = "mention__organisation"
    mention = models.OneToOneField(Mention, models.CASCADE, primary_key=True, related_name="search_entry")
    folded = models.TextField()
    lang = models.CharField(max_length=8, blank=True)
    author = models.CharField(max_length=255, blank=True)
    site = models.CharField(max_length=1000, blank=True)
    image = models.BooleanField(default=False)
    link = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.folded[:80]
