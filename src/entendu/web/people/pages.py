"""The list of persons, and one person."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.paging import slice_of
from entendu.conversations.erase import export_person
from entendu.mentions.models import Author
from entendu.people.models import Evidence, Identity, Person
from entendu.web.access import Asked, may, page
from entendu.web.people.timeline import past_of

IN_FORCE = Q(confirmed_at__isnull=False, ended_at__isnull=True)
PROPOSED = Q(confirmed_at__isnull=True, ended_at__isnull=True)
CANDIDATES = 10
CLAIMS = [choice for choice in Evidence.choices if choice[0] != Evidence.FIRST_SEEN]


@require_GET
@page
def people(request: Asked) -> HttpResponse:
    """Everybody who spoke, the newest first, or those whose name or handle holds the words."""
    q = request.GET.get("q", "").strip()[:120]
    found = Person.objects.visible_to(request.actor).filter(erased_at__isnull=True)
    if q:
        accounts = Author.objects.visible_to(request.actor).filter(_named(q))
        claims = Identity.objects.visible_to(request.actor).filter(IN_FORCE, author__in=accounts)
        found = found.filter(Q(name__icontains=q) | Q(pk__in=claims.values("person")))
    else:
        claims = Identity.objects.visible_to(request.actor).filter(IN_FORCE)
        found = found.filter(pk__in=claims.values("person"))
    claims = Identity.objects.visible_to(request.actor).filter(IN_FORCE).select_related("author")
    with_claims: QuerySet[Person] = found.prefetch_related(Prefetch("identities", claims, to_attr="claims"))
    part = slice_of(with_claims.order_by("-created_at"), request.GET.get("cursor", ""))
    return render(request, "people/people.html", {"q": q, "people": part.rows, "following": part.following})


@require_GET
@page
def person(request: Asked, person: int) -> HttpResponse:
    """Everything about one person, across channels."""
    return show(request, find(request, person))


@require_GET
@may("link")
def candidates(request: Asked, person: int) -> HttpResponse:
    """Other accounts that could be the same person, by name or handle."""
    found = find(request, person)
    q = request.GET.get("q", "").strip()[:120]
    mine = Identity.objects.visible_to(request.actor).filter(IN_FORCE, person=found).values("author")
    rows: Any = []
    if len(q) >= 2:
        others = Author.objects.visible_to(request.actor).filter(_named(q), ours=False).exclude(pk__in=mine)
        rows = others.order_by("handle", "pk")[:CANDIDATES]
    context = {"person": found, "candidates": rows, "q": q, "claims": CLAIMS}
    return render(request, "people/_candidates.html", context)


@require_POST
@may("administer")
def export(request: Asked, person: int) -> HttpResponse:
    """All that is kept about the person, as JSON, for that person."""
    found = find(request, person)
    response = JsonResponse(export_person(found, by=request.actor), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="person-{found.pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


def find(request: Asked, person: int) -> Person:
    """The person, if of the actor's organisation: 404 otherwise."""
    rows = Person.objects.visible_to(request.actor).select_related("organisation")
    return get_object_or_404(rows, pk=person)


def show(request: Asked, found: Person, *, error: str = "", status: int = 200) -> HttpResponse:
    """The page of a person. The number of queries does not depend on how much was said."""
    identities = Identity.objects.visible_to(request.actor).select_related(
        "author", "person", "by", "replaces"
    )
    claims = list(identities.filter(IN_FORCE, person=found).order_by("confirmed_at", "pk"))
    accounts = [one.author for one in claims]
    proposed = identities.filter(PROPOSED).filter(Q(person=found) | Q(author__in=accounts))
    audiences = [one.audience for one in accounts if one.audience]
    past = past_of(request.actor, accounts, request.GET.get("before", ""))
    context = {
        "person": found,
        "claims": claims,
        "proposed": list(proposed.order_by("-confidence", "pk")[:20]),
        "audience": max(audiences, default=None),
        "moments": past.moments,
        "following": past.following,
        "evidence": CLAIMS,
        "error": error,
        "can_link": request.actor.may("link"),
        "can_administer": request.actor.may("administer"),
    }
    return render(request, "people/person.html", context, status=status)


def _named(words: str) -> Q:
    bare = words.lstrip("@")
    return Q(handle__icontains=bare) | Q(name__icontains=bare) | Q(key__iexact=bare)
