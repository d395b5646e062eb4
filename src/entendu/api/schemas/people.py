"""People as programs see them."""

from datetime import datetime
from typing import Any

from ninja import Schema

from entendu.api.schemas.mentions import AuthorOut, author_out
from entendu.people.models import Identity, Person


class AccountOut(Schema):
    """An account, why we say that it is this person, and since when; `confirmed` False: proposed only."""

    author: AuthorOut
    evidence: str
    confidence: float
    confirmed: bool
    proposed_at: datetime


class PersonOut(Schema):
    id: int
    name: str
    language: str
    created_at: datetime
    accounts: list[AccountOut]


class PersonPage(Schema):
    items: list[PersonOut]
    next: str


def person_out(person: Person, identities: list[Identity]) -> dict[str, Any]:
    """The fields of PersonOut, with the claims that have not ended (their authors loaded)."""
    accounts = [
        {
            "author": author_out(one.author),
            "evidence": one.evidence,
            "confidence": one.confidence,
            "confirmed": one.confirmed_at is not None,
            "proposed_at": one.proposed_at,
        }
        for one in identities
    ]
    return {
        "id": person.pk,
        "name": person.name,
        "language": person.language,
        "created_at": person.created_at,
        "accounts": accounts,
    }
