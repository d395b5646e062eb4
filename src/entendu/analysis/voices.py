"""Who speaks: a mention counts for the person that its account is known to be, else for the account."""

from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from entendu.analysis.models import Scope
from entendu.mentions.models import Mention


def heard() -> QuerySet[Mention]:
    """The mentions that count: said by others, by a human, read and gathered, and still there."""
    return Mention.objects.filter(
        ours=False,
        automatic=False,
        deleted_at__isnull=True,
        gathered_at__isnull=False,
        analysis__isnull=False,
    )


def with_voices(mentions: QuerySet[Mention]) -> QuerySet[Any]:
    """`mentions` with `voice`: a number that is the same for all accounts of one confirmed person.

    The claims that an account is a person are written above this app, and reached from the account by their name.
    """
    claim = "author__identities"
    in_force = Q(**{f"{claim}__confirmed_at__isnull": False, f"{claim}__ended_at__isnull": True})
    claims = FilteredRelation(claim, condition=in_force)
    return mentions.annotate(claim=claims).annotate(voice=Coalesce("claim__person_id", -F("author_id")))


def said_in(organisation: int, scope: str, key: str, since: datetime, until: datetime) -> QuerySet[Mention]:
    """The mentions that count of one scope, said in [since, until[."""
    found = heard().filter(organisation_id=organisation, said_at__gte=since, said_at__lt=until)
    return found.filter(**where(scope, key))


def where(scope: str, key: str) -> dict[str, Any]:
    """The condition on mentions that a scope makes."""
    lookups = {
        Scope.TOPIC: "tags__topic",
        Scope.QUERY: "matches__query",
        Scope.PLACE: "place",
        Scope.CHANNEL: "channel",
        Scope.SITE: "network",
    }
    lookup = lookups.get(Scope(scope))
    return {lookup: key} if lookup else {}
