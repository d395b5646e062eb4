"""The register of what was announced: added, changed, proposed, accepted, refused, withdrawn; each with its trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation, User
from entendu.analysis.models import Claim, ClaimKind, ClaimSource, ClaimState, ClaimVersion, Topic
from entendu.kit import clock

MOST = 500  # claims in force in one organisation
LENGTHS = {"text": 300, "place": 120, "site": 300}


class BadClaim(ValueError):
    """It cannot be kept. `errors`: field → code (required · too_long · bad_value · ends_before · taken · too_many ·
    not_yours · not_allowed · state)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTerms:
    """What was announced, where, for whom and for how long."""

    text: str
    kind: str = ClaimKind.OTHER
    place: str = ""
    topic: Topic | None = None
    site: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    owner: User | None = None


def terms_of(claim: Claim) -> ClaimTerms:
    """The terms of a claim as it is."""
    return ClaimTerms(**{name: getattr(claim, name) for name in ClaimTerms.__dataclass_fields__})


@transaction.atomic
def add_claim(organisation: Organisation, terms: ClaimTerms, *, by: Membership | None = None) -> Claim:
    """In force at once; the messages of the last days are held against it too. Raises BadClaim."""
    values = checked(organisation, terms, by=by)
    now = clock.now()
    claim = Claim.objects.create(
        organisation=organisation,
        by=by.user if by else None,
        created_at=now,
        changed_at=now,
        back_at=now,
        **values,
    )
    note(claim, "added", by=by)
    return claim


@transaction.atomic
def change_claim(claim: Claim, terms: ClaimTerms, *, by: Membership) -> Claim:
    """Other words or another scope: what nobody decided upon is looked at anew. Raises BadClaim."""
    values = checked(claim.organisation, terms, by=by, but=claim)
    held = Claim.objects.select_for_update().get(pk=claim.pk)
    if all(getattr(held, name) == value for name, value in values.items()):
        return held
    for name, value in values.items():
        setattr(held, name, value)
    held.changed_at = clock.now()
    if held.state == ClaimState.IN_FORCE:
        look_again(held)
    held.save()
    note(held, "changed", by=by)
    return held


@transaction.atomic
def accept_claim(claim: Claim, *, by: Membership) -> Claim:
    """What was proposed is an announcement. Raises BadClaim."""
    held = _moved(claim, by=by, when={ClaimState.PROPOSED, ClaimState.REFUSED, ClaimState.ENDED})
    checked(held.organisation, terms_of(held), by=by, but=held)
    held.state, held.owner = ClaimState.IN_FORCE, held.owner or by.user
    look_again(held)
    held.save()
    note(held, "accepted", by=by)
    return held


@transaction.atomic
def refuse_claim(claim: Claim, *, by: Membership) -> Claim:
    """What was proposed is no announcement; it is not proposed again. Raises BadClaim."""
    held = _moved(claim, by=by, when={ClaimState.PROPOSED})
    held.state, held.back_at = ClaimState.REFUSED, None
    held.save()
    note(held, "refused", by=by)
    return held


@transaction.atomic
def end_claim(claim: Claim, *, by: Membership) -> Claim:
    """It is announced no more; what it was held against stays. Raises BadClaim."""
    held = _moved(claim, by=by, when={ClaimState.IN_FORCE})
    today = clock.now().date()
    held.state, held.back_at = ClaimState.ENDED, None
    held.valid_until = min(held.valid_until or today, max(today, held.valid_from))
    held.save()
    note(held, "ended", by=by)
    return held


def propose_claim(organisation: Organisation, text: str, kind: str, *, said_in: Any) -> None:
    """A sentence of ours that announces something, once; in the caller's transaction."""
    if Claim.objects.filter(organisation=organisation, text__iexact=text[:300]).exists():
        return
    now = clock.now()
    claim = Claim.objects.create(
        organisation=organisation, text=text[:300], kind=kind, place=said_in.place, site=said_in.url[:300],
        valid_from=said_in.said_at.date(), source=ClaimSource.OWN, said_in=said_in, state=ClaimState.PROPOSED,
        created_at=now, changed_at=now,
    )  # fmt: skip
    ClaimVersion.objects.create(claim=claim, change="proposed", data=plain(claim), at=now)


def look_again(claim: Claim) -> None:
    """The messages of the last days are to be held against it anew; what people decided stays. Not saved."""
    claim.matches.filter(decision="").delete()
    claim.back_at, claim.back_id = clock.now(), 0


def checked(
    organisation: Organisation, terms: ClaimTerms, *, by: Membership | None, but: Claim | None = None
) -> dict[str, Any]:
    """The columns of `terms`. Raises BadClaim."""
    allow(organisation, by)
    values = {name: getattr(terms, name) for name in ClaimTerms.__dataclass_fields__}
    values = {name: " ".join(v.split()) if isinstance(v, str) else v for name, v in values.items()}
    values["valid_from"] = values["valid_from"] or clock.now().date()
    errors = {name: "too_long" for name, most in LENGTHS.items() if len(values[name]) > most}
    if len(values["text"]) < 3:
        errors["text"] = "required"
    if values["kind"] not in ClaimKind.values:
        errors["kind"] = "bad_value"
    if values["valid_until"] and values["valid_until"] < values["valid_from"]:
        errors["valid_until"] = "ends_before"
    if terms.topic is not None and terms.topic.organisation_id != organisation.pk:
        errors["topic"] = "bad_value"
    others = Claim.objects.filter(organisation=organisation).exclude(pk=but.pk if but else 0)
    if others.filter(**{name: values[name] for name in ("text", "place", "valid_from")}).exists():
        errors["text"] = "taken"
    if others.filter(state=ClaimState.IN_FORCE).count() >= MOST:
        errors["text"] = "too_many"
    if errors:
        raise BadClaim(errors)
    return values


def allow(organisation: Organisation, by: Membership | None) -> None:
    """Raises BadClaim unless `by` (None: the command line) may keep the register of `organisation`."""
    if by is not None and by.organisation_id != organisation.pk:
        raise BadClaim({"": "not_yours"})
    if by is not None and not by.may("listen"):
        raise BadClaim({"": "not_allowed"})


def note(claim: Claim, change: str, *, by: Membership | None) -> None:
    """One version more, and a line in the trail."""
    user = by.user if by else None
    ClaimVersion.objects.create(claim=claim, change=change, data=plain(claim), by=user, at=clock.now())
    audit(claim.organisation, by, f"claim_{change}", claim.text, **plain(claim))


def plain(claim: Claim) -> dict[str, Any]:
    """The terms of a claim as JSON holds them."""
    names = ClaimTerms.__dataclass_fields__
    found = {name: getattr(claim, name) for name in names if name not in ("topic", "owner")}
    found |= {"topic": claim.topic_id, "owner": claim.owner_id, "state": claim.state}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def _moved(claim: Claim, *, by: Membership, when: set[ClaimState]) -> Claim:
    allow(claim.organisation, by)
    held = Claim.objects.select_for_update().get(pk=claim.pk)
    if held.state not in when:
        raise BadClaim({"": "state"})
    held.changed_at = clock.now()
    return held
