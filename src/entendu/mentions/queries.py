"""Adds and changes what we listen for. No query without a purpose, a legal basis, a reviewer and the day of the next
review; none that is no query; none that would listen to everybody without somebody having said so."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation, User
from entendu.kit import clock
from entendu.mentions.back_fill import search_stored
from entendu.mentions.effect import effect_of
from entendu.mentions.governance import LONGEST
from entendu.mentions.models import Basis, Change, Query, QueryVersion, Takes
from entendu.reading import query as language

LENGTHS = {"name": 120, "purpose": 300, "balance": 2000}


class BadQuery(ValueError):
    """The query cannot be saved. `errors` maps a field to a code (required · taken · too_long · syntax · unselective ·
    bad_value · not_member · past · too_far); `syntax` holds what is wrong in the text."""

    def __init__(self, errors: dict[str, str], syntax: language.QueryError | None = None) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors = errors
        self.syntax = syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a query listens for, and on which grounds. `wide`: it may look at everything, on purpose. `balance`: why
    our interest weighs more than theirs; needed with a legitimate interest."""

    name: str
    text: str
    purpose: str
    basis: str
    balance: str = ""
    reviewer: User | None = None
    review_on: date | None = None
    takes: str = Takes.BOTH
    opens_conversations: bool = False
    wide: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        """The values of the columns, without the spaces around them."""
        return {
            name: value.strip() if isinstance(value, str) else value
            for name in FIELDS
            for value in [getattr(self, name)]
        }


FIELDS = tuple(Terms.__dataclass_fields__)


def terms_of(query: Query) -> Terms:
    """The terms of a query as it is."""
    return Terms(**{name: getattr(query, name) for name in FIELDS})


def add_query(organisation: Organisation, terms: Terms, *, by: Membership | None = None) -> Query:
    """A new query, active at once for what comes from now on; the worker then looks for it in what is stored. Raises
    BadQuery."""
    parsed = check(organisation, terms)
    effect = effect_of(organisation.pk, None, parsed, takes=terms.takes)
    now = clock.now()
    with transaction.atomic():
        query = Query.objects.create(
            organisation=organisation,
            by=by.user if by else None,
            created_at=now,
            changed_at=now,
            **terms.columns,
        )
        note_version(query, Change.ADDED, by=by, effect=effect.as_json())
        search_stored(query, by=by)
        audit(organisation, by, "add_query", query.name, text=query.text, **grounds_of(query))
    return query


def change_query(query: Query, terms: Terms, *, by: Membership | None) -> Query:
    """The query as it is from now on; what it was is among its versions. Another text is looked for in what is stored,
    too. Raises BadQuery."""
    parsed = check(query.organisation, terms, but=query)
    before = {"name": query.name, "text": query.text, **grounds_of(query)}
    changed = terms.text.strip() != query.text or terms.takes != query.takes
    effect = (
        effect_of(query.organisation_id, readable(query.text), parsed, takes=terms.takes).as_json()
        if changed
        else {}
    )
    with transaction.atomic():
        for name, value in terms.columns.items():
            setattr(query, name, value)
        if {"name": query.name, "text": query.text, **grounds_of(query)} == before:
            return query
        query.changed_at = clock.now()
        query.save()
        note_version(query, Change.CHANGED, by=by, effect=effect)
        if changed:
            search_stored(query, by=by)
        audit(
            query.organisation,
            by,
            "change_query",
            query.name,
            before=before,
            text=query.text,
            **grounds_of(query),
        )
    return query


@transaction.atomic
def switch_query(query: Query, *, by: Membership | None, active: bool) -> Query:
    """On or off. What it found stays. Raises BadQuery when its grounds are incomplete."""
    if active:
        check(query.organisation, terms_of(query), but=query)
    if query.active == active:
        return query
    query.active, query.changed_at = active, clock.now()
    query.save(update_fields=["active", "changed_at"])
    note_version(query, Change.SWITCHED_ON if active else Change.SWITCHED_OFF, by=by)
    if active:
        search_stored(query, by=by)
    audit(query.organisation, by, "switch_query", query.name, active=active)
    return query


@transaction.atomic
def review_query(query: Query, *, by: Membership, review_on: date | None, note: str = "") -> Query:
    """Somebody looked whether the query is still needed and fair, and says when to look next; whoever looks becomes
    its reviewer when it has none any more. Raises BadQuery."""
    if error := day_error(review_on):
        raise BadQuery({"review_on": error})
    if query.reviewer is None or not is_member(query.reviewer, query.organisation):
        query.reviewer = by.user
    query.review_on, query.reviewed_at = review_on, clock.now()
    query.save(update_fields=["review_on", "reviewed_at", "reviewer"])
    note_version(query, Change.REVIEWED, by=by, note=note.strip()[:300])
    audit(
        query.organisation, by, "review_query", query.name, review_on=str(review_on), note=note.strip()[:300]
    )
    return query


