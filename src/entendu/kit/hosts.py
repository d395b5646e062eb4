"""The sites that addresses name."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

LONGEST = 253  # characters of a host name (RFC 1035)
_ADDRESS = re.compile(r"https?://[^\s<>\"'»”]+", re.IGNORECASE)
_FRONT = ("www.", "m.", "mobile.", "amp.")  # other doors of the same house


def host_of(address: str) -> str:
    """The site of an address: its host in lower case, without "www." and the like; empty when it has none."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    for front in _FRONT:
        if host.startswith(front) and host.count(".") > 1:
            host = host.removeprefix(front)
            break
    return host if "." in host and len(host) <= LONGEST and host.isprintable() else ""


def links_in(text: str) -> Iterator[tuple[str, str]]:
    """(site, address) of the web addresses in a text, each site once, in order."""
    seen = set()
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?)]}…")
        host = host_of(address)
        if host and host not in seen:
            seen.add(host)
            yield host, address
