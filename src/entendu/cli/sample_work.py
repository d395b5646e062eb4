"""How the sample's colleagues treat one conversation: take, answer, promise, keep most promises, close."""

import random
from datetime import UTC, datetime, timedelta

from entendu.accounts.models import Membership
from entendu.conversations.close import close
from entendu.conversations.models import Conversation
from entendu.conversations.note import note
from entendu.conversations.promise import PromiseTerms, keep, promise
from entendu.conversations.reply import can_reply, reply
from entendu.conversations.send import send_waiting
from entendu.conversations.take import take
from entendu.demo.work import NOTES, PROMISES, REPLIES
from entendu.kit import clock

KEPT = 0.88


def latest() -> datetime:
    """The last moment of the story: nothing is told of the future."""
    return datetime.now(UTC) - timedelta(minutes=2)


def treat(
    conversation: Conversation, who: Membership, evening: datetime, dice: random.Random, *, thanked: bool
) -> None:
    """One conversation, from the evening of its day to its end. `thanked`: the last word was the customer's, after
    our answer: it is closed without one more. Raises VerbRefused."""
    moment = min(evening + timedelta(minutes=dice.lognormvariate(3.4, 0.9)), latest())
    with clock.at(moment):
        if thanked:
            close(conversation, by=who, reason="solved")
            return
        if conversation.waiting_since:
            answer(conversation, who, dice)
        else:
            take(conversation, by=who)
        if dice.random() < 0.3:
            note(conversation, by=who, text=dice.choice(NOTES))
        if conversation.intent == "complaint":
            moment = min(promise_and_settle(conversation, who, dice), latest())
    if dice.random() < 0.9:
        with clock.at(min(moment + timedelta(hours=dice.uniform(0.2, 9)), latest())):
            conversation.refresh_from_db()
            close(conversation, by=who, reason="solved")


def answer(conversation: Conversation, who: Membership, dice: random.Random) -> None:
    """A reply through the outbox, at the clock of then."""
    options = can_reply(conversation)
    if not (options.public or options.private):
        return
    texts = REPLIES["en" if conversation.language == "en" else "fr"]
    index = {"complaint": dice.randint(0, 1), "question": 2, "purchase": 2}.get(conversation.intent, 3)
    reply(
        conversation,
        by=who,
        text=texts[index],
        visibility="public" if options.public else "private",
        seen_version=conversation.version,
    )
    with clock.at(clock.now() + timedelta(seconds=10)):
        send_waiting(10)
    conversation.refresh_from_db()


def promise_and_settle(conversation: Conversation, who: Membership, dice: random.Random) -> datetime:
    """A promise, kept before it is due for most; returns when the story goes on."""
    what, conditions = dice.choice(PROMISES["en" if conversation.language == "en" else "fr"])
    now = clock.now()
    due = now + timedelta(hours=dice.choice((4, 20, 26, 44)))
    given = promise(conversation, by=who, terms=PromiseTerms(what=what, due_at=due, conditions=conditions))
    kept_at = now + (due - now) * dice.uniform(0.2, 0.95)
    if dice.random() < KEPT and kept_at < latest():
        with clock.at(kept_at):
            keep(given, by=who)
        return kept_at
    return due + timedelta(hours=1)