@transaction.atomic
def remove_query(query: Query, *, by: Membership) -> None:
    """Forgets a query, its versions and its matches; the mentions stay."""
    audit(query.organisation, by, "remove_query", query.name, text=query.text, **grounds_of(query))
    query.delete()


def note_version(
    query: Query,
    change: Change,
    *,
    by: Membership | None,
    note: str = "",
    effect: dict[str, Any] | None = None,
) -> QueryVersion:
    """The query as it is now, among its versions. In the caller's transaction."""
    Query.objects.select_for_update().get(pk=query.pk)
    last = query.versions.aggregate(last=Max("number"))["last"] or 0
    return QueryVersion.objects.create(
        query=query,
        number=last + 1,
        at=clock.now(),
        by=by.user if by else None,
        change=change,
        text=query.text,
        grounds={"name": query.name, **grounds_of(query)},
        note=note,
        effect=effect or {},
    )


def grounds_of(query: Query) -> dict[str, Any]:
    """What is kept of a query beside its text and name, as a version and the trail hold it."""
    return {
        "purpose": query.purpose,
        "basis": query.basis,
        "balance": query.balance,
        "takes": query.takes,
        "opens_conversations": query.opens_conversations,
        "wide": query.wide,
        "active": query.active,
        "reviewer": str(query.reviewer) if query.reviewer else "",
        "review_on": str(query.review_on or ""),
    }


def check(organisation: Organisation, terms: Terms, *, but: Query | None = None) -> language.Query:
    """The query of `terms`. Raises BadQuery unless they can be saved, in the place of `but` when it is given."""
    errors = {**name_errors(organisation, terms.name, but), **grounds_errors(organisation, terms, but)}
    parsed, syntax = None, None
    if not terms.text.strip():
        errors["text"] = "required"
    else:
        try:
            parsed = language.parse(terms.text)
        except language.QueryError as error:
            errors["text"], syntax = "syntax", error
    if parsed and not terms.wide and not language.selectivity(parsed).selective:
        errors["text"] = "unselective"
    if errors or parsed is None:
        raise BadQuery(errors, syntax)
    return parsed


def name_errors(organisation: Organisation, name: str, but: Query | None) -> dict[str, str]:
    """What is wrong with the name."""
    name = name.strip()
    if not name or len(name) > LENGTHS["name"]:
        return {"name": "too_long" if name else "required"}
    others = Query.objects.filter(organisation=organisation, name=name).exclude(pk=but.pk if but else 0)
    return {"name": "taken"} if others.exists() else {}


def grounds_errors(organisation: Organisation, terms: Terms, but: Query | None) -> dict[str, str]:
    """What is wrong with the grounds, by field."""
    errors: dict[str, str] = {}
    for name in ("purpose", "basis"):
        if not getattr(terms, name).strip():
            errors[name] = "required"
    if terms.basis.strip() and terms.basis not in Basis.values:
        errors["basis"] = "bad_value"
    if terms.basis == Basis.LEGITIMATE_INTEREST and not terms.balance.strip():
        errors["balance"] = "required"
    for name in ("purpose", "balance"):
        if len(getattr(terms, name).strip()) > LENGTHS[name]:
            errors[name] = "too_long"
    if terms.takes not in Takes.values:
        errors["takes"] = "bad_value"
    if terms.reviewer is None:
        errors["reviewer"] = "required"
    elif not is_member(terms.reviewer, organisation):
        errors["reviewer"] = "not_member"
    kept = but is not None and terms.review_on == but.review_on and terms.review_on is not None
    if not kept and (error := day_error(terms.review_on)):
        errors["review_on"] = error
    return errors


def day_error(day: date | None) -> str:
    """Why a day cannot be that of the next review, or "" when it can."""
    today = clock.now().date()
    if day is None:
        return "required"
    return "past" if day <= today else "too_far" if day > today + LONGEST else ""


def is_member(user: User, organisation: Organisation) -> bool:
    """Whether `user` works in `organisation`."""
    return Membership.objects.filter(user=user, organisation=organisation).exists()


def readable(text: str) -> language.Query | None:
    """The query of a text that was saved; None when it is one no more (the language has changed)."""
    try:
        return language.parse(text)
    except language.QueryError:
        return None
