"""What crosses the border between Entendu and a channel: plain dataclasses, the errors, and the Connector protocol."""

from entendu.wire.connector import (
    Caps,
    Connector,
    Health,
    Holdings,
    Page,
    SettingField,
    WithHoldings,
    WithPast,
)
from entendu.wire.errors import Broken, NeedsAuth, Refused, TryLater, WireError
from entendu.wire.item import AttachmentRef, AuthorRef, Item, Raw
from entendu.wire.outgoing import Draft, Sent

__all__ = [
    "AttachmentRef",
    "AuthorRef",
    "Broken",
    "Caps",
    "Connector",
    "Draft",
    "Health",
    "Holdings",
    "Item",
    "NeedsAuth",
    "Page",
    "Raw",
    "Refused",
    "Sent",
    "SettingField",
    "TryLater",
    "WireError",
    "WithHoldings",
    "WithPast",
]
