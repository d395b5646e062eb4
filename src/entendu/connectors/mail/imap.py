"""One session with an IMAP server: what is new by UID, without ever changing a flag (EXAMINE and
BODY.PEEK)."""

import hashlib
import imaplib
import re
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from entendu.connectors.mail.account import Account
from entendu.wire import NeedsAuth, Raw, Refused, TryLater, WireError

TIMEOUT = 30.0  # seconds for each answer of the server
MAX_MESSAGE = 40 * 1024 * 1024  # bytes: of a larger mail only the headers are read
MAX_PAGE = 48 * 1024 * 1024  # bytes held in memory at once
_GROUP = 100  # messages asked for in one command
MAIL, HEADERS_ONLY, UNREADABLE = "message/rfc822", "text/rfc822-headers", "application/x-unreadable"

_PASSING = re.compile(
    rb"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)|too many|try again|temporar", re.IGNORECASE
)
_UID = re.compile(rb"\bUID (\d+)")
_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)  # in no language
_RECEIVED = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)
_IDENTITY = "RECEIVED MESSAGE-ID DATE FROM SUBJECT"
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")


def old_key(validity: int, uid: int) -> str:
    """The key of a message by its number."""
    return f"{validity}:{uid}"


@dataclass(frozen=True, slots=True)
class About:
    """What the server says of a message before it is read."""

    uid: int
    size: int
    received: datetime | None


class Session:
    """A signed-in session on one folder."""

    def __init__(self, box: BaseMailBox, folder: str) -> None:
        self.box = box
        self.folder = folder

    def select(self, folder: str = "") -> int:
        """Opens a folder for reading only; answers its UIDVALIDITY."""
        self.box.folder.set(folder or self.folder, readonly=True)
        _, values = self.box.client.response("UIDVALIDITY")
        value = values[0] if values else None
        if not isinstance(value, bytes) or not value.isdigit():
            raise TryLater("imap_error", "no UIDVALIDITY")
        return int(value)

    def uids_after(self, uid: int) -> list[int]:
        """The UIDs above `uid`, in order. `n:*` names the last message even when it is below n: filtered."""
        found = self.box.uids(f"UID {uid + 1}:*", charset=None)
        return sorted(number for number in map(int, found) if number > uid)

    def uids_since(self, since: datetime) -> list[int]:
        """The UIDs of what the server received since that day, in order."""
        day = since.astimezone(UTC)
        found = self.box.uids(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}", charset=None)
        return sorted(map(int, found))

    def with_header(self, folder: str, name: str, value: str) -> list[str]:
        """The UIDs in `folder` of the messages whose header `name` contains `value` (an identifier, no
        quotes)."""
        self.select(folder)
        return self.box.uids(f'HEADER {name} "{value}"', charset=None)

    def about(self, uids: Sequence[int]) -> list[About]:
        """Sizes and dates of the messages that are still there, in order."""
        found = []
        for start in range(0, len(uids), _GROUP):
            group = ",".join(map(str, uids[start : start + _GROUP]))
            for head, _ in self._fetch(group, "(UID RFC822.SIZE INTERNALDATE)"):
                uid, size = _UID.search(head), _SIZE.search(head)
                if uid:
                    found.append(About(int(uid[1]), int(size[1]) if size else 0, _received(head)))
        return sorted(found, key=lambda one: one.uid)

    def keys(self, uids: Sequence[int], validity: int) -> dict[int, str]:
        """The keys of messages. What a message was given on its way (Received names each delivery) outlives a new
        UIDVALIDITY, a move and a move back; one without it is known by its number alone."""
        found = {uid: old_key(validity, uid) for uid in uids}
        for start in range(0, len(uids), _GROUP):
            group = uids[start : start + _GROUP]
            try:
                found |= self._named(group)
            except UnexpectedCommandStatusError:  # one of them cannot be given: the others can
                for uid in group:
                    with suppress(UnexpectedCommandStatusError):
                        found |= self._named([uid])
        return found

    def _named(self, uids: Sequence[int]) -> dict[int, str]:
        """The keys of those of `uids` that carry a Received header."""
        found, header = {}, b""
        for head, body in self._fetch(
            ",".join(map(str, uids)), f"(UID BODY.PEEK[HEADER.FIELDS ({_IDENTITY})])"
        ):
            header = body if body is not None else header  # some servers say the UID after the literal
            uid = _UID.search(head)
            if uid and header:
                if _RECEIVED.search(header):
                    found[int(uid[1])] = f"id:{hashlib.sha256(b' '.join(header.split())).hexdigest()[:40]}"
                header = b""
        return {uid: key for uid, key in found.items() if uid in set(uids)}

    def messages(self, wanted: Iterable[About], keys: Mapping[int, str]) -> Iterator[Raw]:
        """One Raw for each message, under its key in `keys`. One that the server cannot give is an empty Raw, to be
        shown: it blocks none."""
        for one in wanted:
            large = one.size > MAX_MESSAGE
            part = "BODY.PEEK[HEADER]" if large else "BODY.PEEK[]"
            note = f"{self.folder} {one.uid}"
            if one.received:
                note += f", received {one.received.isoformat()}"
            key = keys[one.uid]
            try:
                answers = [body for _, body in self._fetch(str(one.uid), f"(UID {part})") if body is not None]
            except UnexpectedCommandStatusError:
                yield Raw(key, b"", UNREADABLE, note)
                continue
            if answers:
                yield Raw(key, answers[0], HEADERS_ONLY if large else MAIL, note)

    def _fetch(self, uids: str, parts: str) -> Iterator[tuple[bytes, bytes | None]]:
        """(what was said before the literal, the literal) of each FETCH response."""
        status, answers = self.box.client.uid("FETCH", uids, parts)
        if status != "OK":
            raise UnexpectedCommandStatusError((status, answers), "OK")
        for answer in answers:
            if isinstance(answer, tuple):
                yield answer[0], answer[1]
            elif isinstance(answer, bytes) and answer != b")":
                yield answer, None

    def file(self, folder: str, message: bytes, moment: datetime) -> None:
        """Adds a message to `folder`, as read."""
        self.box.append(message, folder, dt=moment, flag_set=["\\Seen"])


