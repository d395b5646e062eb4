"""What a look at a feed brings, and how politely it is taken."""

from dataclasses import replace

import pytest

from entendu.connectors.feed import FeedConnector, polite, rests
from entendu.kit import clock
from entendu.wire import Broken, NeedsAuth, Refused, TryLater
from feed_docs import NOW, connect, item, rss, said
from local_http import Answer

HOUR = 3600.0


def conditional(answer: Answer, etag: str) -> object:
    """Answers 304 to whoever names `etag`."""

    def route(ask):
        if ask.headers.get("If-None-Match") == etag:
            return Answer(status=304, headers={"ETag": etag})
        return replace(answer, headers=answer.headers | {"ETag": etag})

    return route


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (401, NeedsAuth, "feed_needs_auth"),
        (403, Refused, "feed_forbidden"),
        (404, Refused, "feed_not_found"),
        (410, Refused, "feed_gone"),
        (418, Refused, "http_418"),
        (429, TryLater, "http_429"),
        (500, TryLater, "http_500"),
        (503, TryLater, "http_503"),
    ],
)
def test_what_upstream_refuses_is_named(feed, server, status, error, code):
    server.routes["/feed"] = Answer(b"<html>no</html>", status, {"Retry-After": "7200"})
    with pytest.raises(error) as refusal:
        feed.pull(b"", 100)
    assert refusal.value.code == code
    if error is TryLater:
        assert refusal.value.retry_after == 7200.0


def test_a_private_address_is_refused_without_the_allow_list(server):
    with pytest.raises(Refused, match="port_not_allowed"):
        FeedConnector({"url": server.url}).pull(b"", 100)
    for address in ("http://127.0.0.1/feed", "file:///etc/passwd", "", "not an address"):
        with pytest.raises(Refused):
            FeedConnector({"url": address}).pull(b"", 100)
    assert server.asked == []


def test_a_feed_that_became_a_page_is_broken_and_one_behind_a_sign_in_needs_a_person(feed, server):
    server.routes["/feed"] = rss(item(1))
    cursor = feed.pull(b"", 100).cursor
    server.routes["/feed"] = Answer(b"<html><body><p>Hello</p></body></html>")
    with pytest.raises(Broken, match="feed_became_page"):
        feed.pull(cursor, 100)
    server.routes["/feed"] = Answer(b"<html><form><input type=password name=p></form></html>")
    with pytest.raises(NeedsAuth, match="feed_is_sign_in_page"):
        feed.pull(cursor, 100)


def test_an_empty_answer_is_a_passing_fault_that_forgets_nothing(feed, server):
    server.routes["/feed"] = rss(item(1))
    cursor = feed.pull(b"", 100).cursor
    server.routes["/feed"] = Answer(b" \n")
    with pytest.raises(TryLater, match="feed_empty"):
        feed.pull(cursor, 100)
    server.routes["/feed"] = rss()
    empty = feed.pull(cursor, 100)
    server.routes["/feed"] = rss(item(1), item(2))
    assert said(feed, feed.pull(empty.cursor, 100)) == ["Texte 2"]


def test_entries_come_oldest_first_and_only_once(feed, server):
    server.routes["/feed"] = rss(item(3), item(1), item(2))
    page = feed.pull(b"", 100)
    assert said(feed, page) == ["Texte 1", "Texte 2", "Texte 3"]
    assert [raw.key for raw in page.raws] == ["urn:post:1", "urn:post:2", "urn:post:3"]
    server.routes["/feed"] = rss(item(4), item(3))
    assert said(feed, feed.pull(page.cursor, 100)) == ["Texte 4"]


def test_the_same_cursor_gives_the_same_units_again(feed, server):
    """A kill between the pull and its commit: nothing is lost, and the keys let the store see the doubles."""
    server.routes["/feed"] = rss(item(1), item(2))
    assert feed.pull(b"", 100).raws == feed.pull(b"", 100).raws


