"""The register of what an organisation listens for (GDPR, article 30): each query with its grounds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entendu.accounts.models import Organisation
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.kit.cells import csv_text
from entendu.mentions.governance import standing, with_reviewer_here
from entendu.mentions.models import Match, OptOut, Query, Receipt
from entendu.mentions.opt_outs import REASON

DAYS = 30
TITLES: dict[str, str | Promise] = {
    "name": gettext_lazy("Query"),
    "text": gettext_lazy("What is looked for"),
    "purpose": gettext_lazy("Purpose"),
    "basis": gettext_lazy("Legal basis"),
    "balance": gettext_lazy("Balance of interests"),
    "takes": gettext_lazy("Which messages"),
    "people": gettext_lazy("Whose messages"),
    "sources": gettext_lazy("Sources"),
    "opens_conversations": gettext_lazy("Opens conversations"),
    "standing": gettext_lazy("State"),
    "reviewer": gettext_lazy("Reviewed by"),
    "review_on": gettext_lazy("Next review"),
    "reviewed_at": gettext_lazy("Last reviewed"),
    "added_by": gettext_lazy("Added by"),
    "since": gettext_lazy("Since"),
    "changed_at": gettext_lazy("Last changed"),
    "found": gettext_lazy("Found in 30 days"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: a query, in words of the reader's language."""

    name: str
    text: str
    purpose: str
    basis: str
    balance: str
    takes: str
    people: str
    sources: str
    opens_conversations: str
    standing: str
    reviewer: str
    review_on: date | None
    reviewed_at: datetime | None
    added_by: str
    since: datetime
    changed_at: datetime
    found: int


@dataclass(frozen=True, slots=True)
class Register:
    """`opt_outs`: who asked not to be listened to; `respected`: messages dropped for that in the last 30 days."""

    organisation: str
    made_at: datetime
    opt_outs: int
    respected: int
    entries: tuple[Entry, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    def as_csv(self) -> str:
        """For spreadsheets: in French semicolons stand between the cells, as spreadsheets there expect."""
        french = (translation.get_language() or "").startswith("fr")
        rows = [[shown(getattr(one, name)) for name in TITLES] for one in self.entries]
        return csv_text([str(title) for title in TITLES.values()], rows, delimiter=";" if french else ",")


def register_of(organisation: Organisation) -> Register:
    """The register today, in the active language. A constant number of statements."""
    now = clock.now()
    mine = Query.objects.filter(organisation=organisation).select_related("reviewer", "by")
    queries = list(with_reviewer_here(mine).order_by("name"))
    since = now.date() - timedelta(days=DAYS - 1)
    found = Match.objects.filter(query__in=[one.pk for one in queries], day__gte=since).order_by()
    counts = dict(found.values_list("query").annotate(n=Count("pk")))
    channels = Channel.objects.filter(organisation=organisation, retired_at__isnull=True).order_by("name")
    names = list(channels.values_list("pk", "name"))
    dropped = Receipt.objects.filter(channel__in=[pk for pk, _name in names], reason=REASON)
    return Register(
        organisation=organisation.name,
        made_at=now,
        opt_outs=OptOut.objects.filter(organisation=organisation).count(),
        respected=dropped.filter(received_at__gte=now - timedelta(days=DAYS)).count(),
        entries=tuple(entry(one, [name for _pk, name in names], counts.get(one.pk, 0)) for one in queries),
    )


def entry(query: Query, sources: Sequence[str], found: int) -> Entry:
    """The line of a query."""
    stands = standing(query, reviewer_here=query.reviewer_here)  # type: ignore[attr-defined]
    return Entry(
        name=query.name,
        text=query.text,
        purpose=query.purpose,
        basis=str(query.get_basis_display()),
        balance=query.balance,
        takes=str(query.get_takes_display()),
        people=_("people who speak to us, or in public about what is looked for"),
        sources=", ".join(sources),
        opens_conversations=_("yes") if query.opens_conversations else _("no"),
        standing=str(stands.label),
        reviewer=str(query.reviewer or ""),
        review_on=query.review_on,
        reviewed_at=query.reviewed_at,
        added_by=str(query.by or ""),
        since=query.created_at,
        changed_at=query.changed_at,
        found=found,
    )


def shown(value: object) -> str:
    """A value of the register in a cell."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}Z"
    return "" if value is None else str(value)
