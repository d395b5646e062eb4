"""The connector of webmentions and pingbacks: a claim is an address to look at; the look verifies it, and later looks
see whether the page changed or went."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from entendu.connectors.webmention.claim import Claim, acknowledged, read_claim
from entendu.connectors.webmention.page import Linked, read_source
from entendu.kit import clock
from entendu.wire import (
    Address,
    Answer,
    AuthorRef,
    Broken,
    Caps,
    Draft,
    Health,
    Item,
    Page,
    Raw,
    Refused,
    Sent,
    SettingField,
    TryLater,
    WireError,
)
from entendu.wire.item import ItemKind

MEDIA_TYPE = "application/x-entendu-webmention+json"
DAY = 86_400.0
_TRIES = (
    300.0,
    3600.0,
)  # seconds before a page that does not link to us yet is looked at again; then no more
_YOUNG = 30  # looks, one a day; then one a week
_SIGNS = {"like-of": "♥", "repost-of": "↻", "bookmark-of": "🔖"}


class Seen(msgspec.Struct, omit_defaults=True):
    """The cursor of one claim: what its page said, and how often it was looked at, or missed."""

    words: str = ""
    looks: int = 0
    missed: int = 0


class Told(msgspec.Struct, omit_defaults=True):
    """The content of a Raw: a claim that was verified."""

    source: str
    target: str
    seen_at: float
    page: Linked
    kind: ItemKind = "created"


class WebmentionConnector:
    """Webmention and Pingback, received. Read only: one answers on one's own site."""

    kind: ClassVar[str] = "webmention"
    label_en: ClassVar[str] = "Webmentions and pingbacks (sites that link to ours)"
    label_fr: ClassVar[str] = "Webmentions et pingbacks (sites qui pointent vers le nôtre)"
    caps: ClassVar[Caps] = Caps(many=True, inbound=True, poll_seconds=86_400)
    fields: ClassVar[tuple[SettingField, ...]] = (
        SettingField(
            name="sites",
            label_en="Our sites",
            label_fr="Nos sites",
            help_en="Host names, separated by commas: only links to them are believed.",
            help_fr="Des noms d’hôtes, séparés par des virgules : seuls les liens vers eux comptent.",
        ),
    )

    def __init__(self, settings: Mapping[str, str]) -> None:
        sites = settings.get("sites", "").split(",")
        self._sites = frozenset(_host_of(site) for site in sites if site.strip())
        self._claim = Claim(settings.get("url", ""), settings.get("detail", ""))
        self._allow = tuple(one.strip() for one in settings.get("allow", "").split(",") if one.strip())
        own = settings.get("own", "").split(",")
        self._own = frozenset(name.strip().lower() for name in own if name.strip())

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Address, ...]:
        """The page to look at. Refused: see `read_claim`, and webmention_target_not_ours."""
        claim = read_claim(headers, body)
        if _host_of(claim.target) not in self._sites:
            raise Refused("webmention_target_not_ours", claim.target[:200])
        return (Address(claim.source, detail=claim.target),)

    def acknowledge(self, headers: Mapping[str, str], error: WireError | None) -> Answer:
        """The answer, in the protocol that was spoken."""
        return acknowledged(headers, error)

    def pull(self, cursor: bytes, limit: int) -> Page:
        """Looks at the page of one claim. A claim that is not true is over after three looks; a page that stopped
        linking to us, or went, is told as a deletion. WireError."""
        seen = _read_cursor(cursor)
        try:
            page = read_source(self._claim, allow=self._allow)
        except TryLater:
            raise
        except Refused:
            if seen.words:
                raise
            return Page(cursor=cursor, over=True)  # where we do not go, or may not read: nothing to believe
        return self._true(seen, page) if page.found else self._untrue(seen, page)

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """Nothing: others come to us."""
        return iter(())

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """What the page says. Broken when `raw` is none of ours."""
        try:
            told = msgspec.json.decode(raw.content, type=Told)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Broken("webmention_unreadable", str(error)) from None
        page, host = told.page, _host_of(told.source)
        author = AuthorRef(
            key=page.author_url or (f"name:{page.author}" if page.author else f"site:{host}"),
            handle=(page.author or host)[:120],
            name=page.author or host,
            url=page.author_url,
        )
        ours = host in self._sites or bool({author.key.lower(), author.name.lower()} & self._own)
        item = Item(
            key=_key(told),
            network=f"web:{host}",
            author=author,
            at=datetime.fromtimestamp(_said_at(told), UTC),
            text=page.text or _SIGNS.get(page.relation, "") or page.title or told.source,
            title=page.title,
            kind=told.kind,
            ours=ours,
            addressed=page.relation == "in-reply-to" and not ours,
            thread_key=told.target[:400],
            parent_key=told.target[:400],
            url=told.source,
            language=page.language,
            extra={"target": told.target, "relation": page.relation},
        )
        return (item,)

    def send(self, draft: Draft) -> Sent:
        """Refused: one answers on one's own site."""
        return Sent("refused", code="channel_cannot_reply")

    def find_sent(self, draft: Draft) -> Sent | None:
        """Nothing was sent."""
        return None

    def health(self) -> Health:
        """Whether a site is named; nobody is asked."""
        return Health("ok") if self._sites else Health("blocked", "bad_settings")

    def _true(self, seen: Seen, page: Linked) -> Page:
        words = _hash(f"{page.title}\n{page.text}")
        looks = seen.looks + 1
        raws: tuple[Raw, ...] = ()
        if words != seen.words:
            raws = (self._raw("edited" if seen.words else "created", page, words),)
        wait = DAY if looks < _YOUNG else 7 * DAY
        return Page(raws, msgspec.json.encode(Seen(words, looks)), wait=wait)

    def _untrue(self, seen: Seen, page: Linked) -> Page:
        missed = seen.missed + 1
        after = msgspec.json.encode(Seen(seen.words, seen.looks, missed))
        if seen.words and (page.gone or missed > 1):  # one miss may be a page that is being changed
            raw = self._raw("deleted", Linked(), seen.words)
            return Page((raw,), msgspec.json.encode(Seen()), over=True)
        if missed > len(_TRIES):
            return Page(cursor=after, over=True)
        return Page(cursor=after, wait=_TRIES[missed - 1])

    def _raw(self, kind: ItemKind, page: Linked, words: str) -> Raw:
        told = Told(self._claim.source, self._claim.target, clock.now().timestamp(), page, kind)
        key = _hash(f"{told.source}\n{told.target}", 40)
        name = key if kind == "created" else f"{key}#{kind}{words}@{int(told.seen_at // DAY)}"
        return Raw(name, msgspec.json.encode(told), MEDIA_TYPE, told.source[:80])


def _read_cursor(data: bytes) -> Seen:
    try:
        return msgspec.json.decode(data, type=Seen) if data else Seen()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Seen()


def _key(told: Told) -> str:
    """A page that links to two of ours says two things: one may be taken back."""
    key = f"{told.source} {told.target}"
    return key if len(key) <= 300 else f"{key[:240]}~{_hash(key, 40)}"


def _said_at(told: Told) -> float:
    published = told.page.published
    believable = published is not None and 0 < published <= told.seen_at and told.kind == "created"
    return published if believable and published else told.seen_at


def _host_of(address: str) -> str:
    """The host of an address or a bare host name, without "www."."""
    text = address.strip().lower()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _hash(text: str, length: int = 12) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
