"""Since when a customer waits. Derived from the rows: it survives a reply taken back, a refusal, a moved message."""

from datetime import datetime

from django.db.models import Max, Min, Q, QuerySet

from entendu.conversations.models import Closure, Conversation, Event, Kind, Part, Reply, ReplyState
from entendu.mentions.models import Mention

# A reply that stands: the customer has it, or will, or may. Refused and taken back are as never written.
STANDING = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT, ReplyState.UNCERTAIN)


def customer_words(conversation: Conversation) -> QuerySet[Mention]:
    """What the customer (and others outside) said in a conversation, machines and deleted words left out."""
    return Mention.objects.filter(
        part__conversation=conversation, ours=False, automatic=False, deleted_at__isnull=True
    )


def waiting_since(conversation: Conversation) -> datetime | None:
    """When the first customer's word was said that nobody answered. None: everything is answered.

    Answered is what was here (Part.at) when a standing reply was composed, what was said before our own last
    word on the channel, and what a closing settled that only the customer's next word reopened. What was attached
    is answered where it came from, or here after it came.
    """
    homes = set(
        Part.objects.filter(conversation=conversation).values_list("moved_from", flat=True).distinct()
    )
    arrivals = _arrivals(conversation) if homes - {None} else {}
    firsts = [_first(conversation, home, arrivals) for home in homes]
    return min(filter(None, firsts), default=None)


def _arrivals(conversation: Conversation) -> dict[int, datetime]:
    """When each conversation was attached to this one."""
    acts = Event.objects.filter(conversation=conversation, kind=Kind.ATTACHED, data__has_key="source")
    return {data["source"]: at for data, at in acts.order_by("id").values_list("data", "at")}


def _first(conversation: Conversation, home: int | None, arrivals: dict[int, datetime]) -> datetime | None:
    """When the first unanswered word was said, among those whose first home is `home` (None: this one)."""
    words = customer_words(conversation).filter(part__moved_from=home)
    settled = _latest_reply(Q(conversation=home or conversation.pk))
    ours = _latest_own(conversation, home)
    if home is None:
        settled = _later(settled, _latest_closing(conversation))
    else:
        came = arrivals.get(home) or max(arrivals.values(), default=None)
        here = Q(conversation=conversation)
        settled = _later(settled, _latest_reply(here, since=came))
        ours = _later(ours, _latest_own(conversation, None, since=came))
    if settled is not None:
        words = words.filter(part__at__gt=settled)
    if ours is not None:
        words = words.filter(said_at__gt=ours)
    first: datetime | None = words.aggregate(at=Min("said_at"))["at"]
    return first


def _latest_reply(where: Q, since: datetime | None = None) -> datetime | None:
    found = Reply.objects.filter(where, state__in=STANDING).aggregate(at=Max("composed_at"))["at"]
    return found if found is None or since is None or found >= since else None


def _latest_own(
    conversation: Conversation, home: int | None, since: datetime | None = None
) -> datetime | None:
    own = Mention.objects.filter(part__conversation=conversation, part__moved_from=home, ours=True)
    found = own.aggregate(at=Max("said_at"))["at"]
    return found if found is None or since is None or found >= since else None


def _latest_closing(conversation: Conversation) -> datetime | None:
    closings = Closure.objects.filter(conversation=conversation, reopened_at__isnull=False)
    found: datetime | None = closings.filter(reopened_by__isnull=True).aggregate(at=Max("at"))["at"]
    return found


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, [one, other]), default=None)
