"""One message of an mbox to one item. The message is read in a child: hostile ones exist."""

from datetime import UTC

from entendu.connectors.files.items import Voice
from entendu.kit import child, mime
from entendu.wire import AttachmentRef, AuthorRef, Broken, Item, Raw


def letter(raw: Raw, voice: Voice, network: str) -> Item:
    """The item of a message, with the keys of the mail connector. Broken names what it lacks."""
    try:
        mail = mime.from_bytes(child.call("entendu.kit.mime.parse_to_bytes", raw.content))
    except child.ChildFailed as failure:
        raise Broken("mail_unreadable", f"{raw.note}: {failure.code}") from None
    if not mail.from_address:
        raise Broken("mail_without_sender", raw.note)
    if mail.date is None:
        raise Broken("bad_date", f"{raw.note}: Date")
    author = AuthorRef(mail.from_address, mail.from_address, mail.from_name)
    ours = voice.is_ours(author)
    ancestors = dict.fromkeys([mail.in_reply_to, *reversed(mail.references)] if mail.in_reply_to else [])
    return Item(
        key=mail.key,
        network=network,
        author=author,
        at=mail.date.astimezone(UTC) if mail.date.tzinfo else mail.date.replace(tzinfo=voice.zone),
        text=mail.text,
        title=mail.subject,
        visibility="private",
        ours=ours,
        addressed=not ours and voice.addressed is not False,
        automatic=bool(mail.automatic),
        parent_key=mail.in_reply_to,
        references=tuple(ancestors),
        quoted=mail.quoted,
        attachments=tuple(
            AttachmentRef(one.name, one.media_type, one.content, inline=one.inline)
            for one in mail.attachments
        ),
        extra={"message_id": mail.message_id, "subject": mail.subject, "reply_to": mail.reply_to},
    )