def _received(head: bytes) -> datetime | None:
    moment = imaplib.Internaldate2tuple(head)
    if moment is None:
        return None
    try:
        return datetime.fromtimestamp(time.mktime(moment), UTC)
    except (OverflowError, ValueError):
        return None


@contextmanager
def session(account: Account) -> Iterator[Session]:
    """A signed-in session; every failure is a WireError."""
    with translated():
        box = _connect(account)
        try:
            _sign_in(box, account)
            yield Session(box, account.folder)
        finally:
            _leave(box)


def _connect(account: Account) -> BaseMailBox:
    host, port = account.imap_host, account.imap_port
    if account.imap_security == "ssl":
        return MailBox(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    if account.imap_security == "starttls":
        return MailBoxStartTls(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(host, port, timeout=TIMEOUT)


def _sign_in(box: BaseMailBox, account: Account) -> None:
    if (account.user + account.password).isascii():
        box.login(account.user, account.password, initial_folder=None)
    else:
        box.login_utf8(account.user, account.password, initial_folder=None)


def _leave(box: BaseMailBox) -> None:
    try:
        box.logout()
    except (ImapToolsError, imaplib.IMAP4.error, OSError):
        try:
            box.client.shutdown()
        except OSError:
            return


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the libraries raise into WireErrors."""
    try:
        yield
    except WireError:
        raise
    except MailboxLoginError as error:
        answer = _answer(error)
        if _PASSING.search(answer):
            raise TryLater("sign_in_unavailable", _said(answer)) from None
        raise NeedsAuth("bad_credentials", _said(answer)) from None
    except MailboxFolderSelectError as error:
        answer = _answer(error)
        if _PASSING.search(answer):
            raise TryLater("imap_error", _said(answer)) from None
        raise Refused("no_such_folder", _said(answer)) from None
    except imaplib.IMAP4.abort as error:
        raise TryLater("connection_lost", str(error)) from None
    except imaplib.IMAP4.error as error:
        if "AUTHENTICATIONFAILED" in str(error):
            raise NeedsAuth("bad_credentials", str(error)) from None
        raise TryLater("imap_error", str(error)) from None
    except ImapToolsError as error:
        raise TryLater("imap_error", str(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise TryLater("bad_certificate", str(error)) from None
    except ssl.SSLError as error:
        raise TryLater("tls_failed", str(error)) from None
    except OSError as error:
        raise TryLater("unreachable", str(error)) from None


def _answer(error: UnexpectedCommandStatusError) -> bytes:
    data = error.command_result[1]
    return b" ".join(part for part in data if isinstance(part, bytes)) if isinstance(data, list) else b""


def _said(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")[:300]
