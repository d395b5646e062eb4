"""Leaves out what may not be kept, before anything of it is written: what people say who asked not to be heard."""

from collections.abc import Sequence

from entendu.mentions.models import End, Mention, Receipt
from entendu.mentions.opt_outs import REASON, opt_outs_of
from entendu.wire import Item

Pair = tuple[Receipt, Item]


def leave_opted_out(pairs: Sequence[Pair]) -> list[Pair]:
    """Those of `pairs` that may be recorded. Of the others nothing stays: a receipt that held nothing else ends as
    dropped, and the raw bytes go in any case. Runs in the caller's transaction."""
    lists = opt_outs_of({receipt.organisation_id for receipt, _item in pairs})
    refused = [
        pair
        for pair in pairs
        if lists[pair[0].organisation_id].drops(pair[1], addressed=pair[0].channel.addressed)
    ]
    if not refused:
        return list(pairs)
    spared = {id(item) for receipt, item in refused if item.kind != "created" and is_kept(receipt, item)}
    out = {id(item) for _receipt, item in refused} - spared
    kept = [pair for pair in pairs if id(pair[1]) not in out]
    touched = {receipt.pk for receipt, item in refused if id(item) in out}
    Receipt.objects.filter(pk__in=touched).update(content=b"", note="")
    empty = touched - {receipt.pk for receipt, _item in kept}
    Receipt.objects.filter(pk__in=empty).update(end=End.DROPPED, reason=REASON)
    return kept


def is_kept(receipt: Receipt, item: Item) -> bool:
    """Whether an edition or a deletion is about something that is here: it came before the person asked, and somebody
    takes care of it."""
    known = Mention.objects.filter(organisation_id=receipt.organisation_id, network=item.network[:120])
    return known.filter(key=item.key[:400]).exists()
