"""The grounds on which a query listens: which run, whose review is due, what a query may take."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from entendu.accounts.models import Membership
from entendu.kit import clock
from entendu.mentions.models import Query, Takes

SOON = timedelta(days=30)  # before a review, it is announced
GRACE = timedelta(days=30)  # after a review was due, the query is flagged
LONGEST = timedelta(days=400)  # to the next review
FIRST_REVIEW = timedelta(days=180)  # proposed for a new query


class Standing(models.TextChoices):
    """How a query stands. `incomplete` does not run: it has no reviewer, basis or date. Flagged: `unreviewed` and
    `incomplete`."""

    RESTING = "resting", _("resting")
    INCOMPLETE = "incomplete", _("does not listen: its grounds are incomplete")
    UNREVIEWED = "unreviewed", _("flagged: the review is long overdue")
    OVERDUE = "overdue", _("review overdue")
    DUE = "due", _("review soon")
    LISTENING = "listening", _("listening")


FLAGGED = frozenset({Standing.INCOMPLETE, Standing.UNREVIEWED})


def running() -> QuerySet[Query]:
    """The queries that listen: active, with a purpose, a legal basis, a reviewer and the day of the next review."""
    whole = Query.objects.filter(active=True, reviewer__isnull=False, review_on__isnull=False)
    return whole.exclude(basis="").exclude(purpose="")


def with_reviewer_here(queries: QuerySet[Query]) -> QuerySet[Query]:
    """`queries` with `reviewer_here`: whether the reviewer still works in their organisation."""
    place = Membership.objects.filter(user=OuterRef("reviewer"), organisation=OuterRef("organisation"))
    return queries.annotate(reviewer_here=Exists(place))


def standing(query: Query, *, reviewer_here: bool = True, today: date | None = None) -> Standing:
    """How `query` stands today. A reviewer who left counts as a review that is due since then: overdue at once, and
    flagged once the date of the review has passed too."""
    today = today or clock.now().date()
    if not query.active:
        return Standing.RESTING
    if not query.basis or query.reviewer_id is None or query.review_on is None:
        return Standing.INCOMPLETE
    if today > query.review_on + GRACE or (not reviewer_here and today > query.review_on):
        return Standing.UNREVIEWED
    if today > query.review_on or not reviewer_here:
        return Standing.OVERDUE
    return Standing.DUE if today + SOON >= query.review_on else Standing.LISTENING


def may_take(takes: str, *, public: bool, addressed: bool) -> bool:
    """Whether a query that `takes` so may take a post. What is neither public nor addressed to us is nobody's."""
    if takes == Takes.PUBLIC:
        return public
    if takes == Takes.ADDRESSED:
        return addressed
    return public or addressed
