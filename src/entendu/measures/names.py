"""The tracked names of an organisation: how often each is said, by how many people, and how far it carries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, Sum
from django.db.models.functions import Coalesce

from entendu.accounts.models import Organisation
from entendu.measures.models import Due, Family
from entendu.measures.perimeter import day_of, zone
from entendu.measures.sheet import Sheet
from entendu.mentions.models import Match, Mention, Query, Tracked

Names = dict[int, Counter[str]]  # query -> sentiment -> mentions


@dataclass(frozen=True, slots=True)
class Carried:
    """Of the mentions of a name: the distinct people behind them; the sum of their authors' audiences when they spoke
    (an estimate of impressions), over `known` mentions whose audience is known; and how many messages answer them."""

    people: int = 0
    impressions: int = 0
    known: int = 0
    answers: int = 0


def tracked(organisation: Organisation) -> list[Query]:
    """The queries that listen for a name, ours first."""
    found = Query.objects.filter(organisation=organisation).exclude(tracked="")
    return sorted(found, key=lambda one: (one.tracked != Tracked.OWN, one.name))


def said(sheet: Sheet, field: str = "", *, once: bool = False) -> dict[Any, Names]:
    """Mentions of each tracked name by `field` ("day", "channel", "language"; empty: all under ""), then by sentiment.
    `once`: near-duplicates count once."""
    family = Family.VOICE_ONCE if once else Family.VOICE
    live = {one.pk for one in tracked(sheet.perimeter.organisation)}
    found: dict[Any, Names] = {}
    rows: Sequence[tuple[Any, str, float]]
    if field in {"", "day"}:
        rows = sheet.totals(family)
    else:
        counted = sheet.figures(family).order_by().values_list(field, "label").annotate(total=Sum("value"))
        rows = list(counted)
    for key, label, total in rows:
        query, _slash, sentiment = label.partition("/")
        if int(query) in live:
            names = found.setdefault(key if field else "", {})
            names.setdefault(int(query), Counter())[sentiment] += int(total)
    return found


def carried(sheet: Sheet, names: Sequence[Query]) -> dict[int, Carried]:
    """How far each name is carried in the period: two queries over the mentions themselves, since people do not add
    up over days. Accounts linked to one person count once; a name that nobody said is absent."""
    wanted = [one.pk for one in names]
    if not wanted:
        return {}
    linked = Q(author__identities__confirmed_at__isnull=False, author__identities__ended_at__isnull=True)
    said_by = Coalesce("identity__person_id", -F("author_id"))
    rows = (
        sheet.mentions()
        .filter(matches__query__in=wanted)
        .annotate(query=F("matches__query_id"))
        .annotate(identity=FilteredRelation("author__identities", condition=linked))
        .order_by()
        .values_list("query")
        .annotate(people=Count(said_by, distinct=True), total=Sum("audience"), known=Count("audience"))
    )
    counted = {"ours": False, "automatic": False, "deleted_at__isnull": True}
    answers = Mention.objects.filter(parent__isnull=False, **counted)
    answered = (
        sheet.mentions()
        .filter(pk__in=answers.values("parent"), matches__query__in=wanted)
        .filter(**{f"answers__{name}": value for name, value in counted.items()})
        .order_by()
        .values_list("matches__query")
    )
    told = dict(answered.annotate(n=Count("answers", distinct=True)))
    return {
        query: Carried(people, total or 0, known, told.get(query, 0)) for query, people, total, known in rows
    }


def count_anew(query: Query) -> None:
    """The days on which `query` found anything are counted again: it is tracked from now on, or no more."""
    found = Match.objects.filter(query=query).order_by().values_list("mention__said_at", flat=True)
    where = zone(query.organisation.timezone)
    days = {day_of(moment, where) for moment in found.iterator(chunk_size=5000)}
    Due.objects.bulk_create(
        [Due(organisation=query.organisation, day=day) for day in sorted(days)],
        ignore_conflicts=True,
        batch_size=400,
    )
