"""The columns of a conversation that repeat what its rows say, for the lists. A test holds both together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from entendu.analysis.models import Analysis
from entendu.conversations.models import Conversation
from entendu.conversations.priority import Said, changes_at, weigh
from entendu.kit import clock
from entendu.mentions.models import Mention

URGENCIES = ("none", "normal", "high", "safety")


@dataclass(frozen=True, slots=True)
class Word:
    """What the summary needs of one mention."""

    at: datetime
    ours: bool
    automatic: bool
    deleted: bool
    text: str
    title: str
    author_id: int
    channel_id: int
    audience: int | None
    analysis: Analysis | None
    has_photo: bool = False

    @property
    def counts(self) -> bool:
        """Whether a customer said it and may wait for an answer."""
        return not (self.ours or self.automatic or self.deleted)


def word_of(mention: Mention, *, has_photo: bool) -> Word:
    """The word of a mention whose analysis is loaded."""
    return Word(
        at=mention.said_at,
        ours=mention.ours,
        automatic=mention.automatic,
        deleted=mention.deleted_at is not None,
        text=mention.text,
        title=mention.title,
        author_id=mention.author_id,
        channel_id=mention.channel_id,
        audience=mention.audience,
        analysis=getattr(mention, "analysis", None),
        has_photo=has_photo,
    )


def summarise(
    conversation: Conversation,
    words: Sequence[Word],
    answers: Iterable[datetime] = (),
    due_at: datetime | None = None,
) -> None:
    """Sets the columns of `conversation` (not saved) from its `words`, the dates of the replies that were sent
    (`answers`) and the earliest promise that binds (`due_at`)."""
    words = sorted(words, key=lambda one: one.at)
    customers = [one for one in words if one.counts]
    opening = customers[0] if customers else words[0]
    answered = max([*(one.at for one in words if one.ours), *answers], default=None)
    unanswered = [one for one in customers if answered is None or one.at > answered]
    conversation.title = headline(opening)
    conversation.author_id = opening.author_id
    conversation.channel_id = opening.channel_id
    conversation.opened_at = words[0].at
    conversation.last_at = max([words[-1].at, *answers])
    conversation.waiting_since = unanswered[0].at if unanswered else None
    conversation.preview = " ".join((customers or words)[-1].text.split())[:200]
    conversation.has_photo = any(one.has_photo for one in words)
    conversation.due_at = due_at
    describe(conversation, opening, unanswered)
    weigh_now(conversation, audience=max((one.audience or 0 for one in customers), default=0))


def describe(conversation: Conversation, opening: Word, unanswered: Sequence[Word]) -> None:
    """What was read: of the opening words, and the worst urgency of those that wait."""
    read = [one.analysis for one in (opening, *unanswered) if one.analysis]
    if not read:
        return
    first = read[0]
    conversation.language, conversation.sentiment, conversation.intent = (
        first.language,
        first.sentiment,
        first.intent,
    )
    conversation.urgency = max((urgency_in(one) for one in read), key=URGENCIES.index)
    conversation.disappointed = any(one.disappointed for one in read)


def urgency_in(analysis: Analysis) -> str:
    """The urgency to act upon: the machine's "high" that it is not sure of is shown, and moves nobody up."""
    doubtful = analysis.urgency == "high" and "urgency" in analysis.unsure
    return "normal" if doubtful else analysis.urgency


def weigh_now(conversation: Conversation, *, audience: int = 0) -> None:
    """Sets the priority and its reasons from the other columns, and when time alone will change them."""
    now = clock.now()
    since, due = conversation.waiting_since, conversation.due_at
    said = Said(
        conversation.urgency,
        conversation.intent,
        conversation.sentiment,
        conversation.disappointed,
        conversation.has_photo,
        audience or None,
    )
    waiting = max(now - since, timedelta(0)) if since else None
    conversation.priority, conversation.reasons = weigh(
        said, waiting=waiting, promise=due - now if due else None
    )
    conversation.weighs_at = changes_at(waiting_since=since, due_at=due, now=now)


def headline(word: Word) -> str:
    """A title from what was said: the given one, else the first line, cut at a word."""
    line = word.title or next((one for one in word.text.splitlines() if one.strip()), "") or "…"
    line = " ".join(line.split())
    return line if len(line) <= 90 else line[:90].rsplit(" ", 1)[0] + "…"
