"""Links accounts to persons, on a colleague's word, and undoes it exactly."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.kit import clock
from entendu.mentions.models import Author
from entendu.people.models import Evidence, Identity, Person


class LinkRefused(ValueError):
    """The link cannot be made or undone. `code`: not_yours · same · first · ended · erased."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def propose(author: Author, *, person: Person, by: Membership, evidence: str, note: str = "") -> Identity:
    """A claim that `author` is `person`, to be confirmed. Raises LinkRefused."""
    check(author, person, by)
    return Identity.objects.create(
        author=author,
        person=person,
        evidence=evidence if evidence in Evidence.values else Evidence.JUDGEMENT,
        note=note[:300],
        confidence=0.8,
        proposed_at=clock.now(),
        by=by.user,
    )


@transaction.atomic
def confirm(identity: Identity, *, by: Membership) -> Identity:
    """The claim is in force; the one that it replaces is ended and remembered. Raises LinkRefused."""
    check(identity.author, identity.person, by)
    if identity.ended_at:
        raise LinkRefused("ended")
    if identity.confirmed_at:
        return identity
    now = clock.now()
    before = in_force(identity.author)
    if before:
        end(before, by)
    identity.confirmed_at, identity.by, identity.replaces = now, by.user, before
    identity.save(update_fields=["confirmed_at", "by", "replaces"])
    audit(
        by.organisation,
        by,
        "link",
        str(identity.person),
        author=identity.author.shown,
        evidence=identity.evidence,
    )
    return identity


@transaction.atomic
def undo(identity: Identity, *, by: Membership) -> Identity:
    """Ends a link; the author is again whoever it was before. Raises LinkRefused."""
    if identity.person.organisation_id != by.organisation_id:
        raise LinkRefused("not_yours")
    if identity.ended_at or not identity.confirmed_at:
        raise LinkRefused("ended")
    if identity.replaces is None:
        raise LinkRefused("first")
    end(identity, by)
    before = identity.replaces
    before.ended_at = before.ended_by = None
    before.save(update_fields=["ended_at", "ended_by"])
    audit(by.organisation, by, "unlink", str(identity.person), author=identity.author.shown)
    return before


@transaction.atomic
def decline(identity: Identity, *, by: Membership) -> None:
    """A proposed claim is not so: it is not proposed again. Raises LinkRefused."""
    if identity.person.organisation_id != by.organisation_id:
        raise LinkRefused("not_yours")
    if identity.confirmed_at:
        raise LinkRefused("ended")
    end(identity, by)


def in_force(author: Author) -> Identity | None:
    """The claim that says today who `author` is."""
    return Identity.objects.filter(author=author, confirmed_at__isnull=False, ended_at__isnull=True).first()


def end(identity: Identity, by: Membership) -> None:
    """Ends a claim; its row stays."""
    identity.ended_at, identity.ended_by = clock.now(), by.user
    identity.save(update_fields=["ended_at", "ended_by"])


def check(author: Author, person: Person, by: Membership) -> None:
    """Raises LinkRefused unless `by` may say that `author` is `person`."""
    if by.organisation_id not in {author.organisation_id} or person.organisation_id != by.organisation_id:
        raise LinkRefused("not_yours")
    if person.erased_at:
        raise LinkRefused("erased")
    known = in_force(author)
    if known and known.person_id == person.pk:
        raise LinkRefused("same")
