"""A page is read before anybody believes that it links to us."""

import pytest

from entendu.kit.backlink import verify_backlink
from entendu.kit.safe_http import HttpFailed, HttpRefused
from local_http import Answer

OURS = "https://we.test/dessert"


def html(text: str) -> Answer:
    return Answer(text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def verify(server, path: str = "/post", target: str = OURS):
    return verify_backlink(server.url + path, target, allow=(server.host,))


def test_a_private_source_or_a_page_that_links_to_itself_is_refused(server):
    for source in ("http://127.0.0.1/x", "http://169.254.169.254/", "file:///etc/passwd", "", "http://[::1"):
        with pytest.raises(HttpRefused):
            verify_backlink(source, OURS)
    with pytest.raises(HttpRefused, match="same_page"):
        verify(server, "/post#a", f"{server.url}/post")
    with pytest.raises(HttpRefused, match="not_web_addresses"):
        verify(server, target="javascript:x")
    assert server.asked == []


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
def test_words_comments_and_other_pages_are_no_link(server, page):
    server.routes["/post"] = html(page)
    assert not verify(server).found


@pytest.mark.parametrize("link", [OURS, f"{OURS}/", f"{OURS}#avis", f" {OURS} "])
def test_a_link_is_found_with_the_words_around_it(server, link):
    server.routes["/post"] = html(
        f"<title>Mon  blog</title><p>Avant</p><p>Le dessert de <a href='{link}'>Levain</a> était <b>mauvais</b>.</p>"
    )
    found = verify(server)
    assert (found.found, found.title) == (True, "Mon blog")
    assert found.excerpt == "Le dessert de Levain était mauvais."
    assert found.url == f"{server.url}/post"


def test_a_removed_page_is_gone_and_other_refusals_are_not(server):
    server.routes["/post"] = Answer(status=410)
    assert (verify(server).found, verify(server).gone) == (False, True)
    server.routes["/post"] = Answer(status=404)
    with pytest.raises(HttpRefused, match="http_404"):
        verify(server)
    server.routes["/post"] = Answer(status=503)
    with pytest.raises(HttpFailed):
        verify(server)


def test_plain_text_may_hold_the_address_and_images_hold_none(server):
    server.routes["/post"] = Answer(OURS.encode(), headers={"Content-Type": "text/plain"})
    assert verify(server).found
    server.routes["/post"] = Answer(OURS.encode(), headers={"Content-Type": "image/png"})
    assert not verify(server).found


def test_a_hostile_page_does_not_hold_us_up(server):
    link = f"<a href='{OURS}'>x</a>"
    server.routes["/post"] = html("<div>" * 150_000 + link)
    assert verify(server).found in (True, False)
    server.routes["/post"] = html("x" * 1_000_001)
    with pytest.raises(HttpRefused, match="too_large"):
        verify(server)
