"""Reads a mail (RFC 5322, MIME) with tolerance. Hostile mails exist: run it in a child (`kit.child`).

The standard parser runs with the policy `compat32`: the newer `default` raised on 6 of 75 bad mails and took
11 s over one Subject.
"""

import email
import email.policy
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

import msgspec

from entendu.kit import mailheaders as headers_of
from entendu.kit import mailhtml, mailtext

_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
}
MAX_PARTS = 1000
MAX_DEPTH = 50
MAX_ATTACHMENTS_BYTES = 25 * 1024 * 1024  # together
_MEDIA_TYPE = re.compile(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,100}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(slots=True)
class Attachment:
    """A file in a mail. `content` is None when the mail is over the limit: the raw mail has it."""

    name: str
    media_type: str
    content: bytes | None = None
    inline: bool = False
    content_id: str = ""
    size: int = 0


@dataclass(slots=True)
class ParsedMail:
    """What a mail says. Identifiers without brackets, addresses in lower case, no control characters.

    `text` is what the person wrote, `quoted` what was folded. `html_safe` may be shown in a page.
    `automatic`: see `mailheaders.automatic`. `defects` names what could not be read: too_deep,
    too_many_parts, too_large, unknown_charset, html_too_deep, text_cut.
    """

    message_id: str = ""
    message_id_derived: bool = False
    digest: str = ""  # 8 hex digits of who, when and what: tells apart two mails that share a Message-ID
    subject: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    date: datetime | None = None
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)  # oldest first
    text: str = ""
    quoted: str = ""
    html_safe: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    automatic: str = ""
    bounce_of: str = ""
    list_id: str = ""
    loop: str = ""
    defects: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What names this mail and no other: one seen twice has it twice, two that share a Message-ID differ."""
        return f"{self.message_id}:{self.digest}"


def parse_message(raw: bytes) -> ParsedMail:
    """What the mail `raw` says. What cannot be read is named in `defects`, and the rest is read."""
    mail = ParsedMail()
    message = _parse(raw, mail)
    reader = _Reader(mail)
    reader.read(message)
    headers = headers_of.collect(message.raw_items())
    _fill_headers(mail, headers)
    mail.automatic = headers_of.automatic(headers, reader.is_report)
    _fill_identity(mail, headers, raw)
    if mail.automatic == "bounce":
        mail.bounce_of = reader.reported_id or mail.in_reply_to
    _fill_texts(mail, reader)
    return mail


def parse_to_bytes(raw: bytes) -> bytes:
    """`parse_message` for `kit.child.call`: the answer as MessagePack."""
    return msgspec.msgpack.encode(parse_message(raw))


def from_bytes(data: bytes) -> ParsedMail:
    """The other half of `parse_to_bytes`."""
    return msgspec.msgpack.decode(data, type=ParsedMail)


def _parse(raw: bytes, mail: ParsedMail) -> "Message[str, str]":
    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32)
    except RecursionError:
        mail.defects.append("too_deep")
        head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
        return email.message_from_bytes(re.sub(rb"(?im)^content-type:", b"X-Was-Type:", head) + b"\r\n\r\n")


def _fill_headers(mail: ParsedMail, headers: headers_of.Headers) -> None:
    senders = headers_of.addresses(headers_of.first(headers, "from"))
    mail.from_name, mail.from_address = senders[0] if senders else ("", "")
    answers = headers_of.addresses(headers_of.first(headers, "reply-to"))
    mail.reply_to = answers[0][1] if answers else ""
    mail.to = [address for _, address in headers_of.addresses(headers_of.first(headers, "to"))]
    mail.cc = [address for _, address in headers_of.addresses(headers_of.first(headers, "cc"))]
    mail.subject = headers_of.words(headers_of.first(headers, "subject"))
    mail.date = headers_of.date_said(headers)
    mail.list_id = headers_of.line(headers_of.first(headers, "list-id"), 200)
    mail.loop = headers_of.line(headers_of.first(headers, "x-entendu-loop"), 64)


def _fill_identity(mail: ParsedMail, headers: headers_of.Headers, raw: bytes) -> None:
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").strip()
    said = "\n".join(headers_of.first(headers, name) for name in ("from", "date", "subject"))
    digest = hashlib.sha256(said.encode("utf-8", "surrogateescape") + b"\n\n" + body).hexdigest()
    mail.digest = digest[:8]
    own = headers_of.identifiers(headers_of.first(headers, "message-id"))
    mail.message_id_derived = not own
    mail.message_id = own[0] if own else f"{digest[:32]}@missing.invalid"
    ancestors = headers_of.identifiers(headers_of.first(headers, "references"))
    mail.references = [ancestor for ancestor in ancestors if ancestor != mail.message_id]
    answered = headers_of.identifiers(headers_of.first(headers, "in-reply-to"))
    parents = [parent for parent in answered if parent != mail.message_id] or mail.references[-1:]
    mail.in_reply_to = parents[0] if parents else ""


def _fill_texts(mail: ParsedMail, reader: "_Reader") -> None:
    plain, html = reader.plain.strip(), reader.html
    if html:
        mail.html_safe = mailhtml.clean(html)
        if not mail.html_safe and html.strip() and mailhtml.too_deep(html):
            mail.defects.append("html_too_deep")
    whole = plain or mailhtml.to_text(html)
    if len(whole) > mailtext.MAX_TEXT:
        mail.defects.append("text_cut")
    mail.text, mail.quoted = mailtext.fold(_printable(whole))


def _printable(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return re.sub("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", "", text)


class _Reader:
    """Walks the parts: the best text, the HTML, the attachments, what a delivery report says."""

    def __init__(self, mail: ParsedMail) -> None:
        self.mail = mail
        self.plain = ""
        self.html = ""
        self.is_report = False
        self.reported_id = ""
        self.parts = 0
        self.bytes_kept = 0

    def read(self, message: "Message[str, str]") -> None:
        self.plain, self.html = self._read(message, 0)

    def _read(self, part: "Message[str, str]", depth: int) -> tuple[str, str]:
        """(plain text, HTML) of one part and all that it contains."""
        self.parts += 1
        if depth > MAX_DEPTH or self.parts > MAX_PARTS:
            self._defect("too_deep" if depth > MAX_DEPTH else "too_many_parts")
            return "", ""
        kind = part.get_content_type()
        if depth == 0 and kind == "multipart/report":
            self.is_report = "disposition-notification" not in str(part.get("content-type", ""))
        if kind in ("message/rfc822", "text/rfc822-headers", "message/delivery-status", "message/global"):
            return self._read_embedded(part, kind)
        if part.is_multipart():
            return self._read_multipart(part, kind, depth)
        return self._read_leaf(part, kind)

    def _read_multipart(self, part: "Message[str, str]", kind: str, depth: int) -> tuple[str, str]:
        found = [self._read(child, depth + 1) for child in _children(part)]
        plains = [plain for plain, _ in found if plain.strip()]
        htmls = [html for _, html in found if html.strip()]
        if kind == "multipart/alternative":
            return (plains[0] if plains else ""), (htmls[-1] if htmls else "")
        if plains and any(html.strip() and not plain.strip() for plain, html in found):
            # Some neighbours exist as HTML only: their words must not be lost beside the plain ones.
            plains = [plain if plain.strip() else mailhtml.to_text(html) for plain, html in found]
        return "\n".join(plains), "<hr>".join(htmls)

    def _read_leaf(self, part: "Message[str, str]", kind: str) -> tuple[str, str]:
        disposition = str(part.get("content-disposition", "")).strip().lower()
        name = _file_name(part)
        if kind in ("text/plain", "text/html") and not disposition.startswith("attachment") and not name:
            text = self._text(part)
            return (text, "") if kind == "text/plain" else ("", text)
        if kind.startswith("multipart/"):  # announced, without a boundary: its text is all there is
            return self._text(part), ""
        self._attach(part, kind, name, disposition.startswith("inline") or "content-id" in part)
        return "", ""

    def _text(self, part: "Message[str, str]") -> str:
        charset = _charset(part)
        if not headers_of.is_known(charset):
            self._defect("unknown_charset")
        return headers_of.text_of(_payload(part), charset)

    def _read_embedded(self, part: "Message[str, str]", kind: str) -> tuple[str, str]:
        """A mail in the mail is a file; in a delivery report, its Message-ID is the one that bounced."""
        children = list(_children(part))
        data = b"".join(_as_bytes(child) for child in children) if children else _payload(part)
        found = re.search(rb"(?im)^message-id:\s*(<[^>]{1,250}>)", data[:200_000])
        if found and kind != "message/delivery-status" and not self.reported_id:
            self.reported_id = next(iter(headers_of.identifiers(found.group(1).decode("latin-1"))), "")
        names = {"message/delivery-status": "delivery-status.txt", "text/rfc822-headers": "headers.txt"}
        self._keep(names.get(kind, f"message-{self.parts}.eml"), kind, data, inline=False, content_id="")
        return "", ""

    def _attach(self, part: "Message[str, str]", kind: str, name: str, inline: bool) -> None:
        ids = headers_of.identifiers(str(part.get("content-id", "")))
        named = name or f"attachment-{self.parts}{_extension(kind)}"
        self._keep(named, kind, _payload(part), inline, ids[0] if ids else "")

    def _keep(self, name: str, kind: str, data: bytes, inline: bool, content_id: str) -> None:
        kind = kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
        fits = self.bytes_kept + len(data) <= MAX_ATTACHMENTS_BYTES
        if fits:
            self.bytes_kept += len(data)
        else:
            self._defect("too_large")
        self.mail.attachments.append(
            Attachment(name, kind, data if fits else None, inline, content_id, size=len(data))
        )

    def _defect(self, code: str) -> None:
        if code not in self.mail.defects:
            self.mail.defects.append(code)


def _children(part: "Message[str, str]") -> Iterator["Message[str, str]"]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _payload(part: "Message[str, str]") -> bytes:
    """The decoded bytes of a leaf; a broken transfer encoding gives what could be decoded."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        data = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return data if isinstance(data, bytes) else b""


def _as_bytes(message: "Message[str, str]") -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, RecursionError):
        lines = (f"{name}: {value}\r\n" for name, value in message.raw_items())
        return "".join(lines).encode("utf-8", "replace")


def _charset(part: "Message[str, str]") -> str:
    try:
        value = part.get_content_charset("")
    except (ValueError, LookupError, TypeError):
        return ""
    return str(value)


def _file_name(part: "Message[str, str]") -> str:
    try:
        raw = part.get_filename("")
    except (ValueError, LookupError, TypeError):
        return ""
    return safe_name(headers_of.words(raw)) if raw else ""


def safe_name(name: str) -> str:
    """A file name that is one: no folder, no control or direction characters, at most 120 characters with its
    extension kept. Empty when nothing is left."""
    name = unicodedata.normalize("NFC", headers_of.line(name)).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r'[<>:"|?*\x00-\x1f]', "_", name).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 12:
        return f"{stem[: 119 - len(extension)]}.{extension}" if stem else extension
    return name[:120]


def _extension(kind: str) -> str:
    return _EXTENSIONS.get(kind, ".bin")
