"""Makes all figures anew from the base tables: after a restore, a change of time zone, or a doubt."""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.db.models.functions import TruncDate

from entendu.accounts.models import Organisation
from entendu.conversations.models import Conversation
from entendu.measures.models import Due, Figure
from entendu.measures.perimeter import zone
from entendu.measures.stages import EVENTS, refresh_due
from entendu.measures.stories import CHUNK, refresh
from entendu.mentions.models import Mention


def rebuild(organisation: Organisation, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Throws the figures of `organisation` away and counts again; returns how many figures it has then.

    Day by day and in groups of conversations, so that the store stays free for others in between;
    `progress` is told (done, all). A worker may run beside it.
    """
    days, conversations = _days(organisation), _conversations(organisation)
    total = len(days) + len(conversations)
    with transaction.atomic():
        EVENTS.hold()
        Figure.objects.filter(organisation=organisation).delete()
        due = [Due(organisation=organisation, day=day) for day in days]
        Due.objects.bulk_create(due, ignore_conflicts=True, batch_size=400)
    while refresh_due(50):
        if progress:
            progress(len(days) - Due.objects.filter(organisation=organisation).count(), total)
    for start in range(0, len(conversations), CHUNK):
        with transaction.atomic():
            EVENTS.hold()
            refresh(conversations[start : start + CHUNK])
        if progress:
            progress(len(days) + min(start + CHUNK, len(conversations)), total)
    return Figure.objects.filter(organisation=organisation).count()


def _days(organisation: Organisation) -> list[date]:
    said = Mention.objects.filter(organisation=organisation, ours=False).order_by()
    local = said.annotate(day=TruncDate("said_at", tzinfo=zone(organisation.timezone)))
    return sorted(local.values_list("day", flat=True).distinct())


def _conversations(organisation: Organisation) -> list[int]:
    return list(
        Conversation.objects.filter(organisation=organisation).order_by("pk").values_list("pk", flat=True)
    )
