"""Who said nothing that concerns us is not kept: neither the account, nor the person that was made for it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from entendu.mentions.models import Author, Mention
from entendu.people.models import Evidence, Identity, Person

# Claims on which a colleague gave a word, if only to decline them.
BY_HAND = (
    Q(by__isnull=False)
    | Q(ended_at__isnull=False)
    | Q(evidence__in=[Evidence.SAID_SO, Evidence.JUDGEMENT])
    | (Q(confirmed_at__isnull=False) & ~Q(evidence=Evidence.FIRST_SEEN))
)


@transaction.atomic
def forget_strangers(authors: Iterable[int]) -> int:
    """Removes those of `authors` (ids) that said nothing that is kept, are not ours, and about whom no colleague ever
    gave a word; and the persons who were only them. Returns how many accounts went. A constant number of statements.

    Conversations stand above this app: the caller leaves out the authors of those. An account in use elsewhere at
    this moment (PostgreSQL) is left alone.
    """
    rows = Author.objects.filter(pk__in=set(authors), ours=False).select_for_update(skip_locked=True)
    held = set(rows.values_list("pk", flat=True))
    held -= set(Mention.objects.filter(author__in=held).values_list("author", flat=True).distinct())
    if not held:
        return 0
    in_force = Q(confirmed_at__isnull=False, ended_at__isnull=True)
    claims = list(Identity.objects.filter(in_force, author__in=held).values_list("author", "person"))
    people = {person for _author, person in claims}
    touched = Q(author__in=held) | Q(person__in=people)
    judged = list(Identity.objects.filter(BY_HAND).filter(touched).values_list("author", "person"))
    known = {person for _author, person in judged}
    held -= {author for author, _person in judged} | {author for author, person in claims if person in known}
    Author.objects.filter(pk__in=held).delete()
    alone = Person.objects.filter(pk__in={person for author, person in claims if author in held})
    alone.filter(erased_at__isnull=True).exclude(identities__confirmed_at__isnull=False).delete()
    return len(held)
