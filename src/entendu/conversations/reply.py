"""A reply: checked, written, and put in the outbox, from where a stage lets it leave (send.py)."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from entendu.accounts.models import Membership
from entendu.channels.doors import open_door
from entendu.channels.models import Channel
from entendu.channels.models.channel import State as Health
from entendu.conversations import event
from entendu.conversations import promise as promises
from entendu.conversations.close import open_again
from entendu.conversations.columns import refresh
from entendu.conversations.errors import Stale, VerbRefused
from entendu.conversations.hold import demand_not_attached, held
from entendu.conversations.models import Conversation, Kind, Promise, Reply, ReplyState, State
from entendu.conversations.promise import PromiseTerms
from entendu.conversations.publish import published
from entendu.conversations.take import own
from entendu.conversations.waiting import customer_words
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.mentions.models.mention import Visibility
from entendu.wire import Caps

_SHUT = {
    Health.NEEDS_AUTH: "channel_needs_auth",
    Health.BLOCKED: "channel_blocked",
    Health.OFF: "channel_off",
}


@dataclass(frozen=True, slots=True)
class ReplyOptions:
    """What can be answered, known before a word is typed. `code` (of errors.SENTENCES): why nothing can."""

    public: bool = False
    private: bool = False
    max_length: int | None = None
    code: str = ""
    answers: Mention | None = None  # whom the reply would reach

    @property
    def possible(self) -> bool:
        """Whether a reply can leave at all."""
        return self.public or self.private

    @property
    def usual(self) -> str:
        """The visibility to begin with: what was said in private is answered in private."""
        return Visibility.PUBLIC if self.public else Visibility.PRIVATE


def can_reply(conversation: Conversation, *, answers: Mention | None = None) -> ReplyOptions:
    """How `answers` (usually the customer's last word that a reply can reach) can be answered.

    What was said in private is never answered in public.
    """
    candidates = [answers] if answers is not None else _last_words(conversation)
    refusal = ReplyOptions(code="nothing_to_answer")
    for mention in candidates:
        found = _options(mention)
        if found.possible:
            return found
        refusal = found if refusal.code == "nothing_to_answer" else refusal
    return refusal


def _last_words(conversation: Conversation) -> list[Mention]:
    """The last customer's word on each channel and visibility, newest first."""
    last: dict[tuple[int, str], Mention] = {}
    words = customer_words(conversation).select_related("channel", "author").order_by("-said_at", "-id")
    for mention in words[:50]:
        last.setdefault((mention.channel_id, mention.visibility), mention)
    return list(last.values())


def _options(mention: Mention) -> ReplyOptions:
    caps, code = _caps(mention.channel)
    if caps is None:
        return ReplyOptions(code=code, answers=mention)
    public = caps.reply_public and mention.visibility == Visibility.PUBLIC
    return ReplyOptions(
        public=public,
        private=caps.reply_private,
        max_length=caps.max_length,
        code="" if public or caps.reply_private else "channel_cannot_reply",
        answers=mention,
    )


def _caps(channel: Channel) -> tuple[Caps | None, str]:
    """What the channel can do now, or the code of why it cannot."""
    if channel.retired_at is not None:
        return None, "channel_off"
    if channel.state in _SHUT:
        return None, _SHUT[Health(channel.state)]
    try:
        return open_door(channel).caps, ""
    except Exception:  # a connector may come from elsewhere and fail in its own way: the page must still show
        return None, "channel_unreadable"


def reply(
    conversation: Conversation,
    *,
    by: Membership,
    text: str,
    visibility: str,
    answers: Mention | None = None,
    seen_version: int,
    key: str = "",
    promise: PromiseTerms | None = None,
    anyway: bool = False,
) -> Reply:
    """Writes a reply that leaves in UNDO_SECONDS, and the promise that it makes.

    `seen_version` is the version that the writer had before his eyes: Stale when others did something since.
    `key` is made by the form: the same again (a double click) returns the same reply. Whoever replies takes a
    conversation that nobody takes care of; a closed one reopens; a paused one stays paused. `anyway`: personal data
    in public is meant. VerbRefused.
    """
    with held(conversation, by=by, right="answer"):
        demand_not_attached(conversation)
        text, wire_key = text.strip(), _wire_key(conversation, by, key)
        if known := Reply.objects.filter(key=wire_key).first():
            return _same(known, text, visibility)
        options = _demand_possible(conversation, answers, text, visibility)
        if visibility == Visibility.PUBLIC and not anyway and (found := published(conversation, text)):
            raise VerbRefused("personal_data", found=", ".join(found))
        if news := event.news(conversation, since=seen_version, but=by):
            raise Stale(news)
        if conversation.state == State.CLOSED:
            open_again(conversation, by=by)
        if conversation.owner_id is None:
            own(conversation, by=by)
        written = _write(conversation, options, by, text, visibility, wire_key)
        if promise is not None:
            promises.make(conversation, by=by, terms=promise, told_in=written)
        refresh(conversation)
        return written


def unsend(reply: Reply, *, by: Membership) -> Reply:
    """Takes a reply back as long as it has not begun to leave; the promise that it made goes with it."""
    with held(reply.conversation, by=by, right="answer"):
        conversation = reply.conversation
        mine = Reply.objects.filter(pk=reply.pk, state=ReplyState.QUEUED)
        if not mine.update(state=ReplyState.UNSENT):
            raise VerbRefused("too_late")
        Promise.objects.filter(told_in=reply).delete()
        event.record(conversation, Kind.UNSENT, by=by, reply=reply.pk)
        refresh(conversation)
        reply.refresh_from_db(fields=["state"])
        return reply


def _demand_possible(
    conversation: Conversation, answers: Mention | None, text: str, visibility: str
) -> ReplyOptions:
    """Refuses what the channel would refuse, and what says nothing."""
    if not text:
        raise VerbRefused("empty")
    if visibility not in Visibility.values:
        raise VerbRefused("bad_value")
    if answers is not None and not conversation.parts.filter(mention=answers).exists():
        raise VerbRefused("not_in_conversation")
    options = can_reply(conversation, answers=answers)
    if options.answers is None or options.code:
        raise VerbRefused(options.code)
    if not (options.public if visibility == Visibility.PUBLIC else options.private):
        raise VerbRefused("not_in_public" if visibility == Visibility.PUBLIC else "not_in_private")
    if options.max_length is not None and len(text) > options.max_length:
        raise VerbRefused("too_long", length=len(text), most=options.max_length)
    return options


def _write(
    conversation: Conversation, options: ReplyOptions, by: Membership, text: str, visibility: str, key: str
) -> Reply:
    if options.answers is None:
        raise VerbRefused("nothing_to_answer")
    now = clock.now()
    written = Reply.objects.create(
        conversation=conversation,
        channel=options.answers.channel,
        answers=options.answers,
        visibility=visibility,
        text=text,
        key=key,
        by=by.user,
        composed_at=now,
        leaves_at=now + timedelta(seconds=settings.UNDO_SECONDS),
    )
    event.record(conversation, Kind.REPLIED, by=by, reply=written.pk, visibility=visibility)
    return written


def _wire_key(conversation: Conversation, by: Membership, key: str) -> str:
    """The key of every attempt: random, or the same for the same form of the same writer. A stranger's form
    cannot meet it."""
    if not key:
        return uuid.uuid4().hex
    return hashlib.sha256(f"{conversation.pk} {by.user_id} {key}".encode()).hexdigest()[:32]


def _same(known: Reply, text: str, visibility: str) -> Reply:
    if known.state == ReplyState.UNSENT:
        raise VerbRefused("taken_back")
    if (known.text, known.visibility) != (text, visibility):
        raise VerbRefused("key_reused")
    return known
