"""What stands behind a number: the very rows that it counts, for those who may see them."""

from datetime import timedelta

from django.db.models import QuerySet

from entendu.accounts.models import Membership
from entendu.conversations.models import Conversation
from entendu.measures.backlog import BANDS, moment_of, open_at
from entendu.measures.models import Family
from entendu.measures.perimeter import Perimeter
from entendu.measures.sheet import Sheet
from entendu.mentions.models import Mention

# measure -> the families, and the labels that its n counts
COUNTED: dict[str, dict[Family, tuple[str, ...]]] = {
    "conversations_opened": {Family.REQUEST: ("answered", "waiting", "ours")},
    "first_response": {Family.REQUEST: ("answered",)},
    "next_response": {Family.TURN: ("answered",)},
    "full_resolution": {Family.CLOSURE: ("solved",)},
    "reopen_rate": {Family.CLOSURE: ("solved", "reopened", "reopened_by_us")},
    "response_rate": {Family.REQUEST: ("answered", "waiting"), Family.SILENCE: ("answered", "waiting")},
    "promises_kept": {Family.PROMISE: ("kept", "broken")},
    "handoffs": {Family.HANDOFF: ("none", "moved", "returned")},
}


def conversations(
    actor: Membership, slug: str, perimeter: Perimeter, part: str = ""
) -> QuerySet[Conversation]:
    """The conversations that the measure `slug` counts (with `part`: those of that part), newest first.
    Empty for a measure that counts no conversations."""
    visible = Conversation.objects.visible_to(actor).order_by("-opened_at", "-pk")
    if slug == "backlog":
        return visible.filter(pk__in=_waiting(perimeter, part).values("pk"))
    found = visible.none()
    for family, labels in COUNTED.get(slug, {}).items():
        subjects = Sheet(perimeter).figures(family, (part,) if part else labels).values("subject")
        found = found | visible.filter(pk__in=subjects)
    return found


def mentions(
    actor: Membership, perimeter: Perimeter, *, sentiment: str = "", intent: str = ""
) -> QuerySet[Mention]:
    """The mentions of a perimeter, newest first."""
    found = Sheet(perimeter).mentions() & Mention.objects.visible_to(actor)
    if sentiment:
        found = found.filter(analysis__sentiment=sentiment)
    if intent:
        found = found.filter(analysis__intent=intent)
    return found.order_by("-said_at", "-pk")


def _waiting(perimeter: Perimeter, part: str) -> QuerySet[Conversation]:
    found = open_at(perimeter)
    band = next((band for band in BANDS if band.code == part), None)
    if band is None:
        return found
    moment = moment_of(perimeter)
    found = found.filter(opened_at__lte=moment - timedelta(seconds=band.least))
    if band.most == float("inf"):
        return found
    return found.filter(opened_at__gt=moment - timedelta(seconds=band.most))
