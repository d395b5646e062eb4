"""Two conversations turn out to be one thread: what joined them came late."""

from entendu.conversations.event import record
from entendu.conversations.models import Closure, Conversation, Kind, Part, State
from entendu.conversations.summary import renew
from entendu.kit import clock


def absorb(source: Conversation, *, into: Conversation) -> None:
    """Moves the parts of `source` into `into`, in the caller's transaction; `source` closes, and says where."""
    if source.state == State.CLOSED or source.organisation_id != into.organisation_id:
        return
    Part.objects.filter(conversation=source).update(conversation=into, moved_from=source)
    source.refresh_from_db()
    source.state, source.waiting_since = State.CLOSED, None
    source.save(update_fields=["state", "waiting_since"])
    Closure.objects.create(conversation=source, reason="attached", at=clock.now())
    record(source, Kind.ATTACHED, into=into.pk)
    record(into, Kind.ATTACHED, source=source.pk)
    renew(into)
