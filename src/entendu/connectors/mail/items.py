"""What a mail says, in the terms of the house (see the package's docstring for keys and threads)."""

import re
from datetime import datetime, timedelta

from entendu.connectors.mail.account import Account
from entendu.connectors.mail.imap import HEADERS_ONLY, UNREADABLE
from entendu.kit import child, clock, mime
from entendu.wire import AttachmentRef, AuthorRef, Broken, Item, Raw

_RECEIVED = re.compile(r", received (\S+)$")


def parse(raw: Raw, account: Account) -> Item:
    """The item of a raw mail, read in a child. Broken: `unreadable_upstream`, or the code of the child's
    failure."""
    if raw.media_type == UNREADABLE:
        raise Broken("unreadable_upstream", raw.note)
    try:
        mail = mime.from_bytes(child.call("entendu.kit.mime.parse_to_bytes", raw.content))
    except child.ChildFailed as failure:
        raise Broken(failure.code, f"{raw.note}: {failure.detail}") from None
    if raw.media_type == HEADERS_ONLY:
        mail.defects.append("too_large")
    return item_of(mail, raw, account)


def item_of(mail: mime.ParsedMail, raw: Raw, account: Account) -> Item:
    """The item of a parsed mail."""
    ours = mail.from_address == account.address
    machine = mail.automatic
    if not ours and mail.loop == account.loop_mark:
        machine = "loop"
    parent = mail.bounce_of if machine == "bounce" else mail.in_reply_to
    ancestors = [name for name in reversed(mail.references) if name != parent]
    sender = mail.from_address or f"unknown-{mail.digest}@missing.invalid"
    return Item(
        key=mail.key,
        network="mail",
        author=AuthorRef(key=sender, handle=mail.from_address, name=mail.from_name),
        at=_moment(mail.date, raw.note),
        text=mail.text,
        title=mail.subject,
        visibility="private",
        ours=ours,
        addressed=not ours,
        automatic=bool(machine),
        thread_key=mail.references[0] if mail.references else parent or mail.message_id,
        parent_key=parent,
        references=tuple(ancestors),
        quoted=mail.quoted,
        attachments=tuple(
            AttachmentRef(file.name, file.media_type, file.content, inline=file.inline)
            for file in mail.attachments
        ),
        extra=_extra(mail, machine, ours),
    )


def _extra(mail: mime.ParsedMail, machine: str, ours: bool) -> dict[str, str]:
    """What the answer and the page need later; empty values are left out."""
    known = {
        "message_id": mail.message_id,
        "subject": mail.subject,
        "reply_to": mail.reply_to if mail.reply_to != mail.from_address else "",
        "references": " ".join([*mail.references[:1], *mail.references[1:][-30:]]),
        "to": " ".join(mail.to[:20]),
        "cc": " ".join(mail.cc[:20]),
        "automatic": machine,
        "bounce_of": mail.bounce_of,
        "list_id": mail.list_id,
        "defects": " ".join(mail.defects),
        "unproved": "1" if ours else "",
    }
    return {name: value for name, value in known.items() if value}


def _moment(written: datetime | None, note: str) -> datetime:
    """When it was said: as written, unless that is later than the server took it."""
    match = _RECEIVED.search(note)
    received = datetime.fromisoformat(match[1]) if match else None
    if written and received and written > received + timedelta(days=1):
        return received
    return written or received or clock.now()
