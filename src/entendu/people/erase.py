"""The right to be forgotten: nothing that a person said or is called by stays; that somebody spoke, and when, does."""

from collections.abc import Sequence

from django.db import transaction

from entendu.accounts.audit import audit, redact
from entendu.accounts.models import Membership
from entendu.analysis.withdraw import withdraw
from entendu.analysis.write_line import forget_stale
from entendu.kit import clock
from entendu.mentions.forget import forget
from entendu.mentions.models import Author, Mention
from entendu.people.models import Identity, Person


class EraseRefused(ValueError):
    """Nothing was erased. `code`: not_yours · not_allowed · erased."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def erase(person: Person, *, by: Membership) -> int:
    """Erases a person; returns how many mentions lost their text. Cannot be undone. Raises EraseRefused.

    Conversations stand above this app: call `conversations.erase.erase_person`, which calls this.
    """
    if person.organisation_id != by.organisation_id:
        raise EraseRefused("not_yours")
    if not by.may("administer"):
        raise EraseRefused("not_allowed")
    if person.erased_at:
        raise EraseRefused("erased")
    authors = accounts_of(person)
    formerly = Person.objects.filter(identities__author__in=authors).exclude(pk=person.pk).distinct()
    empty = [one for one in formerly if not set(accounts_of(one)) - set(authors)]
    gone = [person, *empty]
    names = {one.name for one in gone} | {one.shown for one in authors}
    withdraw(list(Mention.objects.filter(author__in=authors).values_list("pk", flat=True)))
    mentions = forget(authors)
    forget_stale(by.organisation)
    Identity.objects.filter(author__in=authors).update(note="")
    Identity.objects.filter(person__in=gone).update(note="")
    Person.objects.filter(pk__in=[one.pk for one in gone]).update(name="", language="", erased_at=clock.now())
    redact(by.organisation, names=names - {""})
    audit(by.organisation, by, "erase_person", f"person {person.pk}", mentions=mentions)
    person.refresh_from_db()
    return mentions


def accounts_of(person: Person) -> Sequence[Author]:
    """The accounts that are this person today."""
    claims = {"identities__confirmed_at__isnull": False, "identities__ended_at__isnull": True}
    return list(Author.objects.filter(identities__person=person, **claims).distinct())
