"""The headers of a mail, read with tolerance: words, addresses, identifiers, dates, and who wrote it.

RFC 5322 (format), 2047 (words), 3834 (automatic answers), 3464 (delivery reports), 2919 (lists).
"""

import binascii
import codecs
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

MAX_HEADER = 64 * 1024  # characters of one header that are looked at
MAX_TITLE = 1000
MAX_NAME = 200
MAX_ADDRESSES = 200
MAX_REFERENCES = 100

# Text codecs that are slow on purpose-made input, or that hide what is written.
_UNFIT_CODECS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_IDENTIFIER = re.compile(r"<([\x21-\x3b\x3d\x3f-\x7e]{3,250})>")
_ATOM = r"[^\s<>()\[\],;:\"@\x00-\x1f\x7f\ud800-\udfff]"
_ADDRESS = re.compile(rf"{_ATOM}{{1,64}}@{_ATOM}{{1,253}}")
_MACHINE_SENDER = re.compile(r"(mailer-daemon|postmaster)(@|$)", re.IGNORECASE)
_MACHINE_SUBJECT = re.compile(
    r"(re\s*:\s*)?(réponse automatique|automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office"
    r"|absence du bureau|message d'absence|notification d'absence|automatische antwort)\b",
    re.IGNORECASE,
)

Headers = dict[str, list[str]]  # lower-case names; raw values in their order


def collect(items: Iterable[tuple[str, str]]) -> Headers:
    """The raw headers by lower-case name (one pass: a hostile mail has 100,000 of them)."""
    found: Headers = {}
    for name, value in items:
        found.setdefault(name.lower(), []).append(str(value)[:MAX_HEADER])
    return found


def first(headers: Headers, name: str) -> str:
    """The raw value of the first header of that name, unfolded; empty without one."""
    values = headers.get(name)
    return re.sub(r"\r?\n[ \t]?", " ", values[0]).strip() if values else ""


def text_of(data: bytes, charset: str = "") -> str:
    """`data` as text whatever its declared `charset` is worth: as declared, else UTF-8, else Windows-1252."""
    for name in (_known(charset), "utf-8"):
        if name:
            try:
                return data.decode(name)
            except (UnicodeError, ValueError, LookupError):  # "zlib" is a codec, and none of text
                continue
    return data.decode("cp1252", "replace")


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name if charset else ""
    except (LookupError, ValueError):
        return ""
    if name in _UNFIT_CODECS or name == "ascii":
        return ""
    return "cp1252" if name == "iso8859-1" else name  # as browsers do


def is_known(charset: str) -> bool:
    """Whether a declared charset is one that we decode."""
    return not charset or bool(_known(charset)) or charset.lower() in ("us-ascii", "ascii")


def line(text: str, limit: int = MAX_TITLE) -> str:
    """`text` on one line, without control and direction characters, cut at `limit` characters."""
    return " ".join(_CONTROLS.sub(" ", text[: limit * 4]).split())[:limit]


def words(raw: str) -> str:
    """A raw header as a person reads it: encoded words decoded, 8-bit bytes guessed, nothing invisible."""
    raw = raw[:MAX_HEADER]
    try:
        parts = decode_header(raw)
    except (HeaderParseError, binascii.Error, ValueError):
        parts = [(raw, None)]
    decoded = []
    for part, charset in parts:
        if isinstance(part, bytes):
            decoded.append(text_of(part, charset or ""))
        else:
            decoded.append(text_of(part.encode("utf-8", "surrogateescape")))
    return line("".join(decoded))


def addresses(raw: str) -> list[tuple[str, str]]:
    """(name, address in lower case) pairs of an address header; what is not an address is left out."""
    try:
        pairs = getaddresses([raw[:MAX_HEADER]])
    except (RecursionError, IndexError, ValueError):
        pairs = []
    found = [
        (words(name)[:MAX_NAME], match.group().lower())
        for name, address in pairs[:MAX_ADDRESSES]
        if (match := _ADDRESS.fullmatch(address.strip()))
    ]
    if not found:  # "a@x, b@x <" and other scrawls
        found = [("", address.lower()) for address in _ADDRESS.findall(raw[:MAX_HEADER])[:MAX_ADDRESSES]]
    return found


def identifiers(raw: str) -> list[str]:
    """Message identifiers without brackets, in order, without doubles. `<>` and broken ones are none."""
    found = list(dict.fromkeys(_IDENTIFIER.findall(raw[:MAX_HEADER])))
    if len(found) <= MAX_REFERENCES:
        return found
    return [found[0], *found[1 - MAX_REFERENCES :]]  # the root and the nearest


def date_of(raw: str) -> datetime | None:
    """An aware date in UTC, or None when it is missing or impossible."""
    try:
        moment = parsedate_to_datetime(raw[:200])
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return moment if 1971 <= moment.year <= 2200 else None


def date_received(headers: Headers) -> datetime | None:
    """When the last server took the mail, as its Received header says."""
    _, separator, stamp = first(headers, "received").rpartition(";")
    return date_of(stamp.strip()) if separator else None


def date_said(headers: Headers) -> datetime | None:
    """When it was written. A clock a day ahead of the last server is not believed. None: nobody says."""
    written, received = date_of(first(headers, "date")), date_received(headers)
    if written and received and written > received + timedelta(days=1):
        return received
    return written or received


def automatic(headers: Headers, report: bool) -> str:
    """Which machine wrote it; empty for a person.

    `bounce`, `auto_reply`: never to be answered. `auto_generated`, `list`, `bulk`, `suppress`: no automatic
    answer, but a person may write to a person behind it (a form of a site, a discussion list).
    """
    submitted = first(headers, "auto-submitted").partition(";")[0].strip().lower()
    precedence = first(headers, "precedence").lower()
    sender = first(headers, "from")
    no_return = first(headers, "return-path") == "<>"
    if report:
        return "bounce"
    if any(_MACHINE_SENDER.match(address) for _, address in addresses(sender)):
        return "bounce"
    if submitted.startswith("auto-replied") or precedence == "auto_reply" or "x-autoreply" in headers:
        return "auto_reply"
    if _MACHINE_SUBJECT.match(words(first(headers, "subject"))):
        return "auto_reply"
    if no_return:
        return "auto_reply" if "in-reply-to" in headers else "bounce"
    if submitted and submitted != "no":
        return "auto_generated"
    if "list-id" in headers or precedence == "list":
        return "list"
    if precedence in ("bulk", "junk"):
        return "bulk"
    return "suppress" if first(headers, "x-auto-response-suppress").lower() not in ("", "none") else ""
