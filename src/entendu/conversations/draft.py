"""From a Reply row to the Draft that a connector understands."""

from entendu.conversations.models import Reply
from entendu.wire import Draft


def draft_of(reply: Reply) -> Draft:
    """The draft of a reply: the same at every attempt, so that the channel can know it again."""
    mention = reply.answers
    return Draft(
        key=reply.key,
        text=reply.text,
        visibility="private" if reply.visibility == "private" else "public",
        composed_at=reply.composed_at,
        to_key=mention.author.key,
        parent_key=mention.key,
        thread_key=mention.thread_key,
        references=tuple(mention.references),
        title=mention.title or reply.conversation.title,
        signature=reply.by.first_name if reply.by else "",
        extra={name: str(value) for name, value in mention.extra.items()},
    )
