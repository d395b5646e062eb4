"""The connector of feeds: looks at one document a time, and hands on what is new in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

import msgspec

from entendu.connectors.feed import entries, held, past, rhythm
from entendu.connectors.feed.article import fetch_article
from entendu.connectors.feed.discover import find_feed, find_feeds
from entendu.connectors.feed.document import understand
from entendu.connectors.feed.entries import Fresh
from entendu.connectors.feed.held import Shown
from entendu.connectors.feed.items import MEDIA_TYPE, item_of, read_stored
from entendu.connectors.feed.model import Cursor, Document, Entry, Source, Stored, read_cursor
from entendu.connectors.feed.opml import read_opml, write_opml
from entendu.connectors.feed.rests import Rest, keep_rest, take_rest
from entendu.connectors.feed.threads import QUIET, follow_threads, whose_turn
from entendu.connectors.feed.visit import HostBusy, Visit, Visitor
from entendu.connectors.feed.websub import ask_hub, authentic, confirmed
from entendu.kit import clock
from entendu.wire import (
    Address,
    Answer,
    Broken,
    Caps,
    Draft,
    Health,
    Holdings,
    Item,
    NeedsAuth,
    Offer,
    Page,
    Raw,
    Refused,
    Sent,
    SettingField,
    TryLater,
    WireError,
)

ARTICLES_A_PULL = 4
ARTICLE_AGE = (
    3 * 86_400.0
)  # seconds: older posts keep the feed's text, the first look must not fetch a whole site
WHOLE_EVERY = 7 * 86_400.0  # a server that answers 304 for ever is asked for the whole once a week
COMMENTS_FAILED = 3600.0  # seconds before a comment feed that failed is tried again
_YES = frozenset({"1", "true", "yes", "on", "oui"})


class FeedConnector:
    """RSS, Atom and JSON Feed by conditional requests. Read only."""

    kind: ClassVar[str] = "feed"
    label_en: ClassVar[str] = "Web feed (RSS, Atom, JSON Feed)"
    label_fr: ClassVar[str] = "Flux web (RSS, Atom, JSON Feed)"
    caps: ClassVar[Caps] = Caps(
        poll_seconds=900, many=True, past=True, holdings=True, verified_against=("Isso 0.14",)
    )
    fields: ClassVar[tuple[SettingField, ...]] = (
        SettingField(
            name="url",
            label_en="Address of the feed or of the site",
            label_fr="Adresse du flux ou du site",
            kind="url",
            required=False,
            help_en="If it is a site, its feeds are looked for. More can be followed later, or by a list.",
            help_fr="Si c’est un site, ses flux sont recherchés. D’autres se suivent ensuite, ou par une liste.",
        ),
        SettingField(
            name="full_text",
            label_en="Fetch the whole article",
            label_fr="Chercher l’article entier",
            kind="boolean",
            required=False,
            help_en="For posts of the last three days whose feed gives only a summary.",
            help_fr="Pour les articles des trois derniers jours dont le flux ne donne qu’un résumé.",
        ),
        SettingField(
            name="comments",
            label_en="Follow the comments of recent posts",
            label_fr="Suivre les commentaires des articles récents",
            kind="boolean",
            required=False,
            help_en="When the feed tells where they are (WordPress does).",
            help_fr="Quand le flux indique où ils sont (WordPress le fait).",
        ),
    )

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._address = settings.get("url", "").strip()
        self._full_text = settings.get("full_text", "").strip().lower() in _YES
        self._comments = settings.get("comments", "").strip().lower() in _YES
        self._hub_secret, self._topic = settings.get("websub_secret", ""), settings.get("websub_topic", "")
        self._pulled = read_cursor(settings.get("pulled", "").encode())
        self._listed: dict[str, tuple[Shown, Fresh]] = {}
        own = settings.get("own", "").split(",")
        self._own = frozenset(name.strip().lower() for name in own if name.strip())
        allow = settings.get("allow", "").split(",")
        self._visitor = Visitor(tuple(entry.strip() for entry in allow if entry.strip()))

    def pull(self, cursor: bytes, limit: int) -> Page:
        """New and changed entries of the feed, or of one comment feed whose turn it is. WireError."""
        state = read_cursor(cursor)
        try:
            return self._pull(cursor, state, max(1, limit))
        except HostBusy as busy:
            return Page(cursor=cursor, wait=busy.wait)

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> Iterator[Page]:
        """Nothing: feeds are pulled."""
        return iter(())

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Raw, ...]:
        """No unit: an authentic word of a WebSub hub only means "pull now". Refused when it is not authentic."""
        self._check(headers, body)
        return ()

    def subscribe(self, offer: Offer, callback: str, secret: str, *, end: bool = False) -> None:
        """Asks the hub to tell `callback` of news, or to tell no more. It asks back: `answer`. Refused, TryLater."""
        mode = "unsubscribe" if end else "subscribe"
        ask_hub(offer.hub, offer.topic, callback, secret, mode=mode, allow=self._visitor.allow)

    def answer(self, query: Mapping[str, str]) -> Answer:
        """The challenge, when the hub asks about the topic that we asked for. Refused otherwise."""
        if not self._topic:
            raise Refused("websub_not_asked")
        challenge, seconds = confirmed(query, self._topic)
        return Answer(challenge, seconds=seconds)

    def take(self, cursor: bytes, headers: Mapping[str, str], body: bytes, limit: int) -> Page:
        """The entries that a hub sent, as a pull would have brought them; what upstream said to remember (validators)
        stays. Without a document, "pull now". Refused when the signature is not the hub's."""
        self._check(headers, body)
        state = read_cursor(cursor)
        if not state.main.url or self._full_text:  # the articles are not fetched while a hub waits
            return Page(cursor=cursor, more=True)
        try:
            document = understand(body, state.main.url, headers.get("content-type", ""))
        except Broken:
            return Page(cursor=cursor, more=True)
        if document.kind != "feed":
            return Page(cursor=cursor, more=True)
        return self._hand_on(state, state.main, Rest(None, document), max(1, limit), clock.now().timestamp())

    def past(self, query: str, since: datetime, until: datetime, cursor: bytes, limit: int) -> Page:
        """What the feed, its archives (RFC 5005) and the further pages of WordPress hold of [since, until). Feeds
        cannot be searched: `query` is the caller's to match. WireError."""
        del query
        try:
            if cursor:
                place = past.read_place(cursor)
                document = past.document_at(self._visitor, place)
            else:
                place, document = past.open_place(self._visitor, self._address)
        except HostBusy as busy:
            return Page(cursor=cursor, more=True, wait=busy.wait)
        if document is None:
            return Page(cursor=b"")
        now, state = clock.now().timestamp(), Cursor(main=Source(url=place.url, name=place.name))
        found = past.within(document, place, since, until)[place.handed :]
        raws = tuple(_raw(state, state.main, document, one, now, "") for one in found[: max(1, limit)])
        if len(raws) < len(found):
            place.handed += len(raws)
            return Page(raws, msgspec.json.encode(place), more=True, wait=past.pause())
        onward = past.place_after(place, document, since)
        if onward is None:
            return Page(raws)
        return Page(raws, msgspec.json.encode(onward), more=True, wait=past.pause())

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """The entries said since then, one document a call: what the feed shows, then its archives; not the comment
        feeds of its posts. WireError."""
        del limit  # a document is read whole
        try:
            shown = held.show(self._visitor, self._address, self._pulled, since, cursor)
        except HostBusy as busy:
            raise TryLater("feed_host_busy", self._address, busy.wait) from None
        self._listed |= {one.key: (shown, one) for one in shown.entries}
        return Holdings(tuple(one.key for one in shown.entries), shown.cursor, more=bool(shown.cursor))

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """The entries with these keys, out of the documents that this door has just listed. WireError."""
        if not self._listed:
            self.holdings(datetime.fromtimestamp(0, UTC), b"", 1)
        now = clock.now().timestamp()
        raws: list[Raw] = []
        for shown, one in (self._listed[key] for key in keys if key in self._listed):
            source = Source(url=shown.place.url, name=shown.place.name)
            wants_article = len(raws) < ARTICLES_A_PULL and self._wants_article(source, one, now)
            text = fetch_article(self._visitor, one.entry.link, one.entry.text) if wants_article else ""
            raws.append(_raw(Cursor(main=source), source, shown.document, one, now, text))
        return tuple(raws)

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """The entry in `raw`. Broken when it is none."""
        return (item_of(read_stored(raw), self._own),)

    def send(self, draft: Draft) -> Sent:
        """Refused: one cannot answer in a feed."""
        return Sent(outcome="refused", code="channel_cannot_reply")

    def find_sent(self, draft: Draft) -> Sent | None:
        """Nothing was sent."""
        return None

    def health(self) -> Health:
        """Asks for the document and reads it. Never raises."""
        try:
            find_feed(self._visitor, self._address)
        except HostBusy:
            return Health("ok", "feed_host_busy")
        except NeedsAuth as error:
            return Health("needs_auth", error.code, error.detail)
        except Refused as error:
            return Health("blocked", error.code, error.detail)
        except WireError as error:
            return Health("degraded", error.code, error.detail)
        return Health("ok")

    @staticmethod
    def read_list(data: bytes) -> tuple[Address, ...]:
        """The feeds of an OPML file. Broken."""
        return read_opml(data)

    @staticmethod
    def write_list(addresses: Sequence[Address], title: str) -> bytes:
        """An OPML file."""
        return write_opml(addresses, title)

    def discover(self) -> tuple[Address, ...]:
        """The feeds of the site in the settings. WireError."""
        try:
            return find_feeds(self._visitor, self._address)
        except HostBusy as busy:
            raise TryLater("feed_host_busy", self._address, busy.wait) from None

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        if not authentic(headers, body, self._hub_secret):
            raise Refused("webhook_not_authentic")

    def _pull(self, cursor: bytes, state: Cursor, limit: int) -> Page:
        now = clock.now().timestamp()
        source = whose_turn(state, now)
        rest = take_rest(cursor)
        if rest is not None:
            return self._hand_on(state, source, rest, limit, now)
        visit = self._visit_main(state, now) if source is state.main else self._visit_thread(source, now)
        if visit is None or visit.document is None:
            if visit is not None:
                # Nothing new: a feed that falls asleep is asked less often, until its dates tell otherwise.
                source.rhythm = min(max(source.rhythm, rhythm.SHORTEST) * 1.1, rhythm.LONGEST)
                source.due = now + max(source.rhythm, rhythm.asked_wait(visit.response.headers))
            return _page(state, (), now)
        return self._hand_on(state, source, Rest(visit, visit.document), limit, now)

    def _visit_main(self, state: Cursor, now: float) -> Visit:
        main = state.main
        if not main.url:
            main.url, visit = find_feed(self._visitor, self._address)
            main.name = main.url
            return visit
        visit = self._visit(main, now)
        if visit.document is not None and visit.document.kind != "feed":
            if visit.document.sign_in:
                raise NeedsAuth("feed_is_sign_in_page", visit.response.url)
            raise Broken("feed_became_page", visit.response.url)
        main.url = visit.response.moved_to or main.url
        return visit

    def _visit_thread(self, source: Source, now: float) -> Visit | None:
        """The comment feed of one post: its troubles must not stop the feed itself."""
        try:
            visit = self._visit(source, now)
        except TryLater as error:
            source.due = now + max(error.retry_after or 0.0, COMMENTS_FAILED)
            return None
        except WireError:
            source.due = now + QUIET  # gone or closed: a look a week is polite enough
            return None
        if visit.document is not None and visit.document.kind != "feed":
            source.due = now + COMMENTS_FAILED
            return None
        return visit

    def _visit(self, source: Source, now: float) -> Visit:
        if now - source.whole_at > WHOLE_EVERY:
            return self._visitor.document(source.url)
        return self._visitor.document(source.url, etag=source.etag, modified=source.modified)

    def _hand_on(self, state: Cursor, source: Source, rest: Rest, limit: int, now: float) -> Page:
        """Up to `limit` fresh entries; the validators are noted once all of the document was handed on."""
        document, fetched = rest.document, 0
        fresh = entries.fresh_of(document, source)
        raws: list[Raw] = []
        taken: list[Fresh] = []
        for one in fresh[:limit]:
            wants_article = self._wants_article(source, one, now)
            if wants_article and fetched == ARTICLES_A_PULL:
                break
            fetched += wants_article
            text = fetch_article(self._visitor, one.entry.link, one.entry.text) if wants_article else ""
            raws.append(_raw(state, source, document, one, now, text))
            taken.append(one)
        entries.remember(source, [key for key, _ in entries.keyed(document, source.name)], taken)
        if len(taken) < len(fresh):
            # After articles the worker gets its turn back: other doors wait.
            page = _page(state, raws, now, more=not fetched, wait=polite_pause() if fetched else None)
            if rest.visit is not None:
                keep_rest(page.cursor, rest)
            return page
        if rest.visit is None:
            return _page(state, raws, now)
        self._finish(state, source, rest.visit, document, now)
        page = _page(state, raws, now)
        if source is not state.main:
            return page
        offer = Offer(document.hub, document.self_url or source.url) if document.hub else None
        return replace(page, offer=offer, title=document.title)

    def _wants_article(self, source: Source, one: Fresh, now: float) -> bool:
        entry = one.entry
        if not self._full_text or source.post or not entry.link or entries.is_comment(entry):
            return False
        return now - (entry.published or entry.updated or now) < ARTICLE_AGE

    def _finish(self, state: Cursor, source: Source, visit: Visit, document: Document, now: float) -> None:
        headers = visit.response.headers
        source.etag = headers.get("etag", "")[:1000]
        source.modified = headers.get("last-modified", "")[:100]
        source.whole_at = now
        source.rhythm = rhythm.own_rhythm(document, now)
        source.due = now + max(source.rhythm, rhythm.asked_wait(headers, document.ttl))
        if source is state.main:
            if self._comments:
                follow_threads(state, document, now)
        elif source.count is not None:
            source.due = now + QUIET  # its post tells when there is more


