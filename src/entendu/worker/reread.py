"""The stage that reads history again: readings, the conversations that show them, and the days whose figures rest on
them, in one transaction."""

from django.db import transaction

from entendu.analysis.reread import reread_some
from entendu.conversations.columns import refresh
from entendu.conversations.models import Conversation, Part
from entendu.measures.stages import mark_days_of
from entendu.mentions.models import Mention

AT_ONCE = 200  # mentions of one transaction: whoever writes meanwhile waits as long


def reread(limit: int) -> int:
    """Goes on with the rereading that somebody started, a little at a time; returns how many mentions were read."""
    with transaction.atomic():
        read = reread_some(min(limit, AT_ONCE))
        told = Part.objects.filter(mention__in=read).values("conversation")
        for conversation in Conversation.objects.select_for_update().filter(pk__in=told).order_by("pk"):
            refresh(conversation, reading=True)
        mark_days_of(Mention.objects.filter(pk__in=read))
    return len(read)
