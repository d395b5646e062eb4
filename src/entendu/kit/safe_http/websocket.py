"""The same door for websockets: the same checks of the address, bounded messages, and no silence that lasts."""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from entendu.kit.safe_http.addresses import Target, checked_addresses, read_allow, read_url
from entendu.kit.safe_http.door import user_agent
from entendu.kit.safe_http.errors import HttpFailed, HttpRefused
from entendu.kit.safe_http.response import read_retry_after
from entendu.kit.safe_http.transport import tls_context

MAX_MESSAGE = 5_000_000  # bytes
OPENING = 10.0  # seconds, for each of: the name, an address, the handshake
ALIVE = 20.0  # seconds between pings, and before an answer is missed
_LOOK = 0.5  # seconds between looks at `stop`
_WAITING = 64  # messages in memory before the socket is left unread
_SCHEMES = {"ws": "http", "wss": "https"}


def messages(
    url: str,
    *,
    stop: Callable[[], bool],
    headers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_MESSAGE,
    allow: Iterable[str] = (),
) -> Iterator[bytes]:
    """What the other side sends, message by message, until `stop()` or until it hangs up cleanly.

    While the caller does not ask for the next one, the socket is not read: the other side waits, nothing is dropped.
    Whoever answers no ping is taken for gone. Redirects are not followed, nothing is compressed. `max_bytes` bounds a
    message; `allow` as for `fetch`. HttpRefused: against the rules, or upstream said no. HttpFailed: a passing fault.
    """
    with _connected(url, headers or {}, max_bytes, allow) as connection:
        while not stop():
            try:
                message = connection.recv(timeout=_LOOK)
            except TimeoutError:
                continue
            except ConnectionClosed as closed:
                _say_why(closed)
                return
            yield message.encode() if isinstance(message, str) else message


def _connected(
    url: str, headers: Mapping[str, str], max_bytes: int, allow: Iterable[str]
) -> ClientConnection:
    """An open websocket."""
    target = read_websocket_url(url, allow)
    link = _dialled(target)
    try:
        opened = connect(
            url,
            sock=link,
            ssl=tls_context() if target.scheme == "https" else None,
            server_hostname=target.host if target.scheme == "https" else None,
            compression=None,
            additional_headers=dict(headers),
            user_agent_header=user_agent(),
            proxy=None,
            open_timeout=OPENING,
            ping_interval=ALIVE,
            ping_timeout=ALIVE,
            close_timeout=1.0,
            max_size=max_bytes,
            max_queue=_WAITING,
        )
    except InvalidStatus as error:
        link.close()
        raise _refusal(error) from None
    except (InvalidHandshake, WebSocketException, EOFError) as error:
        link.close()
        raise HttpFailed("protocol_error", str(error)) from None
    except TimeoutError as error:
        link.close()
        raise HttpFailed("timeout", str(error)) from None
    except OSError as error:
        link.close()
        code = "tls_failed" if target.scheme == "https" else "connect_failed"
        raise HttpFailed(code, str(error)) from None
    if not isinstance(opened, ClientConnection):
        raise HttpFailed("protocol_error", "no connection")
    return opened


def read_websocket_url(url: str, allow: Iterable[str] = ()) -> Target:
    """Checks the text of a ws(s) address by the rules of http(s). HttpRefused."""
    scheme, colon, rest = url.partition("://")
    if not colon or scheme.lower() not in _SCHEMES:
        raise HttpRefused("scheme_not_allowed", scheme[:60])
    return read_url(f"{_SCHEMES[scheme.lower()]}://{rest}", read_allow(allow))


def _dialled(target: Target) -> socket.socket:
    """A socket to the address that was checked, and to no other."""
    end = time.monotonic() + OPENING
    fault: OSError | None = None
    for address in checked_addresses(target, OPENING)[:4]:
        try:
            link = socket.create_connection(
                (str(address), target.port), timeout=max(0.1, end - time.monotonic())
            )
        except OSError as error:
            fault = error
            continue
        if ipaddress.ip_address(link.getpeername()[0]) != address:
            link.close()
            raise HttpRefused("peer_changed", f"{target.host}: {address} expected")
        return link
    raise HttpFailed("connect_failed", f"{target.host}:{target.port}: {fault or 'no address'}")


def _refusal(error: InvalidStatus) -> HttpFailed | HttpRefused:
    """What an answer other than 101 means, by the same rule as `Response.checked`."""
    status = error.response.status_code
    if status in (408, 425, 429) or status >= 500:
        wait = read_retry_after(error.response.headers.get("retry-after", ""))
        return HttpFailed(f"http_{status}", "websocket", wait)
    return HttpRefused(f"http_{status}", "websocket")


def _say_why(closed: ConnectionClosed) -> None:
    """Raises unless the other side hung up as it should."""
    sent, received = closed.sent, closed.rcvd
    if sent is not None and sent.code == 1009:
        raise HttpRefused("too_large", sent.reason) from None
    if received is None or received.code not in (1000, 1001):
        raise HttpFailed("connection_lost", str(closed)) from None
