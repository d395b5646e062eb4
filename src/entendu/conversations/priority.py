"""Why a conversation stands where it stands: a weight, and its reasons in words. Pure: anybody can check it.

The weights are a ladder: what stands on a lower rung cannot add up to a higher one (safety > high urgency >
the rest), and a promise that slips or a complaint passes before a question that waits as long. How many
people follow the author only breaks ties (0 to 9, less than any reason): nobody waits because few follow him.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Lazy] = {
    "safety": _("someone may be in danger"),
    "high": _("urgent"),
    "promise_broken": _("a promise was broken"),
    "promise_due": _("a promise is due within the hour"),
    "complaint": _("complaint"),
    "disappointed": _("disappointed"),
    "question": _("question"),
    "purchase": _("wants to buy"),
    "idea": _("idea"),
    "praise": _("praise"),
    "negative": _("unhappy"),
    "photo": _("with a photo"),
    "waiting_3d": _("waits for more than three days"),
    "waiting_1d": _("waits for more than a day"),
    "waiting_4h": _("waits for more than four hours"),
    "waiting_1h": _("waits for more than an hour"),
}

_URGENCY = {"safety": 4000, "high": 2000}
_INTENT = {"complaint": 300, "question": 150, "purchase": 120, "idea": 80, "praise": 40}
_BROKEN, _DUE, _DISAPPOINTED, _NEGATIVE, _PHOTO = 600, 300, 200, 60, 30
_WAITING = (
    (timedelta(days=3), "waiting_3d", 200),
    (timedelta(days=1), "waiting_1d", 100),
    (timedelta(hours=4), "waiting_4h", 50),
    (timedelta(hours=1), "waiting_1h", 20),
)
DUE_SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What was read in the customer's words. `audience`: followers or impressions, if the channel tells."""

    urgency: str = ""
    intent: str = ""
    sentiment: str = ""
    disappointed: bool = False
    has_photo: bool = False
    audience: int | None = None


def weigh(said: Said, *, waiting: timedelta | None, promise: timedelta | None) -> tuple[int, list[str]]:
    """The weight (0 to 7999, higher first) and its reasons (keys of REASONS, heaviest first).

    `waiting`: for how long the customer has been without an answer; None when nobody waits, and then only a
    promise still weighs. `promise`: the time left before the earliest binding one is due, negative when past.
    """
    found: list[tuple[int, str]] = []
    if promise is not None and promise <= timedelta(0):
        found.append((_BROKEN, "promise_broken"))
    elif promise is not None and promise <= DUE_SOON:
        found.append((_DUE, "promise_due"))
    if waiting is None:
        return sum(points for points, _code in found), [code for _points, code in found]
    found.extend((points, code) for code, points in _URGENCY.items() if said.urgency == code)
    found.extend((points, code) for code, points in _INTENT.items() if said.intent == code)
    if said.disappointed:
        found.append((_DISAPPOINTED, "disappointed"))
    if said.sentiment == "negative":
        found.append((_NEGATIVE, "negative"))
    if said.has_photo:
        found.append((_PHOTO, "photo"))
    found.extend(next(([(points, code)] for least, code, points in _WAITING if waiting >= least), []))
    found.sort(key=lambda reason: -reason[0])
    tie = min(9, len(str(said.audience))) if said.audience else 0
    return sum(points for points, _code in found) + tie, [code for _points, code in found]


def changes_at(*, waiting_since: datetime | None, due_at: datetime | None, now: datetime) -> datetime | None:
    """When time alone will change the weight next; None: never."""
    moments: list[datetime] = []
    if waiting_since is not None:
        moments.extend(waiting_since + least for least, _code, _points in _WAITING)
    if due_at is not None:
        moments.extend((due_at - DUE_SOON, due_at))
    return min((moment for moment in moments if moment > now), default=None)
