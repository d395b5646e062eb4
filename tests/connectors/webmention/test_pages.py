"""A page is read before anybody believes that it links to us."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from entendu.connectors.webmention import WebmentionConnector
from entendu.connectors.webmention.page import read_page
from entendu.wire import Refused, TryLater
from local_http import Answer, LocalServer, local_server

OURS = "https://we.test/dessert"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as running:
        yield running


def html(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), status, headers={"Content-Type": "text/html; charset=utf-8"})


def at(server: LocalServer, path: str = "/post", allow: bool = True) -> WebmentionConnector:
    settings = {"sites": "we.test", "url": server.url + path, "detail": OURS}
    return WebmentionConnector(settings | ({"allow": server.host} if allow else {}))


def read(page: str):
    return read_page(page.encode(), "https://blog.test/post", OURS)


def linked(text: str = "Le dessert était mauvais.") -> str:
    return f"<title>Mon blog</title><p>{text} <a href='{OURS}'>Levain</a></p>"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "http://169.254.169.254/", "http://10.0.0.8/", "file:///etc"]
)
def test_where_we_do_not_go_nothing_is_believed(url: str) -> None:
    page = WebmentionConnector({"sites": "we.test", "url": url, "detail": OURS}).pull(b"", 10)
    assert (page.raws, page.over) == ((), True)


@pytest.mark.parametrize(
    "page",
    [
        "<p>https://we.test/dessert</p>",
        "<!-- <a href='https://we.test/dessert'>x</a> -->",
        "<script>var a = \"<a href='https://we.test/dessert'>\"</script>",
        "<a href='https://we.test/dessert-2'>x</a>",
        "<a href='https://evil.test/?https://we.test/dessert'>x</a>",
        "<a href='http://[::1'>x</a>",
        "",
    ],
)
def test_words_comments_and_other_pages_are_no_link(page: str) -> None:
    assert not read(page).found


@pytest.mark.parametrize("link", [OURS, f"{OURS}/", f"{OURS}#avis", f" {OURS} "])
def test_a_link_is_found_with_the_words_around_it(link: str) -> None:
    found = read(
        f"<title>Mon  blog</title><p>Avant</p><p>Le dessert de <a href='{link}'>Levain</a> était <b>mauvais</b>.</p>"
    )
    assert (found.found, found.title) == (True, "Mon blog")
    assert found.text == "Le dessert de Levain était mauvais."


def test_an_entry_tells_its_author_its_date_and_its_words() -> None:
    found = read(
        f"""<html lang=fr><title>Un carnet</title><article class=h-entry><p class="p-author h-card">
        <a class="u-url p-name" href="/zoe">Zoé Martin</a></p>
        <time class=dt-published datetime="2026-11-20T10:00:00+01:00">hier</time>
        <a class=u-in-reply-to href="{OURS}">réponse</a><div class=e-content><p>Rassis,</p><p>et cher.</p></div>
        </article></html>"""
    )
    assert (found.author, found.author_url) == ("Zoé Martin", "https://blog.test/zoe")
    assert (found.text.split(), found.relation) == (["Rassis,", "et", "cher."], "in-reply-to")
    assert (found.published, found.language) == (datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp(), "fr")


@pytest.mark.parametrize("relation", ["like-of", "repost-of", "bookmark-of"])
def test_a_gesture_is_named(relation: str) -> None:
    found = read(f"<div class=h-entry><a class='u-{relation}' href='{OURS}'>.</a></div>")
    assert (found.found, found.relation) == (True, relation)


def test_of_several_entries_the_one_that_links_speaks() -> None:
    found = read(
        "<div class=h-feed><div class=h-entry><div class=e-content>Autre chose</div></div>"
        f"<div class=h-entry><div class=e-content>Voyez <a href='{OURS}'>Levain</a></div></div></div>"
    )
    assert found.text == "Voyez Levain"


def test_of_a_long_article_the_words_around_the_link_are_kept() -> None:
    found = read(
        f"<div class=h-entry><h1 class=p-name>Mon tour de France</h1><div class=e-content><p>{'Bla bla. ' * 400}</p>"
        f"<p>Chez <a href='{OURS}'>Levain</a>, déçu.</p></div></div>"
    )
    assert (found.title, found.text) == ("Mon tour de France", "Chez Levain, déçu.")


def test_an_author_may_not_hide_a_script_behind_his_name() -> None:
    found = read(
        f"<div class=h-entry><a class='p-author h-card' href='javascript:alert(1)'>X</a><a href='{OURS}'>y</a></div>"
    )
    assert (found.author, found.author_url) == ("X", "")


def test_a_claim_that_is_not_true_is_over_after_three_looks(server: LocalServer) -> None:
    server.routes["/post"] = html("<p>Rien</p>")
    waits, cursor, over = [], b"", False
    while not over:
        page = at(server).pull(cursor, 10)
        cursor, over = page.cursor, page.over
        assert page.raws == ()
        waits.append(page.wait)
    assert waits == [300.0, 3600.0, None]


def test_a_page_that_links_to_us_is_heard_once_then_its_changes(server: LocalServer) -> None:
    server.routes["/post"] = html(linked())
    first = at(server).pull(b"", 10)
    (item,) = at(server).parse(first.raws[0])
    assert (item.kind, item.title, item.url) == ("created", "Mon blog", f"{server.url}/post")
    assert item.text == "Le dessert était mauvais. Levain"
    assert (item.author.name, item.network) == (server.host, f"web:{server.host}")
    assert (item.thread_key, item.addressed) == (OURS, False)
    assert first.wait == 86_400.0
    same = at(server).pull(first.cursor, 10)
    assert same.raws == ()
    server.routes["/post"] = html(linked("Finalement très bon."))
    changed = at(server).pull(same.cursor, 10)
    (edited,) = at(server).parse(changed.raws[0])
    assert (edited.kind, edited.key) == ("edited", item.key)
    assert changed.raws[0].key != first.raws[0].key


@pytest.mark.parametrize("after", [html("gone", 410), html("<p>Sans lien</p>"), html("", 404)])
def test_a_page_that_went_or_links_no_more_is_told_as_a_deletion(server: LocalServer, after: Answer) -> None:
    server.routes["/post"] = html(linked())
    first = at(server).pull(b"", 10)
    server.routes["/post"] = after
    page = at(server).pull(first.cursor, 10)
    if after.status != 410:  # one miss is none
        assert (page.raws, page.wait) == ((), 300.0)
        page = at(server).pull(page.cursor, 10)
    (item,) = at(server).parse(page.raws[0])
    assert (item.kind, item.key, page.over) == ("deleted", at(server).parse(first.raws[0])[0].key, True)


def test_what_passes_is_tried_later_and_what_is_refused_of_a_known_page_is_told(server: LocalServer) -> None:
    server.routes["/post"] = html("", 503)
    with pytest.raises(TryLater):
        at(server).pull(b"", 10)
    server.routes["/post"] = html(linked())
    cursor = at(server).pull(b"", 10).cursor
    server.routes["/post"] = html("", 403)
    with pytest.raises(Refused, match="http_403"):
        at(server).pull(cursor, 10)


def test_plain_text_may_hold_the_address_and_images_hold_none(server: LocalServer) -> None:
    server.routes["/post"] = Answer(f"Voir {OURS} !".encode(), headers={"Content-Type": "text/plain"})
    assert len(at(server).pull(b"", 10).raws) == 1
    server.routes["/post"] = Answer(OURS.encode(), headers={"Content-Type": "image/png"})
    assert at(server).pull(b"", 10).raws == ()


def test_a_hostile_page_does_not_hold_us_up(server: LocalServer) -> None:
    server.routes["/post"] = html("<div class=h-entry>" * 30_000 + linked())
    with suppress(TryLater):
        at(server).pull(b"", 10)
    server.routes["/post"] = html("x" * 1_000_001)
    assert at(server).pull(b"", 10).over


def test_our_own_pages_speak_for_us(server: LocalServer) -> None:
    settings = {
        "sites": f"we.test,{server.host}",
        "url": f"{server.url}/post",
        "detail": OURS,
        "allow": server.host,
    }
    server.routes["/post"] = html(linked())
    ours = WebmentionConnector(settings)
    assert ours.parse(ours.pull(b"", 10).raws[0])[0].ours
