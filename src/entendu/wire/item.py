"""What a channel handed to us: the raw unit as it came, and what it says once parsed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Visibility = Literal["public", "private"]
ItemKind = Literal["created", "edited", "deleted"]


@dataclass(frozen=True, slots=True)
class Raw:
    """One inbound unit, stored before it is understood.

    `key` is the channel's own key (IMAP: "uidvalidity:uid"; a row's number and id; a post's URI): unique in a
    channel, so that what is delivered twice is stored once. `note` is a short human place ("row 17").
    """

    key: str
    content: bytes
    media_type: str = "application/octet-stream"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A place to look at: a feed, or a page that claims to speak of us. `detail`: what is looked for there."""

    url: str
    title: str = ""
    folder: str = ""  # as lists of feeds have them: "News / Bread"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuthorRef:
    """An account on a network, as the channel names it. `key` is stable and unique in its network."""

    key: str
    handle: str = ""
    name: str = ""
    url: str = ""
    audience: int | None = None  # followers when this was said, if the channel tells


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """A file that came with an item: its bytes, or the address where they are."""

    name: str
    media_type: str
    content: bytes | None = None
    url: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said by someone (or its edition, or its deletion), in the same terms for every channel."""

    key: str  # stable id of what was said, unique in its network: dedupe across channels and re-deliveries
    network: str  # name space of `key` and of the author's key: "mail", "twitter", "mastodon.social" …
    author: AuthorRef
    at: datetime  # aware; when it was said
    text: str = ""
    title: str = ""
    kind: ItemKind = "created"  # deleted, without a key: all that its author said
    visibility: Visibility = "public"
    ours: bool = False  # said by the organisation itself
    addressed: bool = False  # said to the organisation (mailbox, mention of its handle, reply to it)
    automatic: bool = False  # auto-reply, bounce, newsletter: recorded, never answered by a machine
    thread_key: str = ""  # what groups a discussion on its channel, when the channel tells
    parent_key: str = ""  # the `key` of what it answers
    references: tuple[str, ...] = ()  # further ancestors' keys, nearest first (mail)
    url: str = ""
    language: str = ""  # a hint only: reading decides
    audience: int | None = None  # impressions or followers, for reach
    quoted: str = ""  # the folded part of a mail
    attachments: tuple[AttachmentRef, ...] = ()
    place: str = ""  # shop, agency, site … when the data says it
    extra: Mapping[str, str] = field(default_factory=dict)  # what the reply needs later (subject, reply-to …)
