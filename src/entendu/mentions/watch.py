"""Only watched, because a colleague decided so: silence is a decision too, with its author and its date."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.kit import clock
from entendu.mentions.models import End, Mention, Receipt, Watch


@transaction.atomic
def watch(mention: Mention, *, by: Membership) -> None:
    """Notes that `by` looked at a mention which is in no conversation, and that nobody has to answer. Its receipt ends
    as watched, also where the loop had dropped it. To do so again changes nothing."""
    _new, made = Watch.objects.get_or_create(mention=mention, defaults={"by": by.user, "at": clock.now()})
    if made:
        Receipt.objects.filter(pk=mention.receipt_id, end__in=["", End.DROPPED]).update(
            end=End.WATCHED, reason=""
        )
        audit(by.organisation, by, "watch_mention", f"{mention.network} {mention.said_at:%Y-%m-%d}")


@transaction.atomic
def unwatch(mention: Mention, *, by: Membership) -> None:
    """Nobody has decided about this mention any more."""
    gone, _rows = Watch.objects.filter(mention=mention).delete()
    if gone:
        audit(by.organisation, by, "unwatch_mention", f"{mention.network} {mention.said_at:%Y-%m-%d}")
