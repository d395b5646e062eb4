"""What leaves: a draft with its own key, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from entendu.wire.item import AttachmentRef, Visibility

Outcome = Literal["sent", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One reply on its way out. `key` is fixed at composition and is the idempotency key of every attempt."""

    key: str
    text: str
    visibility: Visibility
    composed_at: datetime
    to_key: str = ""  # the author's key
    parent_key: str = ""  # the item that it answers
    thread_key: str = ""
    references: tuple[str, ...] = ()
    title: str = ""
    signature: str = ""  # the agent's name as the customer sees it
    attachments: tuple[AttachmentRef, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)  # the parent item's `extra`


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a draft.

    `unknown` is an honest answer: the channel may or may not have it. It is settled by `find_sent`, or by a person.
    """

    outcome: Outcome
    key: str = ""  # the channel's own key of what was sent: its echo is recognised by it
    url: str = ""
    code: str = ""  # of the refusal
    detail: str = ""
