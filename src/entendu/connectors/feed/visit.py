"""One polite visit: the host's turn, the outbound door, the errors in the words of the contract."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from entendu.connectors.feed import polite
from entendu.connectors.feed.document import understand
from entendu.connectors.feed.html import read_links
from entendu.connectors.feed.model import Document
from entendu.kit.safe_http import HttpFailed, HttpRefused, Response, fetch
from entendu.wire import NeedsAuth, Refused, TryLater

PATIENCE = 3.0  # seconds that a visit may wait for its turn
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_REFUSALS = {"http_403": "feed_forbidden", "http_404": "feed_not_found", "http_410": "feed_gone"}

pause = time.sleep  # tests count the seconds instead


class HostBusy(Exception):
    """The host has been asked enough for now; `wait`: seconds until its next turn."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"{wait:.1f} s")
        self.wait = wait


@dataclass(slots=True)
class Visit:
    """What came from an address: nothing new (`document` None), a feed, or something else."""

    response: Response
    document: Document | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Asks for documents. `allow`: "host:port" entries of the installation's list."""

    allow: Sequence[str] = ()

    def document(self, url: str, *, etag: str = "", modified: str = "") -> Visit:
        """The document at `url`, or none when upstream says that nothing changed. WireError, HostBusy."""
        asked = {"accept": _ACCEPT}
        if etag:
            asked["if-none-match"] = etag
        if modified:
            asked["if-modified-since"] = modified
        response = self.get(url, asked)
        if response.status == 304:
            return Visit(response)
        if not response.content.strip():
            raise TryLater("feed_empty", url)
        content_type = response.headers.get("content-type", "")
        document = understand(response.content, response.url, content_type)
        links = read_links(response.headers.get("link", ""), response.url)
        document.hub = links.get("hub", document.hub)
        document.self_url = links.get("self", document.self_url)
        return Visit(response, document)

    def get(
        self, url: str, headers: Mapping[str, str], *, max_bytes: int = 5_000_000, deadline: float = 10.0
    ) -> Response:
        """A response below 400, at the host's turn. WireError, HostBusy."""
        self._take_turn(url)
        try:
            response = fetch(url, headers=headers, max_bytes=max_bytes, deadline=deadline, allow=self.allow)
            return response.checked()
        except HttpRefused as error:
            if error.code in ("http_401", "http_407"):
                raise NeedsAuth("feed_needs_auth", url) from None
            raise Refused(_REFUSALS.get(error.code, error.code), error.detail) from None
        except HttpFailed as error:
            if error.retry_after:
                polite.rest(_host_of(url), error.retry_after)
            raise TryLater(error.code, error.detail, error.retry_after) from None
        finally:
            polite.rest(_host_of(url), polite.INTERVAL)

    def _take_turn(self, url: str) -> None:
        host = _host_of(url)
        if not host:
            return  # the door says what is wrong with it
        mine, seconds = polite.claim(host, PATIENCE)
        if not mine:
            raise HostBusy(seconds)
        if seconds > 0:
            pause(seconds)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
