"""Where a call may go: which URLs, which ports, which addresses."""

import ipaddress
import re
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import httpx

from entendu.kit.safe_http.errors import HttpFailed, HttpRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Scheme = Literal["http", "https"]

MAX_URL = 4096  # characters
DEFAULT_PORTS: dict[str, int] = {"http": 80, "https": 443}

# Beyond `is_global`, whose tables differ between patch releases of Python: IANA's special-purpose registries,
# and the one public address that answers for a cloud's metadata (Azure).
_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # with Teredo and 6to4
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LAST_LABEL_IS_A_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL whose text passed the checks. `host`: ASCII, lower case, without brackets or final dot."""

    url: str  # without fragment
    scheme: Scheme
    host: str
    port: int
    trusted: bool  # the installation's allow-list names this very host and port

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)


def read_allow(entries: Iterable[str]) -> frozenset[tuple[str, int]]:
    """("127.0.0.1:8091", "[::1]:80", "intranet.example:443") as (host, port). HttpRefused when malformed."""
    allowed = set()
    for entry in entries:
        host, colon, port = entry.strip().rpartition(":")
        host = host.removeprefix("[").removesuffix("]").lower()
        if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise HttpRefused("allow_malformed", entry)
        allowed.add((host, int(port)))
    return frozenset(allowed)


def read_url(text: str, allow: frozenset[tuple[str, int]] = frozenset()) -> Target:
    """Checks the text of a URL. HttpRefused when it cannot be a public http(s) address on port 80 or 443."""
    if len(text) > MAX_URL or any(char.isspace() or not char.isprintable() for char in text) or "\\" in text:
        raise HttpRefused("url_malformed", text[:100])
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        host, port = url.raw_host.decode("ascii").lower().rstrip("."), url.port
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise HttpRefused("url_malformed", f"{text[:100]} ({error})") from None
    scheme: Scheme
    match url.scheme:
        case "http" | "https" as scheme:
            pass
        case other:
            raise HttpRefused("scheme_not_allowed", other)
    if url.userinfo:
        raise HttpRefused("userinfo_not_allowed", host)
    if not host or "%" in host or len(host) > 253:
        raise HttpRefused("url_malformed", text[:100])
    port = port if port is not None else DEFAULT_PORTS[scheme]
    trusted = (host, port) in allow
    if not trusted and port not in DEFAULT_PORTS.values():
        raise HttpRefused("port_not_allowed", f"{host}:{port}")
    if _LAST_LABEL_IS_A_NUMBER.search(host) and literal(host) is None:
        # "127.1", "0x7f000001", "2130706433": a resolver would read them as addresses.
        raise HttpRefused("url_malformed", host)
    return Target(str(url), scheme, host, port, trusted)


def literal(host: str) -> Address | None:
    """The address that `host` spells in full, or None when it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether anyone on the internet could reach `address`. Looks inside the addresses that carry another."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in net for net in _CLOSED_V4)
    if address.scope_id:
        return False
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if int(address) >> 32 & 0xFFFFFFFF in (0x5EFE, 0x02005EFE):  # ISATAP
        return False
    return address.is_global and address in _OPEN_V6 and not any(address in net for net in _CLOSED_V6)


def checked_addresses(target: Target, timeout: float) -> list[Address]:
    """Resolves once and checks every address: one bad address refuses the whole answer.

    The caller must connect to what is returned here and never resolve again (rebinding).
    """
    spelled = literal(target.host)
    found = [spelled] if spelled else _resolve(target.host, target.port, timeout)
    for address in found:
        if not target.trusted and not is_public(address):
            raise HttpRefused("address_not_public", f"{target.host} is {address}")
    return found


def look_up(host: str, port: int) -> list[str]:
    """The system's resolver; tests put their own here."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _resolve(host: str, port: int, timeout: float) -> list[Address]:
    answer: list[str] = []
    fault: list[Exception] = []

    def ask() -> None:
        try:
            answer.extend(look_up(host, port))
        except (OSError, UnicodeError) as error:
            fault.append(error)

    # getaddrinfo takes no time limit: a thread that is left behind ends with the resolver's own.
    thread = threading.Thread(target=ask, name="entendu-dns", daemon=True)
    thread.start()
    thread.join(max(0.0, timeout))
    if thread.is_alive():
        raise HttpFailed("dns_failed", f"{host}: no answer in time")
    if fault or not answer:
        raise HttpFailed("dns_failed", f"{host}: {fault[0] if fault else 'no address'}")
    return [ipaddress.ip_address(text) for text in dict.fromkeys(answer)]
