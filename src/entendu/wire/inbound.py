"""What a connector may do besides its seven methods, for sources that push and sites that list what they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from entendu.wire.connector import Offer, Page
from entendu.wire.errors import WireError
from entendu.wire.item import Address


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer at our inbound address. `seconds`: for how long what was confirmed holds."""

    text: str = ""
    media_type: str = "text/plain; charset=utf-8"
    status: int = 200
    seconds: float | None = None


@runtime_checkable
class WithAnswer(Protocol):
    """Upstream asks, by GET, whether the address is ours (a challenge)."""

    def answer(self, query: Mapping[str, str]) -> Answer:
        """The answer to such a question. Refused when we did not ask for it."""
        ...


@runtime_checkable
class WithAcknowledgement(Protocol):
    """The protocol has its own words for "received" and "refused"."""

    def acknowledge(self, headers: Mapping[str, str], error: WireError | None) -> Answer:
        """What to answer to what was received, or to what was refused with `error`."""
        ...


@runtime_checkable
class WithHub(Protocol):
    """A hub can tell of news at once. A hint only: `pull` stays the truth."""

    def subscribe(self, offer: Offer, callback: str, secret: str, *, end: bool = False) -> None:
        """Asks the hub to tell `callback`, or to tell no more. Refused, TryLater."""
        ...

    def take(self, cursor: bytes, headers: Mapping[str, str], body: bytes, limit: int) -> Page:
        """What the hub sent, as a pull at `cursor` would have brought it. Refused when its signature is not right."""
        ...


@runtime_checkable
class WithDiscovery(Protocol):
    """From one address to all that can be followed there, and to lists of such addresses."""

    def discover(self) -> tuple[Address, ...]:
        """What can be followed at the address in the settings, the best first. WireError."""
        ...

    @staticmethod
    def read_list(data: bytes) -> tuple[Address, ...]:
        """The addresses in a file that another tool exported. Broken."""
        ...

    @staticmethod
    def write_list(addresses: Sequence[Address], title: str) -> bytes:
        """A file that other tools read."""
        ...
