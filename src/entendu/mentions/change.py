"""Upstream changed its mind: editions keep the history, deletions leave a tombstone without text."""

from collections.abc import Iterable

from django.db.models import Q

from entendu.kit import clock
from entendu.mentions.discard import discard
from entendu.mentions.index import unindex
from entendu.mentions.models import Author, End, Mention, Receipt, Revision
from entendu.mentions.scrub import want_scrub
from entendu.wire import Item


def change(receipt: Receipt, item: Item) -> None:
    """Applies an edition or a deletion to the mention that it is about, in the caller's transaction."""
    if item.kind == "deleted" and not item.key:
        bury_all_of(receipt, item)
        return
    mention = Mention.objects.filter(
        organisation_id=receipt.organisation_id, network=item.network[:120], key=item.key[:400]
    ).first()
    if item.kind == "deleted":
        bury(mention) if mention else leave_tombstone(receipt, item)
    elif mention and not mention.deleted_at:
        edit(mention, item, receipt)
    Receipt.objects.filter(pk=receipt.pk).update(
        end=End.ATTACHED, reason="" if mention else "unknown_mention", about=mention
    )
    if mention and mention.deleted_at:
        empty_raw([mention])


def edit(mention: Mention, item: Item, receipt: Receipt) -> None:
    """New words; the old ones stay as a revision. The mention is read and weighed again. What the reply needs to know
    of it (its version, say) is renewed too."""
    title = " ".join(item.title.split())[:300]
    if (title, item.text) == (mention.title, mention.text):
        return
    now = clock.now()
    Revision.objects.create(
        mention=mention, receipt=receipt, title=mention.title, text=mention.text, until=now
    )
    mention.title, mention.text, mention.edited_at = title, item.text, now
    mention.extra = mention.extra | dict(item.extra)
    mention.analysed_at = mention.gathered_at = None
    mention.save(update_fields=["title", "text", "extra", "edited_at", "analysed_at", "gathered_at"])


def bury(mention: Mention) -> None:
    """Its author took it back: no text of it remains here, in any version or file."""
    empty_raw([mention])
    want_scrub()
    mention.revisions.all().delete()
    discard(mention.attachments.all())
    mention.attachments.all().delete()
    unindex([mention.pk])
    mention.title = mention.text = mention.quoted = ""
    mention.extra, mention.deleted_at, mention.gathered_at = {}, clock.now(), None
    mention.save(update_fields=["title", "text", "quoted", "extra", "deleted_at", "gathered_at"])


def bury_all_of(receipt: Receipt, item: Item) -> None:
    """An account was deleted where it was: all that it said goes. What it is called goes, too."""
    author = Author.objects.filter(
        organisation_id=receipt.organisation_id, network=item.network[:120], key=item.author.key[:255]
    ).first()
    if author is not None:
        for mention in author.mentions.filter(deleted_at__isnull=True):
            bury(mention)
        Author.objects.filter(pk=author.pk).update(handle="", name="", url="", audience=None)
    reason = "" if author else "unknown_mention"
    Receipt.objects.filter(pk=receipt.pk).update(end=End.ATTACHED, reason=reason)


def empty_raw(mentions: Iterable[Mention]) -> None:
    """Takes the words of `mentions` out of what was stored raw: what brought them (among other things, perhaps),
    changed them or said them again."""
    for mention in mentions:
        changes = list(mention.revisions.values_list("receipt", flat=True))
        mine = Q(pk__in=[mention.receipt_id, *changes]) | Q(about=mention)
        mine |= Q(pk__in=Receipt.objects.filter(mine, part_of__isnull=False).values("part_of"))
        Receipt.objects.filter(mine).update(content=b"", note="")


def leave_tombstone(receipt: Receipt, item: Item) -> None:
    """A deletion that came before what it deletes: what comes later under this key is known, and gone."""
    author, _ = Author.objects.get_or_create(
        organisation_id=receipt.organisation_id,
        network=item.network[:120],
        key=item.author.key[:255] or "?",
        defaults={"handle": item.author.handle[:120], "first_seen_at": item.at},
    )
    now = clock.now()
    Mention.objects.create(
        organisation_id=receipt.organisation_id,
        channel_id=receipt.channel_id,
        receipt=receipt,
        author=author,
        network=item.network[:120],
        key=item.key[:400],
        text="",
        said_at=item.at,
        heard_at=now,
        deleted_at=now,
        analysed_at=now,
        gathered_at=now,
    )
