"""The boxes of the inbox: one queryset each, and their counts in one query."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import IntegerField, Q, QuerySet, Subquery

from entendu.accounts.models import Membership, Organisation, TeamMember
from entendu.conversations.models import Conversation, Nudge, Reply, ReplyState, State
from entendu.conversations.priority import DUE_SOON
from entendu.kit import clock

COUNT_CAP = 1000  # a count says "a thousand or more" rather than read a hundred thousand rows for a badge
_BY_WEIGHT = ("-priority", "last_at")
_BY_DATE = ("-last_at",)


def box(actor: Membership, name: str) -> QuerySet[Conversation]:
    """The conversations of a box, in their order, as far as `actor` may see them. KeyError: no such box.

    Boxes of work: heaviest first, and at the same weight whoever spoke longest ago. Others: newest first.
    """
    build, order = BOXES[name]
    return build(Conversation.objects.visible_to(actor), actor, clock.now()).order_by(*order)


def counts(actor: Membership) -> dict[str, int]:
    """How many conversations each box holds, up to COUNT_CAP. One query."""
    columns = {name: _Count(box(actor, name).order_by().values("pk")[:COUNT_CAP]) for name in BOXES}
    found = Organisation.objects.filter(pk=actor.organisation_id).values_list(*columns.values())[0]
    return dict(zip(columns, found, strict=True))


class _Count(Subquery):
    """The number of rows of a subquery."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _to_take(all_: QuerySet[Conversation], _actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """Open, nobody takes care of it, and somebody waits: for an answer, or for what was promised."""
    awaited = Q(waiting_since__isnull=False) | Q(due_at__isnull=False)
    return all_.filter(awaited, state=State.OPEN, owner__isnull=True)


def _mine(all_: QuerySet[Conversation], actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """Open, and the actor takes care of it."""
    return all_.filter(state=State.OPEN, owner_id=actor.user_id)


def _team(all_: QuerySet[Conversation], actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """Open, with a colleague: of the actor's teams, or any colleague when the actor is in no team."""
    mine = TeamMember.objects.filter(member=actor).values("team")
    mates = TeamMember.objects.filter(team__in=mine).values("member__user")
    open_ = all_.filter(state=State.OPEN, owner__isnull=False).exclude(owner=actor.user_id)
    return open_.filter(owner__in=mates) if TeamMember.objects.filter(member=actor).exists() else open_


def _paused(all_: QuerySet[Conversation], _actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """Asleep until a date or the customer's next word."""
    return all_.filter(state=State.SNOOZED)


def _at_risk(all_: QuerySet[Conversation], _actor: Membership, now: datetime) -> QuerySet[Conversation]:
    """A promise due within the hour or broken; danger or urgency unanswered for more than an hour; a reply of
    which nobody knows whether it left."""
    soon = now + DUE_SOON
    slipping = all_.filter(due_at__lte=soon)
    unheard = all_.filter(
        urgency__in=["safety", "high"],
        waiting_since__lte=now - DUE_SOON,
        state__in=[State.OPEN, State.SNOOZED],
    )
    adrift = Reply.objects.filter(state=ReplyState.UNCERTAIN).values("conversation")
    # Three searches by their own indexes; one condition with OR would read every conversation.
    return all_.filter(Q(pk__in=slipping.values("pk")) | Q(pk__in=unheard.values("pk")) | Q(pk__in=adrift))


def _nudges(all_: QuerySet[Conversation], actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """A note names the actor, who has not seen it yet."""
    unseen = Nudge.objects.filter(member=actor, seen_at__isnull=True)
    return all_.filter(pk__in=unseen.values("note__conversation"))


def _closed(all_: QuerySet[Conversation], _actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """Solved, or closed for another reason."""
    return all_.filter(state=State.CLOSED)


def _all(all_: QuerySet[Conversation], _actor: Membership, _now: datetime) -> QuerySet[Conversation]:
    """Everything."""
    return all_


_Build = Callable[[QuerySet[Conversation], Membership, datetime], QuerySet[Conversation]]
BOXES: dict[str, tuple[_Build, tuple[str, ...]]] = {
    "to_take": (_to_take, _BY_WEIGHT),
    "mine": (_mine, _BY_WEIGHT),
    "team": (_team, _BY_WEIGHT),
    "paused": (_paused, ("wakes_at",)),
    "at_risk": (_at_risk, _BY_WEIGHT),
    "nudges": (_nudges, _BY_DATE),
    "closed": (_closed, _BY_DATE),
    "all": (_all, _BY_DATE),
}
