"""The shapes that this connector stores: an entry, in one form for every format, and the cursor."""

import msgspec


class Entry(msgspec.Struct, omit_defaults=True):
    """One entry of a feed document. Dates: seconds since 1970, None when absent or unreadable."""

    id: str = ""
    link: str = ""
    title: str = ""
    text: str = ""
    author: str = ""
    author_url: str = ""
    author_email: str = ""
    published: float | None = None
    updated: float | None = None
    images: list[str] = []
    language: str = ""
    parent: str = ""  # id of what it answers (RFC 4685)
    parent_url: str = ""
    comments_feed: str = ""
    comments: int | None = None


class Gone(msgspec.Struct, omit_defaults=True):
    """An entry that its publisher took back (RFC 6721): its id, and when."""

    id: str
    at: float | None = None


class Document(msgspec.Struct, omit_defaults=True):
    """A feed document, or a page that came in its place (`kind`: feed, page, other)."""

    kind: str = "feed"
    title: str = ""
    link: str = ""
    language: str = ""
    ttl: float | None = None  # seconds
    hub: str = ""
    self_url: str = ""
    older: str = ""  # where what came before is kept (RFC 5005)
    generator: str = ""
    deleted: list[Gone] = []
    entries: list[Entry] = []
    feeds: list[dict[str, str]] = []  # of a page: {url, title, type}
    sign_in: bool = False  # of a page


class Stored(msgspec.Struct, omit_defaults=True):
    """The content of a Raw: an entry, and what its feed says around it."""

    key: str
    network: str
    entry: Entry
    seen_at: float
    kind: str = "created"
    comment: bool = False
    thread: str = ""
    parent: str = ""
    article: str = ""  # text of the page behind the link, when it was fetched
    feed_url: str = ""
    feed_title: str = ""
    feed_link: str = ""
    feed_language: str = ""


class Source(msgspec.Struct, omit_defaults=True):
    """Where we are in one feed document. `seen`: short hash of an entry's key → short hash of its words."""

    url: str = ""
    name: str = ""  # the address that it had first: keys do not change when a feed moves
    etag: str = ""
    modified: str = ""
    seen: dict[str, str] = {}
    due: float = 0.0
    whole_at: float = 0.0  # when a whole document last came
    rhythm: float = 0.0  # seconds between two looks
    post: str = ""  # of a comment feed: key of the post
    thread: str = ""  # of a comment feed: address of the post
    count: int | None = None  # of a comment feed: how many comments its post announced


class Cursor(msgspec.Struct, omit_defaults=True):
    """Where we are in a channel: its feed, and the comment feeds of its recent posts."""

    main: Source = msgspec.field(default_factory=Source)
    threads: list[Source] = []


def read_cursor(data: bytes) -> Cursor:
    """The cursor in `data`. One that cannot be read starts anew: what was heard is known by its key."""
    try:
        return msgspec.json.decode(data, type=Cursor) if data else Cursor()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Cursor()
