import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from entendu.kit.safe_http import addresses
from local_http import Answer, LocalServer, local_server

PUBLIC = "93.184.216.34"
NAMES = {
    "public.test": [PUBLIC],
    "other.test": [PUBLIC],
    "mixed.test": [PUBLIC, "127.0.0.1"],
    "private.test": ["10.0.0.5"],
    "cname-to-private.test": ["10.0.0.5"],
    "meta.test": ["169.254.169.254"],
    "v6map.test": ["::ffff:127.0.0.1"],
    "nat64.test": ["64:ff9b::7f00:1"],
    "sixto4.test": ["2002:7f00:1::"],
    "ula.test": ["fd00::5"],
    "cgnat.test": ["100.64.0.1"],
    "zero.test": ["0.0.0.0"],
    "bench.test": ["198.18.0.1"],
    "azure.test": ["168.63.129.16"],
    "localhost": ["127.0.0.1", "::1"],
}


class PretendingSocket(socket.socket):
    """Connected to the local server, it says that its peer is the address that was asked for."""

    pretended: str = PUBLIC

    def getpeername(self):
        return (self.pretended, 80)


@dataclass
class Web:
    """A web of test names, where one local server stands for the public one; no packet leaves the machine."""

    server: LocalServer
    connects: list[tuple[str, int]] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=lambda: dict(NAMES))
    answers: dict[str, list[list[str]]] = field(default_factory=dict)  # one after the other (rebinding)
    pretended: str = PUBLIC

    @property
    def dangerous(self) -> list[tuple[str, int]]:
        return [(ip, port) for ip, port in self.connects if (ip, port) not in ((PUBLIC, 80), (PUBLIC, 443))]

    def look_up(self, host: str, port: int) -> list[str]:
        self.lookups.append(host)
        if host in self.answers:
            return self.answers[host].pop(0)
        if host not in self.names:
            raise socket.gaierror(-2, "Name or service not known")
        return self.names[host]

    def connect(self, address, timeout=None, source_address=None):
        self.connects.append(address)
        if address[0] != PUBLIC:
            raise ConnectionRefusedError(f"shim: {address}")
        sock = PretendingSocket(socket.AF_INET, socket.SOCK_STREAM)
        sock.pretended = self.pretended
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1", self.server.port))
        return sock


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as running:
        running.routes["/"] = Answer(b"SECRET")
        yield running


@pytest.fixture
def web(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Web:
    shim = Web(server)
    monkeypatch.setattr(addresses, "look_up", shim.look_up)
    monkeypatch.setattr(socket, "create_connection", shim.connect)
    return shim
