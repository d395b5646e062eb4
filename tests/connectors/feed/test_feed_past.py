"""What a feed no longer shows, and what its publisher took back."""

from datetime import UTC, datetime

import pytest

from entendu.connectors.feed import FeedConnector
from entendu.wire import Refused
from feed_docs import connect, item, rss, said
from local_http import Answer, LocalServer

SINCE, UNTIL = datetime(2026, 11, 3, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=UTC)
WORDPRESS = "<title>Blog</title><link>/</link><generator>https://wordpress.org/?v=6.8</generator>"


def dug(feed: FeedConnector, limit: int = 100) -> tuple[list[str], int]:
    """All that the past holds, and how many pages it took."""
    texts, cursor, more, pages = [], b"", True, 0
    while more:
        page = feed.past("pain", SINCE, UNTIL, cursor, limit)
        assert page.wait is None or page.wait >= 1.0
        texts += said(feed, page)
        cursor, more, pages = page.cursor, page.more, pages + 1
    return texts, pages


def test_a_cursor_that_is_none_of_ours_is_refused(feed: FeedConnector) -> None:
    with pytest.raises(Refused, match="cursor_unreadable"):
        feed.past("pain", SINCE, UNTIL, b"[]", 10)


def test_what_the_feed_shows_is_its_past_when_it_keeps_no_archive(
    feed: FeedConnector, server: LocalServer
) -> None:
    server.routes["/feed"] = rss(item(2), item(5), item(17), item(18))
    assert dug(feed) == (["Texte 5", "Texte 17"], 1)


def test_archives_are_followed_down_to_the_day_wanted(feed: FeedConnector, server: LocalServer) -> None:
    def page(older: str, *items: str) -> Answer:
        link = f'<atom:link rel="prev-archive" href="{older}"/>' if older else ""
        return rss(*items, channel=f"<title>J</title><link>/</link>{link}")

    server.routes["/feed"] = page("/a/3", item(19), item(17))
    server.routes["/a/3"] = page("/a/2", item(12), item(11))
    server.routes["/a/2"] = page("/a/1", item(4), item(2))
    server.routes["/a/1"] = page("/a/0", item(1))
    assert dug(feed)[0] == ["Texte 17", "Texte 11", "Texte 12", "Texte 4"]
    assert "/a/0" not in [asked.path for asked in server.asked], "older than wanted: not asked for"


def test_a_chain_of_archives_that_bites_its_tail_ends(feed: FeedConnector, server: LocalServer) -> None:
    links = '<title>J</title><link>/</link><atom:link rel="prev-archive" href="/feed"/>'
    server.routes["/feed"] = rss(item(17), channel=links)
    assert dug(feed) == (["Texte 17"], 1)


def test_wordpress_is_asked_page_by_page_until_it_has_no_more(
    feed: FeedConnector, server: LocalServer
) -> None:
    pages = {"": (19, 17), "2": (15, 14), "3": (9, 8)}

    def route(handler) -> Answer:
        number = handler.path.partition("paged=")[2]
        if number not in pages:
            return Answer(b"", 404)
        return rss(*(item(one) for one in pages[number]), channel=WORDPRESS)

    server.routes["/feed"] = route
    texts, _pages = dug(feed)
    assert texts == ["Texte 17", "Texte 14", "Texte 15", "Texte 8", "Texte 9"]
    assert [asked.path for asked in server.asked] == [
        "/feed",
        "/feed?paged=2",
        "/feed?paged=3",
        "/feed?paged=4",
    ]


def test_what_is_found_in_the_past_has_the_keys_of_the_present(
    feed: FeedConnector, server: LocalServer
) -> None:
    server.routes["/feed"] = rss(item(5, guid="5"), item(6))
    past = [raw.key for raw in feed.past("pain", SINCE, UNTIL, b"", 10).raws]
    assert past == [raw.key for raw in feed.pull(b"", 10).raws]


def test_a_long_page_comes_in_portions(feed: FeedConnector, server: LocalServer) -> None:
    server.routes["/feed"] = rss(*(item(number) for number in range(4, 12)))
    assert dug(feed, limit=3) == ([f"Texte {number}" for number in range(4, 12)], 3)


# Tombstones (RFC 6721)

GRAVE = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    ' xmlns:thr="http://purl.org/syndication/thread/1.0"><id>urn:f</id>{}</feed>'
)
ENTRY = (
    "<entry><id>urn:{0}</id><title>T{0}</title><updated>2026-11-{1:02}T08:00:00Z</updated>"
    "<content>C{0}</content></entry>"
)


def atom(*parts: str) -> Answer:
    return Answer(GRAVE.format("".join(parts)).encode(), headers={"Content-Type": "application/atom+xml"})


def grave(number: int, day: int) -> str:
    attributes = f'ref="urn:{number}" when="2026-11-{day:02}T09:00:00Z"'
    return f"<at:deleted-entry {attributes}><at:comment>spam</at:comment></at:deleted-entry>"


def kinds(feed: FeedConnector, page) -> list[tuple[str, str]]:
    items = [feed.parse(raw)[0] for raw in page.raws]
    return [(one.key, one.kind) for one in items]


def test_what_was_taken_back_is_told_once_and_what_left_is_not(
    feed: FeedConnector, server: LocalServer
) -> None:
    server.routes["/feed"] = atom(ENTRY.format(1, 1), ENTRY.format(2, 2), ENTRY.format(3, 3))
    first = feed.pull(b"", 10)
    server.routes["/feed"] = atom(ENTRY.format(3, 3), grave(1, 10), grave(9, 10))
    second = feed.pull(first.cursor, 10)
    assert kinds(feed, second) == [("urn:1", "deleted"), ("urn:9", "deleted")]
    assert feed.pull(second.cursor, 10).raws == ()
    for raw in second.raws:
        assert b"T1" not in raw.content and b"spam" not in raw.content


def test_an_entry_that_came_back_after_its_grave_is_not_taken_back(
    feed: FeedConnector, server: LocalServer
) -> None:
    server.routes["/feed"] = atom(ENTRY.format(1, 12), grave(1, 10))
    assert kinds(feed, feed.pull(b"", 10)) == [("urn:1", "created")]


@pytest.mark.parametrize(
    "grave_", ["<at:deleted-entry/>", '<at:deleted-entry ref="" when="x"/>', "<at:deleted-entry ref="]
)
def test_a_grave_without_a_name_buries_nobody(feed: FeedConnector, server: LocalServer, grave_: str) -> None:
    server.routes["/feed"] = atom(ENTRY.format(1, 1), grave_)
    assert [kind for _, kind in kinds(feed, feed.pull(b"", 10))] in (["created"], [])


def test_where_the_answers_are_is_told_by_atom_too(server: LocalServer) -> None:
    link = f'<link rel="replies" type="application/atom+xml" href="{server.url}/c" thr:count="1"/>'
    entry = ENTRY.format(1, 19).replace("<content>", f"{link}<content>")
    answer = ENTRY.format(7, 19).replace("<content>", '<thr:in-reply-to ref="urn:1"/><content>')
    server.routes["/feed"], server.routes["/c"] = atom(entry), atom(answer)
    feed = connect(server, comments="yes")
    first = feed.pull(b"", 10)
    (comment,) = (feed.parse(raw)[0] for raw in feed.pull(first.cursor, 10).raws)
    assert (comment.key, comment.parent_key, comment.text) == ("urn:7", "urn:1", "C7")
