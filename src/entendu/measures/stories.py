"""Reads the stories of conversations from the base tables: a fixed number of queries for any number of
them."""

from collections.abc import Iterator, Sequence

from entendu.conversations.models import Assignment, Closure, Conversation, Part, Promise, Reply, ReplyState
from entendu.measures.models import Figure
from entendu.measures.perimeter import zone
from entendu.measures.story import Engagement, Solved, Story, Word, figures

CHUNK = 400  # conversations read at once: SQLite takes at most 999 parameters in a query of old
SOLVED = "solved"  # other reasons to close (attached elsewhere, nothing to do) solve nothing


def refresh(conversations: Sequence[int]) -> None:
    """Makes the figures of these conversations anew, in the caller's transaction."""
    wanted = sorted(set(conversations))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        stories = read(chunk)
        organisations = {story.organisation for story in stories.values()}
        Figure.objects.filter(organisation__in=organisations, subject__in=chunk).delete()
        Figure.objects.insert_many(figure for story in stories.values() for figure in figures(story))


def with_homes(conversations: Sequence[int]) -> list[int]:
    """`conversations`, and those to which their messages moved."""
    moved = Part.objects.filter(moved_from__in=conversations).values_list("conversation_id", flat=True)
    return sorted({*conversations, *moved})


def read(conversations: Sequence[int]) -> dict[int, Story]:
    """The stories of `conversations` (ids, at most CHUNK), by id; those that are gone are left out."""
    rows = Conversation.objects.filter(pk__in=conversations).values_list(
        "pk", "organisation_id", "organisation__timezone", "channel_id", "language", "topic_id"
    )
    stories = {
        pk: Story(organisation, pk, zone(timezone), channel, language, topic)
        for pk, organisation, timezone, channel, language, topic in rows
    }
    for conversation, word in _words(conversations):
        stories[conversation].words.append(word)
    _read_work(conversations, stories)
    return stories


def _words(conversations: Sequence[int]) -> Iterator[tuple[int, Word]]:
    """What humans said: mentions that no machine wrote, and our replies that reached the channel."""
    parts = Part.objects.filter(conversation__in=conversations, mention__automatic=False)
    for conversation, at, ours in parts.values_list("conversation_id", "mention__said_at", "mention__ours"):
        yield conversation, Word(at, ours)
    # A reply goes where the message that it answers went: conversations may be attached to others.
    home = "answers__part__conversation"
    replies = Reply.objects.filter(
        **{f"{home}__in": conversations}, state=ReplyState.SENT, sent_at__isnull=False, by__isnull=False
    )
    for conversation, sent_at in replies.values_list(f"{home}_id", "sent_at"):
        if sent_at is not None:
            yield conversation, Word(sent_at, ours=True)


def _read_work(conversations: Sequence[int], stories: dict[int, Story]) -> None:
    closures = Closure.objects.filter(conversation__in=conversations, reason=SOLVED).order_by("at", "pk")
    for conversation, at, reopened_at, by in closures.values_list(
        "conversation_id", "at", "reopened_at", "reopened_by_id"
    ):
        stories[conversation].solved.append(Solved(at, reopened_at is not None, by is not None))
    assignments = Assignment.objects.filter(conversation__in=conversations).order_by("at", "pk")
    for conversation, user in assignments.values_list("conversation_id", "user_id"):
        stories[conversation].owners.append(user)
    promises = Promise.objects.filter(conversation__in=conversations).order_by("pk")
    for conversation, due_at, state, settled_at in promises.values_list(
        "conversation_id", "due_at", "state", "settled_at"
    ):
        stories[conversation].engagements.append(Engagement(due_at, state, settled_at))
