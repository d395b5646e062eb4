"""A mention as the query language sees it."""

from entendu.mentions.models import Mention
from entendu.reading.query import Document, document


def document_of(mention: Mention, language: str, *, has_image: bool = False) -> Document:
    """The document of a mention whose author and channel are loaded. `language`: as read."""
    text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    return document(
        text,
        lang=language,
        author=mention.author.handle or mention.author.key,
        site=mention.url or mention.network,
        channel=mention.channel.name,
        kind=mention.channel.kind,
        is_reply=bool(mention.parent_key),
        has_image=has_image,
        has_link="://" in mention.text,
        followers=mention.audience,
    )
