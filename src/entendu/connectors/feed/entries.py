"""Which entries of a document are new or changed, under which keys, oldest first."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from entendu.connectors.feed.model import Document, Entry, Source

_MAX_KEY = 200  # characters
GONE = "deleted"  # in the place of the hash of an entry's words
_REMEMBERED = 500  # entries that left the document, in case they come back
_URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_COMMENT_ANCHOR = re.compile(r"^(comment|isso-|c\d|disqus|reply)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry to hand on: `edited` when its key was heard before with other words, `deleted` when its publisher took
    it back."""

    key: str
    entry: Entry
    words: str  # hash of what it says
    edited: bool = False
    deleted: bool = False

    @property
    def kind(self) -> str:
        return "deleted" if self.deleted else "edited" if self.edited else "created"

    @property
    def raw_key(self) -> str:
        return f"{self.key}#{self.words}" if self.edited or self.deleted else self.key


def network_of(feed_url: str) -> str:
    """The name space of keys and authors: the host that we asked, never one that a document claims to be."""
    parts = urlsplit(feed_url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"web:{host}" if parts.port in (None, 80, 443) else f"web:{host}:{parts.port}"


def bounded(key: str) -> str:
    """`key`, or its beginning and its hash when it is long: cutting alone would make two of them one."""
    if len(key) <= _MAX_KEY:
        return key
    return f"{key[:140]}~{short_hash(key, 40)}"


def short_hash(text: str, length: int = 8) -> str:
    """The first `length` hexadecimal digits of the SHA-256 of `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def words_of(entry: Entry) -> str:
    """The hash of what an entry says: markup, counters and dates do not make an edition."""
    return short_hash(f"{' '.join(entry.title.split())}\n{' '.join(entry.text.split())}")


def key_of(entry: Entry, feed_url: str) -> str:
    """The stable key of an entry: its id when that is a URI; else its id within its feed ("12" is usual), its
    link, or its words."""
    if _URI.match(entry.id):
        return bounded(entry.id)
    feed = feed_url.partition("://")[2]
    if entry.id:
        return bounded(f"{feed}#{entry.id}")
    return bounded(entry.link or f"{feed}#{short_hash(entry.title + entry.text, 32)}")


def keyed(document: Document, feed_url: str) -> list[tuple[str, Entry]]:
    """The entries with their keys, oldest first. Of two entries with one id the older keeps it, the other
    is told apart by its link or words: some feeds give every entry the id of the site."""
    # Feeds without dates are newest first by custom; the sort is stable.
    backwards = list(reversed(document.entries))
    entries = sorted(backwards, key=lambda entry: entry.published or entry.updated or 0.0)
    taken: dict[str, str] = {}
    found = []
    for entry in entries:
        key = key_of(entry, feed_url)
        mark = entry.link or words_of(entry)
        if taken.setdefault(key, mark) != mark:
            key = bounded(f"{key}~{short_hash(mark, 12)}")
            taken.setdefault(key, mark)
        found.append((key, entry))
    return list({key: (key, entry) for key, entry in found}.values())


def fresh_of(document: Document, source: Source) -> list[Fresh]:
    """The entries that `source` has not seen, or saw with other words; oldest first."""
    fresh, gone = [], gone_from(document, source)
    for key, entry in keyed(document, source.name):
        words, known = words_of(entry), source.seen.get(short_hash(key, 12))
        if known != words and key not in gone:
            fresh.append(Fresh(key, entry, words, edited=known is not None))
    buried = [Fresh(key, entry, GONE, deleted=True) for key, entry in gone.items()]
    return fresh + [one for one in buried if source.seen.get(short_hash(one.key, 12)) != GONE]


def gone_from(document: Document, source: Source) -> dict[str, Entry]:
    """The entries that the publisher took back, by key; not those that came back with a later date since."""
    shown = {key: entry.updated or entry.published or 0.0 for key, entry in keyed(document, source.name)}
    gone = {}
    for one in document.deleted:
        entry = Entry(id=one.id, updated=one.at)
        key = key_of(entry, source.name)
        if shown.get(key, 0.0) <= (one.at or float("inf")):
            gone[key] = entry
    return gone


def remember(source: Source, document_keys: list[str], taken: list[Fresh]) -> None:
    """Notes `taken` in `source.seen`, which keeps what is in the document and some of what left it."""
    source.seen |= {short_hash(fresh.key, 12): fresh.words for fresh in taken}
    present = {short_hash(key, 12) for key in document_keys}
    gone = [key for key in source.seen if key not in present]
    for key in gone[: max(0, len(gone) - _REMEMBERED)]:
        del source.seen[key]


def is_comment(entry: Entry) -> bool:
    """Whether an entry says by itself that it is a comment."""
    return bool(entry.parent) or bool(_COMMENT_ANCHOR.match(urldefrag(entry.link).fragment))


def thread_of(entry: Entry) -> str:
    """What groups a discussion: the address of the page, without its fragment."""
    return bounded(urldefrag(entry.link).url)
