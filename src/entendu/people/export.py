"""What is kept about one person, for that person."""

from typing import Any

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.mentions.models import Author, Mention
from entendu.people.erase import EraseRefused, accounts_of
from entendu.people.models import Identity, Person


def export(person: Person, *, by: Membership) -> dict[str, Any]:
    """Accounts, claims, messages and what was read in them, as plain values. Written in the trail. Raises
    EraseRefused (not_yours, not_allowed)."""
    if person.organisation_id != by.organisation_id:
        raise EraseRefused("not_yours")
    if not by.may("administer"):
        raise EraseRefused("not_allowed")
    authors = accounts_of(person)
    audit(by.organisation, by, "export_person", f"person {person.pk}")
    return {
        "person": {"name": person.name, "since": person.created_at.isoformat()},
        "accounts": [account(one) for one in authors],
        "links": [claim(one) for one in Identity.objects.filter(person=person).select_related("author")],
        "messages": [message(one) for one in messages_of(authors)],
    }


def messages_of(authors: list[Author] | Any) -> list[Mention]:
    """What the accounts said, oldest first."""
    rows = Mention.objects.filter(author__in=authors).select_related("channel", "analysis", "author")
    return list(rows.prefetch_related("attachments", "revisions").order_by("said_at", "id"))


def account(author: Author) -> dict[str, Any]:
    """One account."""
    return {
        "network": author.network,
        "key": author.key,
        "handle": author.handle,
        "name": author.name,
        "url": author.url,
        "audience_estimated": author.audience,
        "first_seen": author.first_seen_at.isoformat(),
    }


def claim(identity: Identity) -> dict[str, Any]:
    """One link between an account and the person."""
    return {
        "account": identity.author.shown,
        "evidence": identity.evidence,
        "confidence": identity.confidence,
        "note": identity.note,
        "proposed": identity.proposed_at.isoformat(),
        "confirmed": identity.confirmed_at.isoformat() if identity.confirmed_at else None,
        "ended": identity.ended_at.isoformat() if identity.ended_at else None,
    }


def message(mention: Mention) -> dict[str, Any]:
    """One message, its earlier versions, its files, and what was read in it."""
    analysis = getattr(mention, "analysis", None)
    facets = ("language", "sentiment", "intent", "urgency", "disappointed", "offensive")
    return {
        "channel": mention.channel.name,
        "account": mention.author.shown,
        "said_at": mention.said_at.isoformat(),
        "visibility": mention.visibility,
        "url": mention.url,
        "title": mention.title,
        "text": mention.text,
        "earlier_texts": [one.text for one in mention.revisions.all()],
        "files": [one.name for one in mention.attachments.all()],
        "read": {facet: getattr(analysis, facet) for facet in facets} if analysis else None,
    }
