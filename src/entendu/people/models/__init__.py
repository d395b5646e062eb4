"""Who is behind the accounts: persons, and the claims that link accounts to them."""

from entendu.people.models.person import Evidence, Identity, Person

__all__ = ["Evidence", "Identity", "Person"]