def test_what_did_not_change_is_not_sent_again(feed, server):
    server.routes["/feed"] = conditional(rss(item(1)), '"v1"')
    page = feed.pull(b"", 100)
    again = feed.pull(page.cursor, 100)
    assert (again.raws, again.more) == ((), False)
    assert server.asked[-1].headers["if-none-match"] == '"v1"'
    server.routes["/feed"] = conditional(rss(item(2), item(1)), '"v2"')
    assert said(feed, feed.pull(again.cursor, 100)) == ["Texte 2"]


def test_last_modified_is_given_back_word_for_word(feed, server):
    date = "Thu, 19 Nov 2026 10:00:00 GMT"
    server.routes["/feed"] = replace(rss(item(1)), headers={"Last-Modified": date})
    feed.pull(feed.pull(b"", 100).cursor, 100)
    assert server.asked[-1].headers["if-modified-since"] == date


def test_a_server_that_says_304_for_ever_is_asked_for_the_whole_once_a_week(feed, server):
    server.routes["/feed"] = conditional(rss(item(1)), '"v1"')
    cursor = feed.pull(b"", 100).cursor
    with clock.at(NOW.replace(day=28)):
        server.routes["/feed"] = conditional(rss(item(2), item(1)), '"v1"')
        assert said(feed, feed.pull(cursor, 100)) == ["Texte 2"]
    assert "if-none-match" not in server.asked[-1].headers


def test_a_long_document_is_handed_on_in_portions_and_fetched_once(feed, server):
    server.routes["/feed"] = conditional(rss(*(item(number) for number in range(1, 8))), '"v1"')
    texts, cursor, more, sizes = [], b"", True, []
    while more:
        page = feed.pull(cursor, 3)
        cursor, more = page.cursor, page.more
        texts += said(feed, page)
        sizes.append(len(page.raws))
    assert sizes == [3, 3, 1]
    assert texts == [f"Texte {number}" for number in range(1, 8)]
    assert len(server.asked) == 1


def test_a_portion_after_a_restart_is_fetched_again_and_nothing_is_lost(feed, server):
    server.routes["/feed"] = conditional(rss(*(item(number) for number in range(1, 6))), '"v1"')
    page = feed.pull(b"", 3)
    rests.forget_rests()
    assert said(feed, connect(server).pull(page.cursor, 100)) == ["Texte 4", "Texte 5"]
    assert "if-none-match" not in server.asked[-1].headers


def test_an_edition_is_told_with_its_own_raw_key_and_the_same_item_key(feed, server):
    server.routes["/feed"] = rss(item(1, "Bon dessert"))
    first = feed.pull(b"", 100)
    server.routes["/feed"] = rss(item(1, "Mauvais dessert"))
    second = feed.pull(first.cursor, 100)
    created, edited = feed.parse(first.raws[0])[0], feed.parse(second.raws[0])[0]
    assert (created.kind, edited.kind) == ("created", "edited")
    assert created.key == edited.key == "urn:post:1"
    assert second.raws[0].key.startswith("urn:post:1#")
    assert edited.text == "Mauvais dessert"
    assert feed.pull(second.cursor, 100).raws == ()


def test_markup_and_counters_are_no_edition(feed, server):
    server.routes["/feed"] = rss(
        item(1, "&lt;p&gt;Un  mot&lt;/p&gt;", more="<slash:comments>1</slash:comments>")
    )
    cursor = feed.pull(b"", 100).cursor
    server.routes["/feed"] = rss(
        item(1, "&lt;p class='x'&gt;Un mot&lt;/p&gt;", more="<slash:comments>2</slash:comments>")
    )
    assert feed.pull(cursor, 100).raws == ()


def test_an_entry_that_left_and_came_back_is_not_new(feed, server):
    server.routes["/feed"] = rss(item(1), item(2))
    cursor = feed.pull(b"", 100).cursor
    server.routes["/feed"] = rss(item(2))
    cursor = feed.pull(cursor, 100).cursor
    server.routes["/feed"] = rss(item(1), item(2))
    assert feed.pull(cursor, 100).raws == ()


