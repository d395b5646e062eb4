"""The connector of a mailbox: the seven methods."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import ClassVar

import msgspec

from entendu.connectors.mail import account as accounts
from entendu.connectors.mail import idle, imap, items, letter, smtp
from entendu.wire import (
    Caps,
    Draft,
    Health,
    Holdings,
    Item,
    NeedsAuth,
    Page,
    Raw,
    Refused,
    Sent,
    SettingField,
    TryLater,
    WireError,
)


class Position(msgspec.Struct, frozen=True):
    """The cursor: the last UID that was read, and the UIDVALIDITY under which it has a meaning."""

    uidvalidity: int = 0
    uid: int = 0

    @classmethod
    def read(cls, cursor: bytes) -> "Position":
        """The position in `cursor`; the start for an empty or foreign one (nothing is lost: keys are
        unique)."""
        try:
            return msgspec.json.decode(cursor, type=cls) if cursor else cls()
        except msgspec.MsgspecError:
            return cls()


class MailConnector:
    """A mailbox: IMAP in, SMTP out. It can tell what it holds."""

    kind: ClassVar[str] = "mail"
    label_en: ClassVar[str] = "Mail"
    label_fr: ClassVar[str] = "Courriel"
    caps: ClassVar[Caps] = Caps(
        stream=True,
        reply_private=True,
        settle="read_back",
        settle_wait=60.0,
        poll_seconds=300,
        addressed=True,
        holdings=True,
        verified_against=("Dovecot 2.3 (IMAP, LMTP)", "aiosmtpd 1.4 (SMTP)"),
    )
    fields: ClassVar[tuple[SettingField, ...]] = accounts.FIELDS

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = dict(settings)
        self._listed: dict[str, tuple[int, int]] = {}  # by key: UIDVALIDITY and UID

    @cached_property
    def account(self) -> accounts.Account:
        """The checked settings; Refused `bad_settings` on first use, so that a bad channel can still be
        shown."""
        return accounts.read(self._settings)

    def pull(self, cursor: bytes, limit: int) -> Page:
        """The mails above the cursor's UID, oldest first. A new UIDVALIDITY is said first, in a page of its own; then
        the folder is read again: what was heard is known by its key."""
        last = Position.read(cursor)
        with imap.session(self.account) as session:
            validity = session.select()
            if last.uidvalidity not in (0, validity):
                return Page(cursor=msgspec.json.encode(Position(validity)), more=True, renumbered=True)
            start = last.uid if last.uidvalidity == validity else 0
            uids = session.uids_after(start)
            chosen = uids[: max(1, limit)]
            wanted: list[imap.About] = []
            size = 0
            for one in session.about(chosen):
                size += min(one.size, imap.MAX_MESSAGE)
                if wanted and size > imap.MAX_PAGE:
                    chosen = [uid for uid in chosen if uid < one.uid]
                    break
                wanted.append(one)
            keys = session.keys([one.uid for one in wanted], validity)
            raws = tuple(session.messages(wanted, keys))
        upto = chosen[-1] if chosen else start
        position = msgspec.json.encode(Position(validity, upto))
        return Page(raws, position, more=bool(uids) and upto < uids[-1])

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """The mails that the server received since that day. Their keys outlive a new UIDVALIDITY, also one between
        two pages: then the folder is listed from its start again."""
        with imap.session(self.account) as session:
            validity = session.select()
            last = Position.read(cursor)
            after = last.uid if last.uidvalidity == validity else 0
            uids = [uid for uid in session.uids_since(since) if uid > after]
            chosen = uids[: max(1, limit)]
            keys = session.keys(chosen, validity)
            about = session.about(chosen)
        position = msgspec.json.encode(Position(validity, chosen[-1] if chosen else after))
        self._listed |= {key: (validity, uid) for uid, key in keys.items()}
        also = {key: (imap.old_key(validity, uid),) for uid, key in keys.items()}
        taken = {keys[one.uid]: one.received for one in about if one.received}
        return Holdings(tuple(also), position, len(uids) > len(chosen), also, taken)

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """The mails with these keys, as they were listed, if they are still there. Of many large ones, the first.
        TryLater when the folder was renumbered since."""
        with imap.session(self.account) as session:
            validity = session.select()
            listed = {self._listed[key][1]: key for key in keys if key in self._listed}
            if any(self._listed[key][0] != validity for key in listed.values()):
                raise TryLater("imap_error", "UIDVALIDITY changed")
            wanted: list[imap.About] = []
            size = 0
            for one in session.about(sorted(listed)):
                size += min(one.size, imap.MAX_MESSAGE)
                if not wanted or size <= imap.MAX_PAGE:
                    wanted.append(one)
            return tuple(session.messages(wanted, listed))

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """Hints by IDLE: each page says "pull now"."""
        return idle.hints(self.account, stop)

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Raw, ...]:
        """A mailbox has no webhook."""
        raise Refused("no_webhook")

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """Understands one mail, in a child. Broken when it cannot."""
        return (items.parse(raw, self.account),)

    def send(self, draft: Draft) -> Sent:
        """Sends once by SMTP, then files a copy in the Sent folder (a failure of that changes nothing to
        "sent")."""
        account = self.account
        message = letter.compose(draft, account)
        outcome, words = smtp.deliver(account, letter.recipient(draft, account), message)
        if outcome == "sent" and account.sent_folder and not account.sent_by_server:
            try:
                with imap.session(account) as session:
                    session.file(account.sent_folder, message, draft.composed_at)
            except WireError as error:
                words = f"copy_failed: {error}"
        return Sent(outcome, key=letter.own_id(draft, account), detail=words)

    def find_sent(self, draft: Draft) -> Sent | None:
        """Looks for a draft in the Sent folder, and for an answer to it in the mailbox.

        None only where the server files by itself what it sends; else WireError `cannot_settle`: a person
        decides.
        """
        account = self.account
        own = letter.own_id(draft, account)
        with imap.session(account) as session:
            if account.sent_folder and session.with_header(account.sent_folder, "Message-ID", own):
                return Sent("sent", key=own, detail="found in the Sent folder")
            for header in ("In-Reply-To", "References", "Message-ID"):
                if session.with_header(account.folder, header, own):
                    return Sent("sent", key=own, detail=f"found in the mailbox ({header})")
        if account.sent_folder and account.sent_by_server:
            return None
        raise WireError("cannot_settle", own)

    def health(self) -> Health:
        """Signs in on both sides and opens the folder. Never raises."""
        side = ""
        try:
            side = "IMAP"
            with imap.session(self.account) as session:
                session.select()
                side = "Sent"
                if self.account.sent_folder:
                    session.select(self.account.sent_folder)
            side = "SMTP"
            with smtp.connected(self.account) as server, suppress(OSError):
                server.noop()
        except NeedsAuth as error:
            return Health("needs_auth", error.code, f"{side}: {error.detail}")
        except Refused as error:
            if side == "Sent":  # mail comes and goes: only the copies are not filed
                return Health("degraded", "no_sent_folder", error.detail)
            return Health("blocked", error.code, f"{side}: {error.detail}")
        except Exception as error:  # a page that shows the state of doors must not fall with one of them
            return Health("degraded", getattr(error, "code", "unknown"), f"{side}: {error}")
        return Health("ok")
