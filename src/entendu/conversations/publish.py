"""What a public reply would tell of somebody: numbers that are never published, and what the person wrote here."""

from entendu.conversations.models import Conversation
from entendu.mentions.masking import rules_of
from entendu.reading import pii

NEVER = frozenset({"card", "nir", "iban"})


def published(conversation: Conversation, text: str) -> list[str]:
    """The words of `text` that would publish personal data. Our own telephone number or address is none: of those, only
    what the person said in the conversation counts."""
    if not pii.may_hold(text, pii.KINDS):
        return []
    patterns = rules_of([conversation.organisation_id])[conversation.organisation_id].patterns
    found = [(one.kind, text[one.start : one.end]) for one in pii.find(text, patterns=patterns)]
    if not found:
        return []
    heard = conversation.parts.filter(mention__ours=False).values_list("mention__title", "mention__text")
    said = {bare(word) for pair in heard for part in pair for word in part.split()}
    whole = [bare(f"{title} {body}") for title, body in heard]
    return [
        word
        for kind, word in found
        if kind in NEVER or bare(word) in said or any(bare(word) in one for one in whole)
    ]


def bare(word: str) -> str:
    """Letters and digits alone, lower case."""
    return "".join(sign for sign in word.lower() if sign.isalnum())
