"""Each account that speaks is somebody. A first person is made with it; likely links are proposed, never made."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from entendu.kit import clock
from entendu.mentions.models import Author
from entendu.people.models import Evidence, Identity, Person

LIKELY = 200  # authors with the same handle that are looked at


def recognise_waiting(limit: int) -> int:
    """Gives a person to up to `limit` authors that have none; returns how many were treated."""
    waiting = Author.objects.filter(recognised_at__isnull=True).order_by("id")
    batch = list(waiting[:limit])
    if not batch:
        return 0
    with transaction.atomic():
        mine = set(
            Author.objects.filter(pk__in=[one.pk for one in batch], recognised_at__isnull=True)
            .select_for_update()
            .values_list("pk", flat=True)
        )
        new = [one for one in batch if one.pk in mine]
        people = give_people([one for one in new if not one.ours])
        propose_links([one for one in new if one.pk in people])
        Author.objects.filter(pk__in=mine).update(recognised_at=clock.now())
    return len(batch)


def give_people(authors: Sequence[Author]) -> set[int]:
    """A person for each author that has none in force; returns the authors' ids."""
    known = set(
        Identity.objects.filter(
            author__in=authors, confirmed_at__isnull=False, ended_at__isnull=True
        ).values_list("author", flat=True)
    )
    now = clock.now()
    new = [one for one in authors if one.pk not in known]
    people = Person.objects.bulk_create(
        Person(organisation_id=one.organisation_id, name=one.shown[:120], created_at=now) for one in new
    )
    Identity.objects.bulk_create(
        Identity(
            author=author,
            person=person,
            evidence=Evidence.FIRST_SEEN,
            confidence=1.0,
            proposed_at=now,
            confirmed_at=now,
        )
        for author, person in zip(new, people, strict=True)
    )
    return {one.pk for one in new}


def propose_links(authors: Sequence[Author]) -> None:
    """Proposes that a new author is a person already known by the same handle or address elsewhere."""
    now = clock.now()
    proposals: list[Identity] = []
    for organisation in {one.organisation_id for one in authors}:
        handles = {
            one.handle: one for one in authors if one.organisation_id == organisation and len(one.handle) > 4
        }
        twins = (
            Author.objects.filter(organisation_id=organisation, handle__in=list(handles), ours=False)
            .filter(identities__confirmed_at__isnull=False, identities__ended_at__isnull=True)
            .order_by("id")
            .values_list("handle", "network", "pk", "identities__person")[:LIKELY]
        )
        for handle, network, pk, person in twins:
            author = handles[handle]
            if author.network != network and author.pk != pk:
                proposals.append(proposal(author, person, now))
    Identity.objects.bulk_create(proposals)


def proposal(author: Author, person: int, now: datetime) -> Identity:
    """A claim that waits for a person's word."""
    address = "@" in author.handle.strip("@")
    return Identity(
        author=author,
        person_id=person,
        evidence=Evidence.SAME_ADDRESS if address else Evidence.SAME_HANDLE,
        confidence=0.95 if address else 0.6,
        proposed_at=now,
    )
