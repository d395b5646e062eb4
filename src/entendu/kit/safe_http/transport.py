"""Sockets that go where the checks said, and nowhere else, and that end by a deadline."""

import functools
import ipaddress
import ssl
import time
import typing
from collections.abc import Iterable

import certifi
import httpcore

from entendu.kit.safe_http.addresses import Target, checked_addresses
from entendu.kit.safe_http.errors import HttpRefused

_MAX_ADDRESSES = 4  # tried one after the other
_CONNECT_SECONDS = 5.0  # for each
_WRITE_PIECE = 16_384  # bytes: the deadline is looked at between two


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The authorities of the system and certifi's. Built once: loading them takes tens of milliseconds."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Deadline:
    """A moment on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain; httpcore.ReadTimeout when none does."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"not over after {self.seconds:g} s")
        return left


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the checked address of the target whose turn it is, and verifies the peer."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._dial: httpcore.NetworkBackend = httpcore.SyncBackend()
        self.target: Target | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[typing.Any] | None = None,
    ) -> httpcore.NetworkStream:
        target = self.target
        if target is None or (host.lower().rstrip("."), port) != (target.host, target.port):
            raise HttpRefused("address_not_public", f"{host}:{port} was not checked")
        fault: Exception | None = None
        for address in checked_addresses(target, self._deadline.left())[:_MAX_ADDRESSES]:
            try:
                limit = min(_CONNECT_SECONDS, self._deadline.left())
                stream = self._dial.connect_tcp(str(address), port, timeout=limit)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
                continue
            peer = stream.get_extra_info("server_addr")
            if not peer or ipaddress.ip_address(peer[0]) != address:
                stream.close()
                raise HttpRefused("peer_changed", f"{target.host}: {address} expected, {peer} reached")
            return _DeadlineStream(stream, self._deadline)
        raise fault or httpcore.ConnectError("no address")

    def connect_unix_socket(self, *args: typing.Any, **kwargs: typing.Any) -> httpcore.NetworkStream:
        raise HttpRefused("scheme_not_allowed", "unix socket")


class _DeadlineStream(httpcore.NetworkStream):
    """Every wait on the socket is cut to what remains: a server that drips a byte a second gains nothing."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_PIECE):
            self._stream.write(buffer[start : start + _WRITE_PIECE], timeout=self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> typing.Any:
        return self._stream.get_extra_info(info)
