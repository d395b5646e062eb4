"""What concerns nobody here, or cannot be read, is dropped by a person, with a reason: its text goes, the ledger keeps
its line."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.mentions.change import empty_raw
from entendu.mentions.discard import discard
from entendu.mentions.models import End, Mention, Receipt

REASONS = ("off_topic", "spam", "namesake", "copy", "other")
UNREAD_REASONS = ("damaged", "spam", "off_topic", "copy", "other")


class DropRefused(ValueError):
    """The mention stays. `code`: not_yours · not_allowed · bad_reason · in_conversation ·
    not_set_aside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def drop(mention: Mention, *, by: Membership, reason: str) -> None:
    """Forgets a watched mention and ends its receipt as dropped for `reason`. Raises DropRefused.

    The raw bytes go too, unless they also hold another mention that stays: then the receipt keeps its end. So do the
    bytes of its files, unless another mention has the same ones.
    """
    if by.organisation_id != mention.organisation_id:
        raise DropRefused("not_yours")
    if not by.may("triage"):
        raise DropRefused("not_allowed")
    if reason not in REASONS:
        raise DropRefused("bad_reason")
    receipt = Receipt.objects.select_for_update().get(pk=mention.receipt_id)
    alone = not receipt.mentions.exclude(pk=mention.pk).exists()
    if alone and receipt.end in {End.CONVERSATION, End.ATTACHED}:
        raise DropRefused("in_conversation")
    kept = bytes(receipt.content), receipt.note
    empty_raw([mention])
    if alone:
        Receipt.objects.filter(pk=receipt.pk).update(end=End.DROPPED, reason=reason)
    else:
        Receipt.objects.filter(pk=receipt.pk).update(content=kept[0], note=kept[1])
    audit(by.organisation, by, "drop_mention", f"{mention.network} {mention.said_at:%Y-%m-%d}", reason=reason)
    discard(mention.attachments.all())
    mention.delete()


@transaction.atomic
def drop_unread(receipt: Receipt, *, by: Membership, reason: str) -> None:
    """Ends what could not be read as dropped for `reason`: its bytes go, its line stays. Raises DropRefused."""
    if by.organisation_id != receipt.organisation_id:
        raise DropRefused("not_yours")
    if not by.may("listen"):
        raise DropRefused("not_allowed")
    if reason not in UNREAD_REASONS:
        raise DropRefused("bad_reason")
    aside = Receipt.objects.filter(pk=receipt.pk, reason="unreadable", end="")
    if not aside.update(end=End.DROPPED, reason=reason, content=b""):
        raise DropRefused("not_set_aside")
    audit(by.organisation, by, "drop_unread", receipt.note or receipt.key, reason=reason)
