"""Adds and changes what we listen for. No query without a purpose, none that is no query."""

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation
from entendu.kit import clock
from entendu.mentions.models import Query
from entendu.reading.query import QueryError, parse


class BadQuery(ValueError):
    """The query cannot be saved. `errors` maps a field to a code; `syntax` holds what is wrong in the text."""

    def __init__(self, errors: dict[str, str], syntax: QueryError | None = None) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors = errors
        self.syntax = syntax


@transaction.atomic
def add_query(
    organisation: Organisation,
    *,
    name: str,
    text: str,
    purpose: str,
    opens_conversations: bool = False,
    by: Membership | None = None,
) -> Query:
    """A new query, active at once for what comes from now on. Raises BadQuery."""
    check(organisation, name=name, text=text, purpose=purpose)
    now = clock.now()
    query = Query.objects.create(
        organisation=organisation,
        name=name.strip(),
        text=text.strip(),
        purpose=purpose.strip(),
        opens_conversations=opens_conversations,
        by=by.user if by else None,
        created_at=now,
        changed_at=now,
    )
    audit(organisation, by, "add_query", query.name, text=query.text, purpose=query.purpose)
    return query


@transaction.atomic
def change_query(
    query: Query,
    *,
    by: Membership,
    name: str,
    text: str,
    purpose: str,
    opens_conversations: bool,
    active: bool,
) -> Query:
    """The query as it is from now on; what it was is in the audit trail. Raises BadQuery."""
    check(query.organisation, name=name, text=text, purpose=purpose, but=query)
    before = {"name": query.name, "text": query.text, "purpose": query.purpose, "active": query.active}
    query.name, query.text, query.purpose = name.strip(), text.strip(), purpose.strip()
    query.opens_conversations, query.active, query.changed_at = opens_conversations, active, clock.now()
    query.save()
    audit(query.organisation, by, "change_query", query.name, before=before, text=query.text, active=active)
    return query


@transaction.atomic
def remove_query(query: Query, *, by: Membership) -> None:
    """Forgets a query and its matches; the mentions stay."""
    audit(query.organisation, by, "remove_query", query.name, text=query.text)
    query.delete()


def check(
    organisation: Organisation, *, name: str, text: str, purpose: str, but: Query | None = None
) -> None:
    """Raises BadQuery unless this can be saved."""
    errors: dict[str, str] = {}
    syntax = None
    if not name.strip():
        errors["name"] = "required"
    elif (
        Query.objects.filter(organisation=organisation, name=name.strip())
        .exclude(pk=but.pk if but else 0)
        .exists()
    ):
        errors["name"] = "taken"
    if not purpose.strip():
        errors["purpose"] = "required"
    if not text.strip():
        errors["text"] = "required"
    else:
        try:
            parse(text)
        except QueryError as error:
            errors["text"], syntax = "syntax", error
    if errors:
        raise BadQuery(errors, syntax)
