"""The form of an announcement: what was typed, and the terms that it makes."""

from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date

from entendu.accounts.models import Membership
from entendu.analysis.claims import ClaimTerms
from entendu.analysis.models import Claim, ClaimKind, Topic
from entendu.kit import clock

FIELDS = ("text", "kind", "place", "topic", "site", "valid_from", "valid_until", "owner")


def blank(actor: Membership) -> dict[str, Any]:
    """A new one: in force from today, looked after by `actor`."""
    today = clock.now().date().isoformat()
    return dict.fromkeys(FIELDS, "") | {
        "kind": ClaimKind.OTHER,
        "valid_from": today,
        "owner": str(actor.user_id),
    }


def kept(claim: Claim) -> dict[str, Any]:
    """A claim as the form shows it."""
    shown: dict[str, Any] = {name: getattr(claim, name) for name in ("text", "kind", "place", "site")}
    return shown | {
        "topic": claim.topic.slug if claim.topic else "",
        "owner": str(claim.owner_id or ""),
        "valid_from": claim.valid_from.isoformat(),
        "valid_until": claim.valid_until.isoformat() if claim.valid_until else "",
    }


def typed(given: QueryDict) -> dict[str, Any]:
    """What somebody typed."""
    return {name: given.get(name, "").strip()[:400] for name in FIELDS}


def terms(actor: Membership, shown: dict[str, Any]) -> ClaimTerms:
    """The terms of what was typed; what is no member, topic or day is left out."""
    topics = Topic.objects.visible_to(actor)
    owners = Membership.objects.visible_to(actor).select_related("user")
    number = shown["owner"]
    owner = (
        owners.filter(user=int(number)).first()
        if number.isascii() and number.isdigit() and len(number) < 18
        else None
    )
    return ClaimTerms(
        text=shown["text"],
        kind=shown["kind"],
        place=shown["place"],
        topic=topics.filter(slug=shown["topic"]).first() if shown["topic"] else None,
        site=shown["site"],
        valid_from=day(shown["valid_from"]),
        valid_until=day(shown["valid_until"]),
        owner=owner.user if owner else None,
    )


def day(text: str) -> date | None:
    """A day as a field of that kind sends it."""
    try:
        return parse_date(text)
    except ValueError:
        return None
