"""One receipt, one thing said: a unit that holds several gets a line of the ledger for each."""

from collections.abc import Sequence

from entendu.kit import clock
from entendu.mentions.models import Receipt
from entendu.wire import Item


def split(receipt: Receipt, items: Sequence[Item]) -> list[tuple[Receipt, Item]]:
    """Each of `items` with the receipt that counts it: the first with `receipt`, the others with parts of it, written
    in the caller's transaction. Parts hold no bytes: those of the whole are read again, and find their parts there."""
    if len(items) == 1:
        return [(receipt, items[0])]
    now = clock.now()
    keys = [f"{receipt.key[:240]}#{number}" for number in range(2, len(items) + 1)]
    Receipt.objects.insert_many(
        (
            Receipt(
                organisation_id=receipt.organisation_id,
                channel_id=receipt.channel_id,
                key=key,
                content=b"",
                media_type=receipt.media_type,
                note=receipt.note,
                received_at=receipt.received_at,
                day=receipt.day,
                part_of_id=receipt.pk,
                parsed_at=now,
                tries=1,
            )
            for key in keys
        ),
        skip_known=True,
    )
    parts = {one.key: one for one in Receipt.objects.filter(channel=receipt.channel_id, key__in=keys)}
    for part in parts.values():
        part.channel = receipt.channel
    return [(receipt, items[0]), *((parts[key], item) for key, item in zip(keys, items[1:], strict=True))]
