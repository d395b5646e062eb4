"""Where a mention belongs: in a conversation that is there, in a new one, in the listening stream, or nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from entendu.conversations.models import Conversation, State
from entendu.conversations.surroundings import Surroundings
from entendu.kit import clock
from entendu.mentions.models import Mention


@dataclass(slots=True, eq=False)
class Group:
    """Mentions that go together: in `conversation` when it is there, else in one to be opened."""

    conversation: Conversation | None
    members: list[tuple[Mention, str]] = field(default_factory=list)  # with why each is here


@dataclass(slots=True)
class Placing:
    """What was decided for a batch."""

    groups: list[Group] = field(default_factory=list)
    watched: dict[Mention, str] = field(default_factory=dict)  # with a reason where there is one
    dropped: dict[Mention, str] = field(default_factory=dict)
    merged: list[tuple[Conversation, Group]] = field(default_factory=list)  # came in two, are one thread


class Placer:
    """Places a batch, parents before children, so that a thread opens at its first word."""

    def __init__(self, known: Surroundings) -> None:
        self.known = known
        self.placing = Placing()
        self.where: dict[int, Group | None] = {}
        self.by_conversation: dict[int, Group] = {}
        self.by_thread: dict[tuple[str, str, int], Group] = {}

    def place_all(self, batch: Sequence[Mention]) -> Placing:
        """Decides for each mention of `batch`."""
        for mention in sorted(batch, key=lambda one: (one.said_at, one.pk)):
            for one in (*self.unplaced_ancestors(mention), mention):
                if one.pk not in self.where and (one is mention or one.gathered_at is None):
                    self.place(one)
        return self.placing

    def unplaced_ancestors(self, mention: Mention) -> list[Mention]:
        """The ancestors of `mention`, the oldest first."""
        line: list[Mention] = []
        current = mention
        while current.parent_id and current.parent_id in self.known.mentions and len(line) < 200:
            current = self.known.mentions[current.parent_id]
            if current in line or current is mention:
                break
            line.append(current)
        return line[::-1]

    def place(self, mention: Mention) -> None:
        """Decides for one mention."""
        self.where[mention.pk] = None
        if mention.deleted_at and mention.pk not in self.known.parts:
            self.placing.watched[mention] = "deleted"
        elif mention.ours and self.is_echo(mention):
            self.placing.dropped[mention] = "echo"
        elif mention.pk in self.known.parts:
            self.place_again(mention)
        elif (found := self.home_of(mention)) is not None:
            self.join(mention, *found)
        elif self.opens(mention):
            self.open(mention)
        else:
            self.leave(mention)

    def is_echo(self, mention: Mention) -> bool:
        """Whether this is a reply that left from here, coming back."""
        return mention.key in self.known.answered or bool(
            mention.alias and mention.alias in self.known.answered
        )

    def place_again(self, mention: Mention) -> None:
        """It was here already, and changed: its conversation is summarised again, or joins its parent's."""
        conversation = self.known.parts[mention.pk]
        group = self.group_of(conversation)
        self.where[mention.pk] = group
        above = self.above(mention)
        if (
            above is not None
            and above.conversation is not conversation
            and conversation.state != State.CLOSED
        ):
            self.placing.merged.append((conversation, above))

    def home_of(self, mention: Mention) -> tuple[Group, str] | None:
        """The group where a mention goes by its links, and why."""
        above = self.above(mention)
        if above is not None and self.may_join(mention, above):
            return above, "parent"
        for name in (mention.parent_key, *mention.references):
            conversation = self.known.answered.get(name) if name else None
            if conversation is not None and self.accepts(conversation):
                return self.group_of(conversation), "parent"
        if mention.thread_key:
            key = (mention.network, mention.thread_key, mention.author_id)
            conversation = self.known.threads.get(key)
            if conversation is not None and self.accepts(conversation):
                return self.group_of(conversation), "thread"
            if key in self.by_thread:
                return self.by_thread[key], "thread"
        return None

    def above(self, mention: Mention) -> Group | None:
        """The group of the nearest ancestor that has one. A publication of ours is no request: what answers it
        begins there."""
        current = mention
        for _level in range(200):
            parent = self.known.mentions.get(current.parent_id or 0)
            if parent is None or is_publication(parent):
                return None
            if (group := self.where.get(parent.pk)) is not None:
                return group
            conversation = self.known.parts.get(parent.pk)
            if conversation is not None:
                return self.group_of(conversation) if self.accepts(conversation) else None
            current = parent
        return None

    def may_join(self, mention: Mention, group: Group) -> bool:
        """In private, a link alone does not let a stranger in (a forwarded or forged mail): the sender must have
        spoken there."""
        if mention.visibility == "public" or mention.ours:
            return True
        inside = {one.author_id for one, _ in group.members}
        if group.conversation is not None:
            inside.add(group.conversation.author_id)
        return mention.author_id in inside

    def accepts(self, conversation: Conversation) -> bool:
        """Whether new words go on in `conversation`: it is open, or was closed not too long ago."""
        if conversation.state != State.CLOSED:
            return True
        return clock.now() - conversation.last_at <= timedelta(days=settings.REOPEN_DAYS)

    def opens(self, mention: Mention) -> bool:
        """Whether a mention asks for a conversation: a customer speaks to us or is found by a query that opens
        them, or we answered somebody."""
        if mention.automatic or mention.deleted_at:
            return False
        if mention.ours:
            parent = self.known.mentions.get(mention.parent_id or 0)
            return parent is not None and not parent.ours
        return mention.addressed or mention.pk in self.known.opening

    def open(self, mention: Mention) -> None:
        """A new group, from the first word of the thread that is in no conversation."""
        group = Group(None)
        self.placing.groups.append(group)
        for one in self.unplaced_ancestors(mention):
            free = self.where.get(one.pk) is None and one.pk not in self.known.parts
            if free and not is_publication(one) and not one.deleted_at:
                self.put(one, group, "parent")
        self.put(mention, group, "opened")

    def join(self, mention: Mention, group: Group, why: str) -> None:
        """One more in a group."""
        self.put(mention, group, why)

    def put(self, mention: Mention, group: Group, why: str) -> None:
        """Places a mention; whatever else was decided for it is void."""
        self.where[mention.pk] = group
        group.members.append((mention, why))
        self.placing.watched.pop(mention, None)
        self.placing.dropped.pop(mention, None)
        if mention.thread_key:
            self.by_thread[mention.network, mention.thread_key, mention.author_id] = group
        if mention.alias:
            self.by_thread[mention.network, mention.alias, mention.author_id] = group

    def leave(self, mention: Mention) -> None:
        """Nobody has to answer this: it is watched, or dropped with a reason."""
        if mention.automatic:
            self.placing.dropped[mention] = "automatic"
        elif mention.visibility != "public" and not mention.addressed and not mention.ours:
            self.placing.dropped[mention] = "not_public"
        elif (
            mention.ours
            or mention.pk in self.known.matched
            or mention.organisation_id not in self.known.listening
        ):
            self.placing.watched[mention] = "ours" if mention.ours else ""
        else:
            self.placing.dropped[mention] = "no_match"

    def group_of(self, conversation: Conversation) -> Group:
        """The one group of a conversation that is there."""
        if conversation.pk not in self.by_conversation:
            group = Group(conversation)
            self.by_conversation[conversation.pk] = group
            self.placing.groups.append(group)
        return self.by_conversation[conversation.pk]


def is_publication(mention: Mention) -> bool:
    """Whether we said this to nobody in particular."""
    return mention.ours and not mention.parent_key