def polite_pause() -> float:
    """Seconds before the next portion of articles."""
    return 1.0


def _raw(state: Cursor, source: Source, document: Document, one: Fresh, now: float, article: str) -> Raw:
    entry = one.entry
    comment = bool(source.post) or entries.is_comment(entry)
    parent = entries.key_of(Entry(id=entry.parent), source.name) if entry.parent else source.post
    stored = Stored(
        key=one.key,
        network=entries.network_of(state.main.name),
        entry=entry,
        seen_at=now,
        kind=one.kind,
        comment=comment,
        thread=source.thread or entries.thread_of(entry),
        parent=parent,
        article=article,
        feed_url=source.url,
        feed_title=document.title,
        feed_link=document.link,
        feed_language=document.language,
    )
    note = (entry.title or entry.text)[:80]
    return Raw(one.raw_key, msgspec.json.encode(stored), MEDIA_TYPE, note)


def _page(
    state: Cursor, raws: list[Raw] | tuple[()], now: float, *, more: bool = False, wait: float | None = None
) -> Page:
    """The page, and when to look again: when the first of the documents is due."""
    if wait is None and not more:
        next_due = min(source.due for source in [state.main, *state.threads])
        more = next_due <= now
        wait = None if more else next_due - now
    return Page(raws=tuple(raws), cursor=msgspec.json.encode(state), more=more, wait=wait)
