"""What happens to conversations, written as the loop and the verbs write it: the row and its event."""

from datetime import datetime, timedelta

from entendu.accounts.models import Membership
from entendu.conversations.event import record
from entendu.conversations.models import Assignment, Closure, Conversation, Part, Promise, Reply
from entendu.kit import clock
from entendu.mentions.models import Mention
from make import make_mention


def hear(conversation: Conversation, at: datetime, *, ours: bool = False, automatic: bool = False) -> Mention:
    mention = make_mention(
        conversation.channel,
        "encore",
        author="nous" if ours else "dalila",
        at=at,
        ours=ours,
        automatic=automatic,
    )
    Part.objects.create(conversation=conversation, mention=mention, why="parent", at=clock.now())
    record(conversation, "heard", at=at)
    return mention


def answer(
    conversation: Conversation,
    by: Membership | None,
    at: datetime,
    *,
    state: str = "sent",
    private: bool = False,
) -> Reply:
    reply = Reply.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        answers=conversation.parts.first().mention,
        visibility="private" if private else "public",
        text="Bonjour",
        key=f"key-{Reply.objects.count()}-{at.timestamp()}",
        by=by.user if by else None,
        composed_at=at,
        leaves_at=at,
        state=state,
        sent_at=at if state == "sent" else None,
    )
    record(conversation, state if state in {"sent", "refused", "uncertain"} else "replied", by=by, at=at)
    return reply


def close(conversation: Conversation, by: Membership, at: datetime, reason: str = "solved") -> Closure:
    closure = Closure.objects.create(conversation=conversation, reason=reason, by=by.user, at=at)
    record(conversation, "closed", by=by, at=at)
    return closure


def reopen(conversation: Conversation, at: datetime, by: Membership | None = None) -> None:
    closure = conversation.closures.get(reopened_at__isnull=True)
    closure.reopened_at, closure.reopened_by = at, by.user if by else None
    closure.save()
    record(conversation, "reopened", by=by, at=at)


def own(conversation: Conversation, by: Membership, at: datetime) -> None:
    Assignment.objects.filter(conversation=conversation, ended_at__isnull=True).update(ended_at=at)
    Assignment.objects.create(conversation=conversation, user=by.user, by=by.user, at=at)
    record(conversation, "taken", by=by, at=at)


def promise(
    conversation: Conversation, by: Membership, due: datetime, state: str = "open", **values
) -> Promise:
    made = Promise.objects.create(
        conversation=conversation,
        what="rappeler",
        due_at=due,
        by=by.user,
        at=due - timedelta(days=1),
        state=state,
        **values,
    )
    record(conversation, "promised", by=by)
    return made


def attach(conversation: Conversation, into: Conversation, at: datetime) -> None:
    Part.objects.filter(conversation=conversation).update(conversation=into, moved_from=conversation)
    if not conversation.closures.filter(reopened_at__isnull=True).exists():
        Closure.objects.create(conversation=conversation, reason="attached", at=at)
    record(conversation, "attached", into=into.pk)
    record(into, "attached", source=conversation.pk)


def take_back(mention: Mention) -> None:
    """Its author deleted it: the loop buries it, then gathers it again."""
    mention.text, mention.deleted_at, mention.gathered_at = "", clock.now(), clock.now()
    mention.save()
    if hasattr(mention, "part"):
        record(mention.part.conversation, "changed")


def say_otherwise(mention: Mention, sentiment: str) -> None:
    """Its author changed it: it is read and gathered again."""
    mention.edited_at = mention.gathered_at = clock.now()
    mention.save()
    mention.analysis.sentiment = sentiment
    mention.analysis.save()


def attach_reply(written_in: Conversation, now_in: Conversation, by: Membership, at: datetime) -> Reply:
    """A reply that was written before its conversation was attached to another one, and leaves after."""
    moved = now_in.parts.get(moved_from=written_in)
    reply = Reply.objects.create(
        conversation=written_in,
        channel=written_in.channel,
        answers=moved.mention,
        visibility="public",
        text="Oui",
        key=f"moved-{written_in.pk}",
        by=by.user,
        composed_at=at,
        leaves_at=at,
        state="sent",
        sent_at=at,
    )
    record(written_in, "sent", at=at)
    return reply
