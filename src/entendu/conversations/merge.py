"""Two conversations turn out to be one thread: what joined them came late."""

from entendu.conversations.attach import absorb
from entendu.conversations.hold import lock
from entendu.conversations.models import Conversation, State
from entendu.conversations.renew import renew


def merge(source: Conversation, *, into: Conversation) -> None:
    """Attaches `source` to `into`, in the caller's transaction: as by hand, and it can be undone as by hand."""
    lock(source, into)
    if source.state != State.CLOSED and source.organisation_id == into.organisation_id:
        absorb(source, into=into)
        renew(into)
