"""Conversations: to look at them. What is done in them is in acts.py."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.api.access import Call
from entendu.api.errors import Refused
from entendu.api.fields import Between, Code, Id, PathNumber
from entendu.api.schemas.conversations import (
    LOADED,
    ConversationPage,
    ConversationWhole,
    conversation_out,
    entry_out,
)
from entendu.conversations.boxes import BOXES, box
from entendu.conversations.models import Conversation
from entendu.conversations.thread import timeline
from entendu.mentions.masking import rules_of

router = Router(tags=["conversations"])


class ConversationFilters(Between):
    """`box`: to_take, mine, team, paused, at_risk, nudges, closed or all. Dates are those of the opening."""

    box: Code = "all"
    channel: Id | None = None
    author: Id | None = None
    topic: Code = ""
    language: Code = ""
    sentiment: Code = ""
    intent: Code = ""
    urgency: Code = ""
    state: Code = ""


@router.get("", response=ConversationPage)
def list_conversations(request: Call, filters: Query[ConversationFilters]) -> dict[str, Any]:
    """The conversations of a box that pass all filters, in the order of the box."""
    page = slice_of(_filtered(request.auth, filters), filters.cursor, filters.limit, strict=True)
    return {"items": [conversation_out(one) for one in page.rows], "next": page.following}


@router.get("/{number}", response=ConversationWhole)
def one_conversation(request: Call, number: PathNumber) -> dict[str, Any]:
    """One conversation, with all that happened in it."""
    found = find(request, number)
    rules = rules_of([found.organisation_id])[found.organisation_id]
    return {**conversation_out(found), "timeline": [entry_out(entry, rules) for entry in timeline(found)]}


def find(request: Call, number: int) -> Conversation:
    """The conversation of that number among those that the caller may see; 404 otherwise."""
    rows = Conversation.objects.visible_to(request.auth).select_related(*LOADED)
    return get_object_or_404(rows, number=number)


def _filtered(actor: Membership, filters: ConversationFilters) -> QuerySet[Conversation]:
    if filters.box not in BOXES:
        raise Refused(422, "invalid", [{"field": "query.box", "code": "unknown"}])
    conditions = {
        "channel": filters.channel,
        "author": filters.author,
        "topic__slug": filters.topic,
        "language": filters.language,
        "sentiment": filters.sentiment,
        "intent": filters.intent,
        "urgency": filters.urgency,
        "state": filters.state,
    }
    given = {name: value for name, value in conditions.items() if value}
    return box(actor, filters.box).filter(**filters.dates("opened_at"), **given).select_related(*LOADED)
