"""The live preview: a text that is being written, held against what is stored."""

from dataclasses import dataclass
from typing import Any

from entendu.accounts.models import Membership
from entendu.mentions.effect import COUNTED
from entendu.mentions.models import Mention, Takes
from entendu.mentions.preview import preview
from entendu.reading.query import Query
from entendu.web.queries.syntax import Cut, marked, read


@dataclass(frozen=True)
class Sample:
    """A message that the query finds, cut around the words that it finds there."""

    it: Mention
    cuts: list[Cut]


def tried(actor: Membership, text: str, takes: str = Takes.BOTH) -> dict[str, Any]:
    """What the preview shows of `text`."""
    typed = read(text)
    context: dict[str, Any] = {"trouble": typed.trouble, "notices": typed.notices, "asked_text": text}
    if typed.query is None:
        return context
    found = preview(actor, typed.query, takes=takes if takes in Takes.values else Takes.BOTH)
    return context | {
        "found": found,
        "counted": COUNTED,
        "day_counts": [n for _day, n in found.days],
        "samples": samples(typed.query, found.samples),
    }


def samples(query: Query, mentions: tuple[Mention, ...]) -> list[Sample]:
    """`mentions` with what `query` finds in them."""
    return [
        Sample(one, marked(query, f"{one.title}\n{one.text}" if one.title else one.text)) for one in mentions
    ]
