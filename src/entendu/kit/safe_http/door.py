"""The one door for outbound HTTP: `fetch`, and `afetch` for asynchronous callers."""

import asyncio
import functools
import ssl
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin

import httpcore

from entendu.kit.safe_http.addresses import Target, read_allow, read_url
from entendu.kit.safe_http.body import read_body
from entendu.kit.safe_http.errors import HttpFailed, HttpRefused
from entendu.kit.safe_http.response import Response
from entendu.kit.safe_http.transport import Deadline, GuardedBackend, tls_context

MAX_BYTES = 5_000_000
DEADLINE = 10.0
MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
# What may follow a redirect to another origin. A list of what is harmless: a key may hide in any header.
_TRAVELS = frozenset({"accept", "accept-language", "if-modified-since", "if-none-match", "user-agent"})


@functools.cache
def user_agent() -> str:
    """What we call ourselves on the wire."""
    try:
        return f"Entendu/{version('entendu')}"
    except PackageNotFoundError:
        return "Entendu"


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int = MAX_BYTES,
    deadline: float = DEADLINE,
    allow: Iterable[str] = (),
) -> Response:
    """One call, redirects followed (at most 3), whole body read.

    `max_bytes` bounds the decoded body; `deadline` (seconds) bounds everything, names and redirects included;
    `allow` holds "host:port" entries that may be private or on another port. A response of any status is
    returned (see `Response.checked`). HttpRefused: against the rules. HttpFailed: a passing fault.
    """
    allowed = read_allow(allow)
    target = read_url(url, allowed)
    hop = _Hop(method.upper(), _with_defaults(headers), content)
    guard = GuardedBackend(Deadline(deadline))
    moved_to, still_permanent = "", True
    with httpcore.ConnectionPool(ssl_context=tls_context(), network_backend=guard) as pool:
        for _ in range(MAX_REDIRECTS + 1):
            guard.target = target
            response = _call(pool, target, hop, max_bytes)
            location = response.headers.get("location", "")
            if response.status not in _REDIRECTS or not location:
                return Response(response.status, response.headers, response.content, target.url, moved_to)
            onward = read_url(_joined(target.url, location), allowed)
            hop = hop.redirected(target, onward, response.status)
            target = onward
            still_permanent = still_permanent and response.status in _PERMANENT
            moved_to = target.url if still_permanent else moved_to
    raise HttpRefused("too_many_redirects", url)


async def afetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int = MAX_BYTES,
    deadline: float = DEADLINE,
    allow: Iterable[str] = (),
) -> Response:
    """`fetch` in a thread, for asynchronous callers."""
    call = functools.partial(
        fetch,
        method=method,
        headers=headers,
        content=content,
        max_bytes=max_bytes,
        deadline=deadline,
        allow=allow,
    )
    return await asyncio.to_thread(call, url)


class _Hop:
    """What is sent at one step of a chain of redirects."""

    def __init__(self, method: str, headers: dict[str, str], content: bytes | None) -> None:
        self.method = method
        self.headers = headers
        self.content = content

    def redirected(self, here: Target, onward: Target, status: int) -> "_Hop":
        """What is sent to `onward`: no secret leaves its origin, no body changes hands (RFC 9110, 15.4)."""
        method, content, headers = self.method, self.content, dict(self.headers)
        if status == 303 or (status in (301, 302) and method == "POST"):
            method, content = ("HEAD" if method == "HEAD" else "GET"), None
            headers.pop("content-type", None)
        if onward.origin == here.origin:
            return _Hop(method, headers, content)
        if here.scheme == "https" and onward.scheme == "http" and _CREDENTIALS & headers.keys():
            raise HttpRefused("redirect_drops_tls", onward.url)
        if method not in ("GET", "HEAD"):
            raise HttpRefused("redirect_of_write", onward.url)
        return _Hop(method, {name: value for name, value in headers.items() if name in _TRAVELS}, content)


def _with_defaults(headers: Mapping[str, str] | None) -> dict[str, str]:
    given = {name.lower(): value for name, value in (headers or {}).items()}
    # Only what `read_body` can decode under a cap; a caller has no say in it, nor in the host.
    return {"user-agent": user_agent(), "accept": "*/*"} | {
        name: value
        for name, value in given.items()
        if name not in ("host", "accept-encoding", "content-length")
    }


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location.strip())
    except ValueError:
        raise HttpRefused("redirect_malformed", location[:100]) from None


def _call(pool: httpcore.ConnectionPool, target: Target, hop: _Hop, max_bytes: int) -> Response:
    try:
        sent = [(name.encode("ascii"), value.encode("latin-1")) for name, value in hop.headers.items()]
    except UnicodeError as error:
        raise HttpRefused("header_malformed", str(error)) from None
    sent += [(b"accept-encoding", b"gzip, deflate"), (b"connection", b"close")]
    try:
        with pool.stream(hop.method, target.url, headers=sent, content=hop.content) as answer:
            headers = _read_headers(answer.headers)
            if hop.method == "HEAD" or answer.status in _REDIRECTS:
                return Response(answer.status, headers, b"", target.url)
            declared = headers.get("content-length", "")
            if declared.isdecimal() and int(declared) > max_bytes:
                raise HttpRefused("too_large", f"{declared} bytes declared")
            body = read_body(answer.iter_stream(), headers.get("content-encoding", ""), max_bytes)
            return Response(answer.status, headers, body, target.url)
    except httpcore.TimeoutException as error:
        raise HttpFailed("timeout", f"{target.host}: {error}") from None
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
        raise HttpRefused("header_malformed", str(error)) from None
    except httpcore.ConnectError as error:
        code = (
            "tls_failed"
            if isinstance(error.__cause__ or error.__context__, ssl.SSLError)
            else "connect_failed"
        )
        raise HttpFailed(code, f"{target.host}: {error}") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise HttpFailed("protocol_error", f"{target.host}: {error}") from None


def _read_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
