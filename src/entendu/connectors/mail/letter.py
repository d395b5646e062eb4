"""Writes the answer as a mail. The same draft gives the same mail at every attempt."""

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from entendu.connectors.mail.account import Account
from entendu.kit.mailheaders import identifiers, line
from entendu.wire import Draft, Refused

NO_ANSWER = {"bounce", "auto_reply", "loop"}  # machines that would answer, or that answer nobody
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_ANSWER_MARK = re.compile(r"(\s*(re|ré|rép|réf|aw|sv|antw)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_HEADER_LINE = 998  # the limit of RFC 5322: identifiers must not be broken over lines
_REFERENCES = 900  # characters


def own_id(draft: Draft, account: Account) -> str:
    """The Message-ID of a draft, without brackets: fixed by its key."""
    key = draft.key if re.fullmatch(r"[A-Za-z0-9._-]{1,100}", draft.key) else ""
    return f"{key or hashlib.sha256(draft.key.encode()).hexdigest()[:40]}@{account.domain}"


def recipient(draft: Draft, account: Account) -> str:
    """Where the answer goes. Refused: `would_loop`, `no_recipient`."""
    machine = draft.extra.get("automatic", "")
    asked = draft.extra.get("reply_to", "")
    if machine in NO_ANSWER or (machine == "auto_generated" and not asked):
        raise Refused("would_loop", machine)
    address = (asked if asked and asked != account.address else draft.to_key).strip()
    if address.lower() == account.address:
        raise Refused("would_loop", "own address")
    local, _, domain = address.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}" if not domain.isascii() else address
    except UnicodeError:
        raise Refused("no_recipient", line(address, 200)) from None
    if not _ADDRESS.fullmatch(address) or address.lower().endswith(".invalid"):
        raise Refused("no_recipient", line(address, 200))
    return address


def subject(draft: Draft) -> str:
    """ "Re: …", once."""
    title = line(draft.title or draft.extra.get("subject", ""))
    mark = _ANSWER_MARK.match(title)
    return f"Re: {title[mark.end() :] if mark else title}".strip()


def compose(draft: Draft, account: Account) -> bytes:
    """The mail of a draft, ready to be sent: ASCII, CRLF. Refused when it must not be sent."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_sender_name(draft, account), addr_spec=account.address)
    message["To"] = Address(addr_spec=recipient(draft, account))
    message["Subject"] = subject(draft)
    message["Date"] = format_datetime(draft.composed_at)
    message["Message-ID"] = f"<{own_id(draft, account)}>"
    parent = draft.extra.get("message_id", "") or draft.parent_key
    if answered := identifiers(f"<{parent}>"):
        message["In-Reply-To"] = f"<{answered[0]}>"
        message["References"] = _references(draft, answered[0])
    message["X-Entendu-Loop"] = account.loop_mark
    message.set_content(draft.text.replace("\r\n", "\n").rstrip() + "\n", cte="quoted-printable")
    for file in draft.attachments:
        if file.content is not None:
            main, _, sub = file.media_type.partition("/")
            name = line(file.name, 120) or "file"
            message.add_attachment(file.content, main or "application", sub or "octet-stream", filename=name)
    return message.as_bytes(policy=SMTP.clone(max_line_length=_HEADER_LINE))


def _sender_name(draft: Draft, account: Account) -> str:
    agent, house = line(draft.signature, 100), line(account.display_name, 100)
    return f"{agent} ({house})" if agent and house else agent or house


def _references(draft: Draft, parent: str) -> str:
    """The root and the nearest ancestors, oldest first, as many as fit on one line."""
    known = draft.extra.get("references", "").split() or list(reversed(draft.references))
    ancestors = identifiers(" ".join(f"<{name}>" for name in known if name != parent))
    root, nearest = ancestors[:1], ancestors[1:]
    kept = [f"<{parent}>"]
    length = len(kept[0]) + sum(len(name) + 3 for name in root)
    for name in reversed(nearest):
        length += len(name) + 3
        if length > _REFERENCES:
            break
        kept.insert(0, f"<{name}>")
    return " ".join([*(f"<{name}>" for name in root), *kept])
