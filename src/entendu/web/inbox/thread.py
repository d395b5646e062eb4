"""One conversation as the page shows it: the timeline, what can be answered, the person, the readings."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from entendu.accounts.models import Membership
from entendu.accounts.models.membership import MAY
from entendu.analysis.models import Topic
from entendu.conversations.close import REASONS as CLOSING
from entendu.conversations.errors import SENTENCES
from entendu.conversations.models import (
    Conversation,
    Event,
    Kind,
    Part,
    Promise,
    Reply,
    ReplyState,
    State,
)
from entendu.conversations.presence import present
from entendu.conversations.priority import REASONS
from entendu.conversations.reply import can_reply
from entendu.conversations.thread import Entry, timeline
from entendu.kit import clock
from entendu.mentions.models import Author, Mention
from entendu.people.models import Person
from entendu.web.claims.shown import of_mention
from entendu.web.inbox.moments import promise_presets, snooze_presets
from entendu.web.inbox.readings import Reading, readings_of

R = TypeVar("R")


@dataclass(frozen=True)
class Kept:
    """What somebody wrote that was not sent: it is shown again, with the reason above it."""

    text: str = ""
    note: str = ""
    mode: str = ""
    error: str = ""
    doubt: bool = False  # it may be sent all the same
    news: list[Event] = field(default_factory=list)
    promise: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of the follow-up: done, or not yet."""

    code: str
    at: datetime | None = None
    by: str = ""


def thread_of(conversation: Conversation, actor: Membership, kept: Kept | None = None) -> dict[str, Any]:
    """All that the panes of a conversation show. The number of queries does not depend on its length."""
    entries = timeline(conversation)
    heard = [part.mention for part in _rows(entries, Part) if not part.mention.ours]
    last = heard[-1] if heard else None
    options = can_reply(conversation)
    return {
        "conversation": conversation,
        "entries": _by_day(entries),
        "options": options,
        "refusal": _sentence(options.code),
        "kept": kept or Kept(),
        "key": uuid.uuid4().hex,
        "others": present(conversation, but=actor),
        "reasons": [str(REASONS[code]) for code in conversation.reasons if code in REASONS],
        "readings": _readings(last),
        "claims": of_mention(actor, last.pk) if last is not None else [],
        "read": last,
        "promises": [promise for promise in _rows(entries, Promise) if _binds(promise)],
        "steps": _steps(conversation, entries),
        "closing": CLOSING,
        "attached": _attached(entries),
        **_person(conversation, actor),
        **_choices(conversation, actor),
    }


def _choices(conversation: Conversation, actor: Membership) -> dict[str, Any]:
    """What the menus offer."""
    now = timezone.localtime(clock.now())
    members = Membership.objects.visible_to(actor).filter(user__is_active=True, role__in=MAY["answer"])
    return {
        "topics": Topic.objects.visible_to(actor).order_by("slug"),
        "colleagues": members.exclude(user=conversation.owner_id)
        .select_related("user")
        .order_by("user__name"),
        "snoozes": snooze_presets(now),
        "dues": promise_presets(now),
        "can_answer": actor.may("answer"),
        "can_note": actor.may("note"),
        "can_triage": actor.may("triage"),
        "can_correct": actor.may("correct"),
        "mine": conversation.owner_id == actor.user_id,
    }


def _person(conversation: Conversation, actor: Membership) -> dict[str, Any]:
    in_force = {"identities__confirmed_at__isnull": False, "identities__ended_at__isnull": True}
    person = (
        Person.objects.visible_to(actor).filter(identities__author=conversation.author_id, **in_force).first()
    )
    accounts = [conversation.author]
    if person is not None:
        accounts = list(
            Author.objects.visible_to(actor).filter(identities__person=person, **in_force).order_by("id")
        )
    others = (
        Conversation.objects.visible_to(actor)
        .filter(author__in=[account.pk for account in accounts])
        .exclude(pk=conversation.pk)
        .order_by("-last_at")[:6]
    )
    audiences = [account.audience for account in accounts if account.audience]
    return {
        "person": person,
        "accounts": accounts,
        "other_conversations": list(others),
        "reach": max(audiences, default=None),
    }


def _readings(mention: Mention | None) -> list[Reading]:
    return readings_of(mention) if mention is not None else []


def _binds(promise: Promise) -> bool:
    return promise.state in {"open", "broken"} and promise.settled_by_id is None


def _sentence(code: str) -> str:
    return str(SENTENCES[code]) if code in SENTENCES else ""


def _rows(entries: list[Entry], kind: type[R]) -> list[R]:
    return [entry.row for entry in entries if isinstance(entry.row, kind)]


def _steps(conversation: Conversation, entries: list[Entry]) -> list[Step]:
    """Received, taken, answered, promised, closed: with their moments once they came."""
    events = _rows(entries, Event)
    taken = next((one for one in events if one.kind in {Kind.TAKEN, Kind.ASSIGNED}), None)
    first = next((one for one in _rows(entries, Reply) if one.state == ReplyState.SENT), None)
    closed = next((one for one in reversed(events) if one.kind == Kind.CLOSED), None)
    done = closed is not None and conversation.state == State.CLOSED
    steps = [
        Step("received", conversation.opened_at),
        Step("taken", taken.at, str(taken.by or "")) if taken else Step("taken"),
        Step("answered", first.sent_at, str(first.by or "")) if first else Step("answered"),
    ]
    if conversation.due_at:
        steps.append(Step("due", conversation.due_at))
    steps.append(Step("closed", closed.at, str(closed.by or "")) if done and closed else Step("closed"))
    return steps


def _attached(entries: list[Entry]) -> Event | None:
    """The last attachment of this conversation to another one, so that it can be undone."""
    acts = [one for one in _rows(entries, Event) if one.kind in {Kind.ATTACHED, Kind.DETACHED}]
    last = acts[-1] if acts else None
    return last if last is not None and last.kind == Kind.ATTACHED and "into" in last.data else None


def _by_day(entries: list[Entry]) -> list[tuple[bool, Entry]]:
    """Each entry, and whether a new day begins with it."""
    shown: list[tuple[bool, Entry]] = []
    day = None
    for entry in entries:
        today = timezone.localtime(entry.at).date()
        shown.append((today != day, entry))
        day = today
    return shown
