"""Mentions: what was said."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from pydantic import Field

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.api.access import Call, needs
from entendu.api.errors import Refused
from entendu.api.fields import Between, Code, Given, Id, Line, PathId
from entendu.api.schemas.mentions import LOADED, MentionOut, MentionPage, mention_out
from entendu.conversations.correct import correct
from entendu.mentions.masking import Rules, rules_of
from entendu.mentions.models import Mention
from entendu.mentions.search import search
from entendu.reading.query import QueryError, parse

router = Router(tags=["mentions"])


class MentionFilters(Between):
    """Empty filters let everything in. `q` is a query in the query language; `ours` adds what we said
    ourselves."""

    q: Annotated[Line, Field(max_length=4096)] = ""
    channel: Id | None = None
    author: Id | None = None
    topic: Code = ""
    language: Code = ""
    sentiment: Code = ""
    intent: Code = ""
    urgency: Code = ""
    ours: bool = False


class CorrectionIn(Given):
    """What a person says instead of the machine: a facet (language, sentiment, intent, urgency, disappointed,
    offensive) and its value ("yes" and "no" for the last two)."""

    facet: Code
    value: Code


@router.get("", response=MentionPage)
def list_mentions(request: Call, filters: Query[MentionFilters]) -> dict[str, Any]:
    """The mentions that pass all filters, the newest said first."""
    page = slice_of(_filtered(request.auth, filters), filters.cursor, filters.limit, strict=True)
    rules = _rules(request.auth)
    return {"items": [mention_out(one, rules) for one in page.rows], "next": page.following}


@router.get("/{mention}", response=MentionOut)
def one_mention(request: Call, mention: PathId) -> dict[str, Any]:
    """One mention."""
    found = get_object_or_404(_loaded(Mention.objects.visible_to(request.auth)), pk=mention)
    return mention_out(found, _rules(request.auth))


@router.post("/{mention}/corrections", response={201: MentionOut})
@needs("correct")
def correct_mention(request: Call, mention: PathId, given: CorrectionIn) -> Status[dict[str, Any]]:
    """Says otherwise than the machine. What the machine said stays beside it."""
    found = get_object_or_404(Mention.objects.visible_to(request.auth), pk=mention)
    correct(found, by=request.auth, facet=given.facet, value=given.value)
    return Status(201, one_mention(request, mention))


def _rules(actor: Membership) -> Rules:
    return rules_of([actor.organisation_id])[actor.organisation_id]


def _filtered(actor: Membership, filters: MentionFilters) -> QuerySet[Mention]:
    found = _matching(actor, filters.q).filter(**filters.dates("said_at"))
    if not filters.ours:
        found = found.filter(ours=False)
    conditions = {
        "channel": filters.channel,
        "author": filters.author,
        "tags__topic__slug": filters.topic,
        "analysis__language": filters.language,
        "analysis__sentiment": filters.sentiment,
        "analysis__intent": filters.intent,
        "analysis__urgency": filters.urgency,
    }
    given = {name: value for name, value in conditions.items() if value}
    return _loaded(found.filter(**given)).order_by("-said_at")


def _matching(actor: Membership, text: str) -> QuerySet[Mention]:
    if not text.strip():
        return Mention.objects.visible_to(actor)
    try:
        return search(actor, parse(text))
    except QueryError as error:
        raise Refused(422, "invalid", [{"field": "query.q", "code": "syntax"}]) from error


def _loaded(mentions: QuerySet[Mention]) -> QuerySet[Mention]:
    return mentions.select_related(*LOADED).prefetch_related("tags__topic")
