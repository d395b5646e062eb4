"""The list of the inbox: its rows, and who looks at them. The same number of queries for 10 rows and for 50."""

from dataclasses import dataclass
from typing import Any

from entendu.accounts.models import Membership
from entendu.accounts.paging import SIZE, slice_of
from entendu.conversations.boxes import box
from entendu.conversations.models import Conversation, Presence
from entendu.conversations.presence import BELIEVED
from entendu.kit import clock
from entendu.web.inbox import search

MOST = 200  # rows that a refreshed list shows again at most


@dataclass(frozen=True)
class Row:
    """A conversation as the list shows it. `rest`: the preview without what the title says already; `others`:
    looking or writing, when colleagues have it open."""

    it: Conversation
    rest: str
    others: str


def list_of(
    actor: Membership, name: str, *, q: str = "", cursor: str = "", size: int = SIZE
) -> dict[str, Any]:
    """What the list of box `name` shows. KeyError when there is no such box. Two queries."""
    asked = search.parse(q)
    found = box(actor, name).filter(asked.condition()).select_related("author", "channel", "owner", "topic")
    page = slice_of(found, cursor, min(max(size, 1), MOST))
    present = _present(actor, [one.pk for one in page.rows])
    return {
        "box": name,
        "q": q,
        "rows": [Row(one, _rest(one), present.get(one.pk, "")) for one in page.rows],
        "following": page.following,
        "filters": search.chosen(q),
        "filtered": bool(asked.words or asked.filters),
    }


def _present(actor: Membership, conversations: list[int]) -> dict[int, str]:
    fresh = Presence.objects.visible_to(actor).filter(
        conversation__in=conversations, at__gt=clock.now() - BELIEVED
    )
    found: dict[int, str] = {}
    for conversation, writing in fresh.exclude(user=actor.user_id).values_list("conversation", "writing"):
        found[conversation] = "writing" if writing or found.get(conversation) == "writing" else "looking"
    return found


def _rest(conversation: Conversation) -> str:
    title = conversation.title.rstrip("…").strip()
    if conversation.preview.startswith(title):
        return conversation.preview[len(title) :].lstrip(" .…:,;!?")
    return conversation.preview