def test_the_memory_of_what_left_is_bounded(feed, server):
    cursor = b""
    for start in range(0, 3000, 300):
        server.routes["/feed"] = rss(*(item(1, f"T{n}", guid=f"urn:{n}") for n in range(start, start + 300)))
        cursor = feed.pull(cursor, 5000).cursor
    assert len(cursor) < 40_000


def test_an_unreadable_cursor_starts_anew(feed, server):
    server.routes["/feed"] = rss(item(1))
    for cursor in (b"{", b"\xff", b"[]", b'{"main": 3}'):
        assert len(feed.pull(cursor, 100).raws) == 1


def test_the_wait_is_the_longest_of_the_feeds_rhythm_and_what_upstream_asks(feed, server):
    def wait(headers: dict[str, str], channel: str = "", *items: str) -> float:
        server.routes["/feed"] = replace(rss(*items, channel=channel), headers=headers)
        found = feed.pull(b"", 100).wait
        assert found is not None
        return found

    daily = [item(number) for number in range(10, 20)]
    assert wait({}, "", *daily) == 6 * HOUR  # half of a day, but six hours at most
    assert wait({}) == 900.0
    busy = [item(1, guid=f"urn:{n}", day=19, more=f"<x>{n}</x>") for n in range(3)]
    assert wait({}, "", *busy) == pytest.approx(2.4 * HOUR)  # asleep for a day: a tenth of it
    assert wait({"Cache-Control": "public, max-age=3600"}) == HOUR
    assert wait({"Cache-Control": "max-age=99999999999"}) == 24 * HOUR
    assert wait({"Cache-Control": "max-age=60", "Retry-After": "7200"}) == 2 * HOUR
    assert wait({}, "<ttl>180</ttl>") == 3 * HOUR
    assert wait({}, "<ttl>minus one</ttl>") == 900.0


def test_a_moved_feed_is_asked_at_its_new_address_and_keeps_its_keys(feed, server):
    server.routes["/feed"] = rss(item(1, guid="1"))
    first = feed.pull(b"", 100)
    server.routes["/feed"] = Answer(status=301, headers={"Location": "/new"})
    server.routes["/new"] = rss(item(1, guid="1"))
    moved = feed.pull(first.cursor, 100)
    assert moved.raws == ()
    feed.pull(moved.cursor, 100)
    assert [asked.path for asked in server.asked] == ["/feed", "/feed", "/new", "/new"]


def test_requests_to_one_host_are_spaced_and_a_crowded_host_is_left_alone(server, waited, monkeypatch):
    monkeypatch.setattr(polite, "INTERVAL", 1.0)
    server.routes["/feed"] = rss(item(1))
    pages = [connect(server).pull(b"", 100) for _ in range(6)]
    assert [len(page.raws) for page in pages] == [1, 1, 1, 1, 0, 0]
    assert waited == pytest.approx([1.0, 2.0, 3.0], abs=0.2)
    assert pages[-1].cursor == b""
    assert pages[-1].wait == pytest.approx(4.0, abs=0.3)
    assert len(server.asked) == 4


def test_it_cannot_reply_nor_receive(feed):
    assert feed.send(None).code == "channel_cannot_reply"
    assert feed.find_sent(None) is None
    assert list(feed.stream(b"", lambda: True)) == []
    with pytest.raises(Refused, match="webhook_not_authentic"):
        feed.receive({}, b"")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (rss(item(1)), "ok"),
        (Answer(status=410), "blocked"),
        (Answer(status=401), "needs_auth"),
        (Answer(status=503), "degraded"),
        (Answer(b""), "degraded"),
        (Answer(b"\x00\x01garbage"), "blocked"),
    ],
)
def test_health_never_raises(feed, server, answer, state):
    server.routes["/feed"] = answer
    assert feed.health().state == state
