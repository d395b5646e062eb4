"""What crosses the border between Entendu and a channel: plain dataclasses, the errors, and the Connector protocol."""

from entendu.wire.connector import (
    Caps,
    Connector,
    Health,
    Holdings,
    Offer,
    Page,
    SettingField,
    WithHoldings,
    WithMemory,
    WithPast,
)
from entendu.wire.errors import Broken, NeedsAuth, Refused, TryLater, WireError
from entendu.wire.firehose import Firehose, Glimpse, PositionLost
from entendu.wire.inbound import Answer, WithAcknowledgement, WithAnswer, WithDiscovery, WithHub
from entendu.wire.item import Address, AttachmentRef, AuthorRef, Item, Raw
from entendu.wire.outgoing import Draft, Sent

__all__ = [
    "Address",
    "Answer",
    "AttachmentRef",
    "AuthorRef",
    "Broken",
    "Caps",
    "Connector",
    "Draft",
    "Firehose",
    "Glimpse",
    "Health",
    "Holdings",
    "Item",
    "NeedsAuth",
    "Offer",
    "Page",
    "PositionLost",
    "Raw",
    "Refused",
    "Sent",
    "SettingField",
    "TryLater",
    "WireError",
    "WithAcknowledgement",
    "WithAnswer",
    "WithDiscovery",
    "WithHoldings",
    "WithHub",
    "WithMemory",
    "WithPast",
]
