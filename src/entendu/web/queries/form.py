"""The form of a query: what was typed, the terms that it makes, and what is wrong with it beside each field."""

from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date

from entendu.accounts.models import Membership, User
from entendu.kit import clock
from entendu.mentions.governance import FIRST_REVIEW
from entendu.mentions.models import Basis, Query, Takes
from entendu.mentions.queries import FIELDS, BadQuery, Terms
from entendu.web.queries.words import ERRORS, TAKES_HELP

FLAGS = ("opens_conversations", "wide")


def blank(actor: Membership, text: str) -> dict[str, Any]:
    """What a form for a new query proposes: `actor` reviews it in six months. The legal basis is not guessed."""
    return {
        "text": text,
        "takes": Takes.BOTH,
        "reviewer": str(actor.user_id),
        "review_on": (clock.now().date() + FIRST_REVIEW).isoformat(),
    }


def kept(query: Query) -> dict[str, Any]:
    """A query as the form shows it."""
    shown = {name: getattr(query, name) for name in FIELDS}
    return shown | {
        "reviewer": str(query.reviewer_id or ""),
        "review_on": query.review_on.isoformat() if query.review_on else "",
    }


def typed(given: QueryDict) -> dict[str, Any]:
    """What somebody typed, as text and booleans."""
    shown: dict[str, Any] = {name: given.get(name, "") for name in FIELDS}
    return shown | {name: given.get(name) == "1" for name in FLAGS}


def terms(actor: Membership, shown: dict[str, Any]) -> Terms:
    """The terms of what was typed; what is no member or no day is left out, and missed later."""
    values = shown | {"reviewer": reviewer(actor, shown["reviewer"]), "review_on": day(shown["review_on"])}
    return Terms(**values)


def reviewer(actor: Membership, number: str) -> User | None:
    """The member of the organisation with this number."""
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    member = Membership.objects.visible_to(actor).filter(user=int(number)).select_related("user").first()
    return member.user if member else None


def day(text: str) -> date | None:
    """A day as a field of that kind sends it."""
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def choices(actor: Membership) -> dict[str, Any]:
    """What the form offers."""
    members = Membership.objects.visible_to(actor).select_related("user").order_by("user__name", "pk")
    return {
        "bases": Basis.choices,
        "takings": [(value, label, TAKES_HELP[Takes(value)]) for value, label in Takes.choices],
        "reviewers": [(str(one.user_id), one.user) for one in members],
        "tomorrow": clock.now().date().isoformat(),
    }


def errors_of(bad: BadQuery | None) -> dict[str, Any]:
    """What is wrong, in words, by field."""
    return {name: ERRORS.get(code, code) for name, code in bad.errors.items()} if bad else {}
