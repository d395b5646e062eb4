"""What is known around a batch of mentions: their ancestors, the conversations where those are, who answered whom.
Read in a constant number of queries a batch, before anything is decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from entendu.analysis.models import Tag
from entendu.conversations.models import Conversation, Part, Reply
from entendu.mentions.governance import running
from entendu.mentions.models import Attachment, Match, Mention

DEEPEST = 200  # levels of a thread that are climbed
LOADED = ("analysis",)


@dataclass(slots=True)
class Surroundings:
    """The known world of a batch."""

    mentions: dict[int, Mention] = field(default_factory=dict)  # the batch and its ancestors
    parts: dict[int, Conversation] = field(default_factory=dict)  # mention -> where it is
    opening: set[int] = field(default_factory=set)  # found by a query that opens conversations
    matched: set[int] = field(default_factory=set)  # found by any query
    listening: set[int] = field(default_factory=set)  # organisations where a query listens
    answered: dict[str, Conversation] = field(
        default_factory=dict
    )  # key of a reply of ours -> its conversation
    threads: dict[tuple[str, str, int], Conversation] = field(default_factory=dict)  # network, thread, author
    photos: set[int] = field(default_factory=set)
    topics: dict[int, int] = field(default_factory=dict)


def look_around(batch: Sequence[Mention]) -> Surroundings:
    """Reads what surrounds `batch`."""
    known = Surroundings(mentions={one.pk: one for one in batch})
    climb(known)
    ids = list(known.mentions)
    for part in Part.objects.filter(mention__in=ids).select_related("conversation"):
        known.parts[part.mention_id] = part.conversation
    for mention, opens in Match.objects.filter(mention__in=ids).values_list(
        "mention", "query__opens_conversations"
    ):
        known.matched.add(mention)
        if opens:
            known.opening.add(mention)
    organisations = {one.organisation_id for one in batch}
    known.listening = set(
        running().filter(organisation__in=organisations).values_list("organisation", flat=True)
    )
    known.photos = set(
        Attachment.objects.filter(mention__in=ids, media_type__startswith="image/").values_list(
            "mention", flat=True
        )
    )
    for mention, topic in Tag.objects.filter(mention__in=ids).order_by("-id").values_list("mention", "topic"):
        known.topics[mention] = topic
    find_replies(known, batch)
    find_threads(known, batch)
    return known


def climb(known: Surroundings) -> None:
    """Loads the ancestors, level by level."""
    for _level in range(DEEPEST):
        missing = {one.parent_id for one in known.mentions.values() if one.parent_id} - set(known.mentions)
        if not missing:
            return
        for one in Mention.objects.filter(pk__in=missing).select_related(*LOADED):
            known.mentions[one.pk] = one


def find_replies(known: Surroundings, batch: Sequence[Mention]) -> None:
    """The replies of ours that these mentions are, or answer."""
    names = {name for one in batch for name in (one.key, one.alias, one.parent_key, *one.references) if name}
    if not any(one.parent_key or one.references or one.ours for one in batch):
        return
    organisations = {one.organisation_id for one in batch}
    replies = Reply.objects.filter(channel__organisation__in=organisations, native_key__in=names)
    for reply in replies.exclude(native_key="").select_related("conversation"):
        known.answered[reply.native_key] = reply.conversation


def find_threads(known: Surroundings, batch: Sequence[Mention]) -> None:
    """The conversations that already hold a part of the same thread by the same author, newest first."""
    keys = {one.thread_key for one in batch if one.thread_key}
    if not keys:
        return
    organisations = {one.organisation_id for one in batch}
    rows = (
        Part.objects.filter(mention__organisation__in=organisations)
        .filter(Q(mention__thread_key__in=keys) | Q(mention__alias__in=keys))
        .select_related("conversation", "mention")
        .order_by("id")
    )
    for part in rows:
        mention = part.mention
        for key in (mention.thread_key, mention.alias):
            if key:
                known.threads[mention.network, key, part.conversation.author_id] = part.conversation
