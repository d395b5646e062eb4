"""Reads a conversation's rows again after its words moved or changed."""

from entendu.conversations.columns import refresh
from entendu.conversations.models import Conversation, Part
from entendu.conversations.summary import summarise, word_of

FACTS = ["title", "author", "channel", "opened_at", "preview", "has_photo"]


def renew(conversation: Conversation) -> None:
    """Derives title, author, channel and dates from the words, then every column of the work, and saves them. An
    emptied conversation keeps what it had. The conversation is held by the caller."""
    parts = Part.objects.filter(conversation=conversation).select_related("mention__analysis")
    words = [word_of(part.mention, has_photo=False) for part in parts]
    if words:
        summarise(conversation, words)
        conversation.save(update_fields=FACTS)
        refresh(conversation, reading=True)
