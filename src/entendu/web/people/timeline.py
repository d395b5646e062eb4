"""All that concerns a person across channels, newest first, a page at a time, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from entendu.accounts.models import Membership
from entendu.conversations.models import Conversation, Promise, Reply
from entendu.mentions.models import Author, Mention
from entendu.web.listen.rows import loaded, rows_of

SIZE = 50


@dataclass(frozen=True)
class Moment:
    """One line: `kind` is mention, reply, promise or opened; `row` what the template shows."""

    kind: str
    at: datetime
    row: Any


@dataclass(frozen=True)
class Past:
    """Lines, and the moment before which the next page begins (empty: there is no more)."""

    moments: list[Moment]
    following: str


def past_of(actor: Membership, accounts: Sequence[Author], before: str = "") -> Past:
    """What `accounts` said and what we did for them, at most SIZE lines before the moment `before`."""
    ids = [one.pk for one in accounts]
    until = _moment(before)
    said = Mention.objects.visible_to(actor).filter(author__in=ids, ours=False)
    replies = Reply.objects.visible_to(actor).filter(answers__author__in=ids).exclude(state="unsent")
    promises = Promise.objects.visible_to(actor).filter(conversation__author__in=ids)
    opened = Conversation.objects.visible_to(actor).filter(author__in=ids)
    moments = [
        *[
            Moment("mention", one.it.said_at, one)
            for one in rows_of(_part(loaded(said, actor), "said_at", until), actor)
        ],
        *_moments("reply", replies.select_related("by", "channel", "conversation"), "composed_at", until),
        *_moments("promise", promises.select_related("by", "conversation"), "at", until),
        *_moments("opened", opened.select_related("topic", "owner"), "opened_at", until),
    ]
    moments.sort(key=lambda one: one.at, reverse=True)
    shown = moments[:SIZE]
    return Past(shown, shown[-1].at.isoformat() if len(moments) > SIZE else "")


def _moments(kind: str, rows: QuerySet[Any], column: str, until: datetime | None) -> list[Moment]:
    return [Moment(kind, getattr(one, column), one) for one in _part(rows, column, until)]


def _part(rows: QuerySet[Any], column: str, until: datetime | None) -> list[Any]:
    if until is not None:
        rows = rows.filter(**{f"{column}__lt": until})
    return list(rows.order_by(f"-{column}", "-id")[: SIZE + 1])


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return timezone.make_aware(found) if found is not None and timezone.is_naive(found) else found
