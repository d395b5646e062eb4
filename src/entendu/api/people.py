"""People: who is behind the accounts."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from entendu.accounts.models import Membership
from entendu.accounts.paging import slice_of
from entendu.api.access import Call
from entendu.api.fields import Line, Listing, PathId
from entendu.api.schemas.people import PersonOut, PersonPage, person_out
from entendu.people.models import Identity, Person

router = Router(tags=["people"])


class PeopleFilters(Listing):
    """`q`: a piece of a name or of a handle."""

    q: Line = ""


@router.get("", response=PersonPage)
def list_people(request: Call, filters: Query[PeopleFilters]) -> dict[str, Any]:
    """People, the newest known first."""
    found = Person.objects.visible_to(request.auth).filter(erased_at__isnull=True)
    if filters.q.strip():
        handles = Identity.objects.visible_to(request.auth).filter(
            ended_at__isnull=True, author__handle__icontains=filters.q.strip()
        )
        found = found.filter(Q(name__icontains=filters.q.strip()) | Q(pk__in=handles.values("person")))
    page = slice_of(found.order_by("-created_at"), filters.cursor, filters.limit, strict=True)
    accounts = _accounts(request.auth, page.rows)
    return {"items": [person_out(one, accounts[one.pk]) for one in page.rows], "next": page.following}


@router.get("/{person}", response=PersonOut)
def one_person(request: Call, person: PathId) -> dict[str, Any]:
    """One person, with the accounts that are his or hers and those that may be."""
    found = get_object_or_404(Person.objects.visible_to(request.auth), pk=person, erased_at__isnull=True)
    return person_out(found, _accounts(request.auth, [found])[found.pk])


def _accounts(actor: Membership, people: list[Person]) -> dict[int, list[Identity]]:
    claims = Identity.objects.visible_to(actor).filter(person__in=people, ended_at__isnull=True)
    found: dict[int, list[Identity]] = {person.pk: [] for person in people}
    for claim in claims.select_related("author").order_by("pk"):
        found[claim.person_id].append(claim)
    return found
