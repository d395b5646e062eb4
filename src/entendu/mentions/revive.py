"""What a source gives of its past: new to us, or heard before and forgotten because no query found it then."""

from collections.abc import Sequence

from entendu.channels.models import Channel
from entendu.mentions.models import End, Receipt
from entendu.mentions.pull import store_raws
from entendu.wire import Raw


def store_past(channel: Channel, raws: Sequence[Raw]) -> int:
    """Stores what is new, and takes up again what ended as "no query finds it": such a receipt keeps its one line of
    the ledger, and gets another end. Returns how many are to be treated. In the caller's transaction."""
    forgotten = Receipt.objects.filter(
        channel=channel, end=End.DROPPED, reason="no_match", key__in=[raw.key[:255] for raw in raws]
    ).select_for_update()
    contents = {raw.key[:255]: raw for raw in raws}
    revived = 0
    for receipt in forgotten:
        raw = contents[receipt.key]
        receipt.content, receipt.media_type, receipt.note = raw.content, raw.media_type[:80], raw.note[:120]
        receipt.end, receipt.reason, receipt.parsed_at = "", "", None
        receipt.save(update_fields=["content", "media_type", "note", "end", "reason", "parsed_at"])
        revived += 1
    return store_raws(channel, raws) + revived
