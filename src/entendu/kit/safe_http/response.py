"""What came back, and what its headers ask of us."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from entendu.kit import clock
from entendu.kit.safe_http.errors import HttpFailed, HttpRefused

LONGEST_WAIT = 86_400.0  # seconds: "Retry-After: 1000000000" is not obeyed to the letter
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response. Header names are lower case; `content` is decoded; `url`: where the redirects ended.

    `moved_to` is the address that upstream asks us to use from now on: where the permanent redirects at the
    head of the chain ended, "" when there was none.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    moved_to: str = ""

    @property
    def media_type(self) -> str:
        """Type without parameters, lower case, "" when not given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset parameter of the type, "" when not given."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        return found[1].lower() if found else ""

    def retry_after(self) -> float | None:
        """Seconds that upstream asks us to wait (RFC 9110, 10.2.3), within [0, one day], or None."""
        return read_retry_after(self.headers.get("retry-after", ""))

    def checked(self) -> "Response":
        """Itself below 400. HttpFailed on 408, 425, 429 and 5xx; HttpRefused on any other 4xx."""
        if self.status < 400:
            return self
        if self.status in (408, 425, 429) or self.status >= 500:
            raise HttpFailed(f"http_{self.status}", self.url, self.retry_after())
        raise HttpRefused(f"http_{self.status}", self.url)


def read_retry_after(value: str) -> float | None:
    """A Retry-After value (seconds or a date) as seconds from now in [0, one day]; None if unreadable."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,20}", value):
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, _seconds_until(moment)), LONGEST_WAIT)


def _seconds_until(moment: datetime) -> float:
    return (moment - clock.now()).total_seconds()
