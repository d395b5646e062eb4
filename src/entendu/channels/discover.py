"""From the address of a site to what can be followed there; lists of addresses, in and out."""

from collections.abc import Sequence

from django.conf import settings

from entendu.channels.doors import kinds
from entendu.wire import Address, Refused, WithDiscovery


def find_addresses(kind: str, address: str) -> tuple[Address, ...]:
    """What can be followed at `address`, the best first; the address itself, where it is a feed. Upstream is asked.
    WireError."""
    connector = kinds()[kind]({"url": with_scheme(address), "allow": ",".join(settings.HTTP_ALLOW)})
    if not isinstance(connector, WithDiscovery):
        raise Refused("channel_has_no_lists")
    return connector.discover()


def read_list(kind: str, data: bytes) -> tuple[Address, ...]:
    """The addresses in a file that another tool exported. Broken; Refused when this kind knows no lists."""
    return _lists(kind).read_list(data)


def write_list(kind: str, addresses: Sequence[Address], title: str) -> bytes:
    """A file that other tools read. Refused when this kind knows no lists."""
    return _lists(kind).write_list(addresses, title)


def with_scheme(address: str) -> str:
    """An address as people type it: "levain.example" is "https://levain.example"."""
    text = address.strip()
    return text if "://" in text or not text else f"https://{text}"


def has_lists(kind: str) -> bool:
    """Whether channels of this kind can look for addresses, and read lists of them."""
    known = kinds().get(kind)
    return known is not None and isinstance(known({}), WithDiscovery)


def _lists(kind: str) -> WithDiscovery:
    connector = kinds()[kind]({})
    if not isinstance(connector, WithDiscovery):
        raise Refused("channel_has_no_lists")
    return connector
