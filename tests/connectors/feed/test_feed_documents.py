"""What entries say: every format, comments, articles, discovery, and hostile documents."""

import gzip
from datetime import UTC, datetime
from html import escape

import pytest

from entendu.kit import clock
from entendu.wire import Broken, Raw, Refused, TryLater, WireError
from feed_docs import NOW, connect, item, rss, said
from local_http import Answer

JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Mon blog", "language": "fr-FR",
 "home_page_url": "/", "authors": [{"name": "Zoé", "url": "https://zoe.test"}],
 "items": [{"id": 7, "url": "/p/7", "title": "Été",
            "content_html": "<p>Le pain<br>est bon</p><img src='a.png'>",
            "date_published": "2026-11-02T10:00:00+01:00"},
           {"id": "8", "content_text": "Sans titre", "date_published": "2026-11-03T10:00:00Z"}, 42, null]}"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Atome</title><id>urn:f</id>
 <entry><id>urn:e:1</id><title type="html">&lt;b&gt;Gras&lt;/b&gt; &amp;amp; fin</title>
 <link href="/p/1"/><updated>2026-11-03T08:00:00Z</updated><published>2026-11-02T08:00:00Z</published>
 <author><name>Ana</name><uri>https://ana.test/</uri></author>
 <summary>court</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Un</p><p>Deux</p></div>
 </content></entry></feed>"""


def only(feed, page):
    assert len(page.raws) == 1
    return feed.parse(page.raws[0])[0]


def test_rss(feed, server):
    picture = '<enclosure url="/i/photo.png" type="image/png" length="1"/><dc:creator>Anna</dc:creator>'
    server.routes["/feed"] = rss(
        item(3, "&lt;p&gt;Le &lt;b&gt;pain&lt;/b&gt;&lt;/p&gt;&lt;p&gt;frais&lt;/p&gt;", more=picture)
    )
    found = only(feed, feed.pull(b"", 10))
    assert (found.key, found.title, found.text) == ("urn:post:3", "Titre 3", "Le pain\nfrais")
    assert found.url == f"{server.url}/p/3" == found.thread_key
    assert found.network == f"web:127.0.0.1:{server.port}"
    assert (found.author.name, found.visibility, found.addressed, found.ours) == (
        "Anna",
        "public",
        False,
        False,
    )
    assert found.at == datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    assert [(one.url, one.media_type) for one in found.attachments] == [
        (f"{server.url}/i/photo.png", "image/png")
    ]


def test_atom(feed, server):
    server.routes["/feed"] = Answer(ATOM.encode(), headers={"Content-Type": "application/atom+xml"})
    found = only(feed, feed.pull(b"", 10))
    assert (found.title, found.text, found.language) == ("Gras & fin", "Un\nDeux", "fr")
    assert (found.author.key, found.author.name) == ("https://ana.test/", "Ana")
    assert found.at == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def test_json_feed(feed, server):
    server.routes["/feed"] = Answer(JSON_FEED.encode(), headers={"Content-Type": "application/feed+json"})
    first, second = (feed.parse(raw)[0] for raw in feed.pull(b"", 10).raws)
    assert first.key == f"127.0.0.1:{server.port}/feed#7"
    assert (first.title, first.text, first.author.key) == ("Été", "Le pain\nest bon", "https://zoe.test")
    assert first.attachments[0].url == f"{server.url}/p/a.png"
    assert first.at == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert (second.text, second.author.name) == ("Sans titre", "Zoé")


def test_a_site_speaks_when_no_author_does_and_own_names_are_ours(server):
    server.routes["/feed"] = rss(item(1), item(2, more="<dc:creator>Maison Levain</dc:creator>"))
    feed = connect(server, own="maison levain, @levain")
    first, second = (feed.parse(raw)[0] for raw in feed.pull(b"", 10).raws)
    assert (first.author.name, first.ours) == ("Le journal", False)
    assert second.ours


def test_what_is_no_entry_is_broken(feed):
    for content in (b"", b"{}", b"\xff\xfe", b'{"key": 1}'):
        with pytest.raises(Broken):
            feed.parse(Raw("k", content))


# Hostile and odd documents: the surface "connectors" of the bad inputs.

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>'
        "<item><title>T</title><description>&x;</description></item></channel></rss>",
        f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]><rss version="2.0"><channel><item><title>T</title>'
        "<description>&a9;</description></item></channel></rss>",
        '<rss version="2.0"><channel><item><title>T</title>' + "<a>" * 20_000,
        '<rss version="2.0"><channel><item><title>T</title><description>' + "&lt;div&gt;" * 100_000,
    ],
    ids=["xxe", "billion-laughs", "nested-xml", "nested-html"],
)
def test_hostile_xml_gives_its_title_and_no_file(feed, server, body):
    server.routes["/feed"] = Answer(body.encode())
    found = only(feed, feed.pull(b"", 10))
    assert found.title == "T"
    assert "root:" not in found.text
    assert len(found.text) < 200


def test_a_document_that_takes_too_long_is_broken_and_the_next_is_read(feed, server):
    names = "".join(f'<x{n}:y xmlns:x{n}="u{n}"/>' for n in range(40_000))
    server.routes["/feed"] = Answer(f'<rss version="2.0"><channel>{names}</channel></rss>'.encode())
    with pytest.raises(Broken, match="feed_unreadable: child_timeout"):
        feed.pull(b"", 10)
    server.routes["/feed"] = rss(item(1))
    assert len(feed.pull(b"", 10).raws) == 1


@pytest.mark.parametrize("how", ["declared", "endless", "bomb"])
def test_a_document_without_end_is_refused(feed, server, how):
    def endless(ask):
        ask.send_response(200)
        ask.end_headers()
        try:
            while not server.over.is_set():
                ask.wfile.write(b"<item>" * 10_000)
        except OSError:
            return

    server.routes["/feed"] = {
        "declared": Answer(b"<rss>", headers={"Content-Length": str(1 << 30)}),
        "endless": endless,
        "bomb": Answer(gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"}),
    }[how]
    with pytest.raises(Refused, match="too_large"):
        feed.pull(b"", 10)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<?xml version='1.0' encoding='iso-8859-1'?>{}", {"Content-Type": "text/xml"}),
        (
            b"<?xml version='1.0' encoding='utf-8'?>{}",
            {"Content-Type": "text/xml; charset=iso-8859-1"},
        ),
        ("<?xml version='1.0' encoding='iso-8859-1'?>{}", "latin-1"),
        ("<?xml version='1.0' encoding='utf-8'?>{}", "latin-1"),
        ("<?xml version='1.0' encoding='utf-16'?>{}", "utf-16"),
    ],
)
def test_accents_survive_a_wrong_declaration(feed, server, body, headers):
    text = "<rss version='2.0'><channel><item><title>Crème brûlée</title></item></channel></rss>"
    if isinstance(headers, str):
        server.routes["/feed"] = Answer(body.format(text).encode(headers))
    else:
        server.routes["/feed"] = Answer(body.decode().format(text).encode(), headers=headers)
    assert only(feed, feed.pull(b"", 10)).title == "Crème brûlée"


def test_bytes_that_are_utf8_are_read_as_such_whatever_the_header_says(feed, server):
    text = "<rss version='2.0'><channel><item><title>Crème à 5 €</title></item></channel></rss>"
    server.routes["/feed"] = Answer(text.encode(), headers={"Content-Type": "text/xml; charset=windows-1252"})
    assert only(feed, feed.pull(b"", 10)).title == "Crème à 5 €"


def test_entries_without_id_are_known_by_link_or_words(feed, server):
    bare = ["<item><link>/a</link><title>A</title></item>", "<item><title>B</title></item>"]
    server.routes["/feed"] = rss(*bare, "<item><title>C</title></item>")
    page = feed.pull(b"", 10)
    assert len({raw.key for raw in page.raws}) == 3
    assert f"{server.url}/a" in {raw.key for raw in page.raws}
    assert feed.pull(page.cursor, 10).raws == ()


def test_two_entries_with_one_id_are_two_and_stay_so(feed, server):
    twins = [item(1, "Un", guid="urn:site"), item(2, "Deux", guid="urn:site")]
    server.routes["/feed"] = rss(*twins)
    page = feed.pull(b"", 10)
    assert said(feed, page) == ["Un", "Deux"]
    assert len({raw.key for raw in page.raws}) == 2
    assert feed.pull(page.cursor, 10).raws == ()


def test_the_same_number_in_two_feeds_of_a_site_is_not_the_same_entry(server):
    server.routes["/a"], server.routes["/b"] = rss(item(1, guid="1")), rss(item(1, guid="1"))
    one, other = (connect(server, path) for path in ("/a", "/b"))
    assert only(one, one.pull(b"", 10)).key != only(other, other.pull(b"", 10)).key


def test_long_ids_stay_apart_within_the_width_of_a_key(feed, server):
    server.routes["/feed"] = rss(
        item(1, guid="urn:" + "x" * 5000 + "1"), item(2, guid="urn:" + "x" * 5000 + "2")
    )
    keys = {raw.key for raw in feed.pull(b"", 10).raws}
    assert len(keys) == 2
    assert max(map(len, keys)) <= 209


@pytest.mark.parametrize(
    "date",
    [
        "",
        "<pubDate>Mon, 01 Jan 1900 00:00:00 GMT</pubDate>",
        "<pubDate>soon</pubDate>",
        "<pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>",
    ],
)
def test_an_entry_without_a_likely_date_was_said_when_it_was_heard(feed, server, date):
    server.routes["/feed"] = rss(f"<item><guid>urn:1</guid><title>T</title>{date}</item>")
    raw = feed.pull(b"", 10).raws[0]
    with clock.at(NOW.replace(year=2027)):
        assert feed.parse(raw)[0].at == NOW


def test_a_title_in_html_is_read_as_words(feed, server):
    server.routes["/feed"] = rss(
        "<item><guid>urn:1</guid>"
        "<title>&lt;i&gt;Très&lt;/i&gt; &lt;script&gt;x()&lt;/script&gt;bon</title></item>"
    )
    assert only(feed, feed.pull(b"", 10)).title == "Très bon"


def test_scripts_and_strange_links_leave_nothing(feed, server):
    hostile = escape("<script>alert(1)</script><img src='javascript:x'><!-- c -->Mot<style>p{}</style>")
    server.routes["/feed"] = rss(
        f"<item><guid>urn:1</guid><link>javascript:alert(1)</link><description>{hostile}</description></item>"
    )
    found = only(feed, feed.pull(b"", 10))
    assert (found.text, found.url, found.attachments) == ("Mot", "", ())


def test_truncated_xml_gives_what_is_whole(feed, server):
    document = rss(item(1), item(2)).body
    server.routes["/feed"] = Answer(document[: document.index(b"Texte 2")])
    assert feed.parse(feed.pull(b"", 10).raws[0])[0].text == "Texte 1"


# Comments


def test_comments_of_isso_are_threaded(feed, server):
    server.routes["/feed"] = Answer(
        """<feed xmlns="http://www.w3.org/2005/Atom"
      xmlns:thr="http://purl.org/syndication/thread/1.0"><title>Comments</title>
      <entry><id>tag:x,2018:/isso/1/1</id><title>Comment #1</title><updated>2026-11-02T08:00:00Z</updated>
      <author><name>Élodie</name></author><link href="/post/#isso-1"/>
      <content type="html">Bon</content></entry>
      <entry><id>tag:x,2018:/isso/1/2</id><title>Comment #2</title><updated>2026-11-02T09:00:00Z</updated>
      <author><name/></author><link href="/post/#isso-2"/><content type="html">Non</content>
      <thr:in-reply-to ref="tag:x,2018:/isso/1/1" href="/post/#isso-1"/></entry></feed>""".encode()
    )
    first, second = (feed.parse(raw)[0] for raw in feed.pull(b"", 10).raws)
    assert second.parent_key == first.key == "tag:x,2018:/isso/1/1"
    assert first.thread_key == second.thread_key == f"{server.url}/post/"
    assert (first.author.name, first.title) == ("Élodie", "")
    assert first.author.key != second.author.key


def test_nameless_people_are_not_one_person(feed, server):
    entry = "<item><guid>urn:{0}</guid><link>/p/1#comment-{0}</link><dc:creator>Anonymous</dc:creator></item>"
    server.routes["/feed"] = rss(entry.format(1), entry.format(2))
    authors = {feed.parse(raw)[0].author.key for raw in feed.pull(b"", 10).raws}
    assert len(authors) == 2


def with_comments(number: int, count: int | None) -> str:
    told = "" if count is None else f"<slash:comments>{count}</slash:comments>"
    return item(number, more=f"<wfw:commentRss>/p/{number}/feed</wfw:commentRss>{told}")


def pull_all(feed, cursor: bytes) -> tuple[list[str], bytes]:
    texts, more = [], True
    while more:
        page = feed.pull(cursor, 10)
        cursor, more = page.cursor, page.more
        texts += said(feed, page)
    return texts, cursor


def test_comment_feeds_of_recent_posts_are_followed_when_their_number_changes(server):
    feed = connect(server, comments="yes")
    server.routes["/feed"] = rss(with_comments(1, 0), with_comments(2, 1))
    server.routes["/p/2/feed"] = rss(
        "<item><guid>urn:c1</guid><link>/p/2#comment-1</link><description>Avis</description></item>"
    )
    texts, cursor = pull_all(feed, b"")
    assert texts == ["Texte 1", "Texte 2", "Avis"]
    assert [asked.path for asked in server.asked] == ["/feed", "/p/2/feed"]

    server.routes["/feed"] = rss(with_comments(1, 1), with_comments(2, 1))
    server.routes["/p/1/feed"] = rss(
        "<item><guid>urn:c2</guid><link>/p/1#comment-2</link><description>Moi</description></item>"
    )
    with clock.at(NOW.replace(day=21)):
        texts, cursor = pull_all(feed, cursor)
    assert texts == ["Moi"]
    assert [asked.path for asked in server.asked[2:]] == ["/feed", "/p/1/feed"]


def test_a_comment_answers_its_post(server):
    feed = connect(server, comments="yes")
    server.routes["/feed"] = rss(with_comments(2, 1))
    server.routes["/p/2/feed"] = rss("<item><guid>urn:c1</guid><link>/p/2#comment-1</link></item>")
    post = feed.pull(b"", 10)
    comment = feed.parse(feed.pull(post.cursor, 10).raws[0])[0]
    assert comment.parent_key == "urn:post:2"
    assert comment.thread_key == feed.parse(post.raws[0])[0].thread_key


def test_a_comment_feed_in_trouble_does_not_stop_the_feed(server):
    feed = connect(server, comments="yes")
    server.routes["/feed"] = rss(with_comments(1, None), with_comments(2, None), with_comments(3, None))
    server.routes["/p/1/feed"] = Answer(status=410)
    server.routes["/p/2/feed"] = Answer(b"<html><body>Hello</body></html>")
    server.routes["/p/3/feed"] = Answer(status=503)
    texts, cursor = pull_all(feed, b"")
    assert texts == ["Texte 1", "Texte 2", "Texte 3"]
    assert len(server.asked) == 4
    server.asked.clear()
    with clock.at(NOW.replace(hour=18)):
        assert pull_all(feed, cursor)[0] == []
    assert [asked.path for asked in server.asked] == ["/feed", "/p/2/feed", "/p/3/feed"]  # not what is gone


# Articles

ARTICLE = (
    "<html><body><nav>Menu</nav><article><h1>Titre</h1>"
    + "".join(
        f"<p>La phrase numéro {n} parle longuement du pain, du levain et des clients.</p>" for n in range(12)
    )
    + "</article><footer>Pied</footer></body></html>"
)


def page_of(text: str) -> Answer:
    return Answer(text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def test_the_article_replaces_a_summary(server):
    feed = connect(server, full_text="on")
    server.routes["/feed"], server.routes["/p/19"] = rss(item(19, "Résumé…")), page_of(ARTICLE)
    found = only(feed, feed.pull(b"", 10))
    assert "phrase numéro 11" in found.text
    assert "Menu" not in found.text


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(b"%PDF", headers={"Content-Type": "application/pdf"}),
        page_of("<p>Cookies ?</p>"),
        page_of("<div>" * 200_000),
        page_of(""),
        Answer(status=302, headers={"Location": "http://169.254.169.254/"}),
    ],
    ids=["404", "pdf", "short", "nested", "empty", "metadata"],
)
def test_the_feeds_text_stands_when_the_page_says_less(server, answer):
    feed = connect(server, full_text="on")
    server.routes["/feed"], server.routes["/p/19"] = rss(item(19, "Résumé du flux")), answer
    assert only(feed, feed.pull(b"", 10)).text == "Résumé du flux"


def test_a_teaser_behind_a_whole_text_does_not_replace_it(server):
    feed = connect(server, full_text="on")
    whole = "Le texte entier est dans le flux. " * 60
    server.routes["/feed"], server.routes["/p/19"] = rss(item(19, whole)), page_of(ARTICLE)
    assert only(feed, feed.pull(b"", 10)).text == whole.strip()


def test_articles_come_a_few_a_time_and_old_posts_keep_the_feeds_text(server):
    feed = connect(server, full_text="on")
    server.routes["/feed"] = rss(*(item(n, day=19) for n in range(6)), item(9, day=2))
    page = feed.pull(b"", 100)
    assert (len(page.raws), page.more, page.wait) == (5, False, 1.0)  # the old one, and four with their page
    rest = feed.pull(page.cursor, 100)
    assert len(rest.raws) == 2
    paths = [asked.path for asked in server.asked]
    assert paths.count("/feed") == 1
    assert "/p/9" not in paths


# Discovery


def test_a_site_is_followed_by_the_feed_that_it_announces(server):
    server.routes["/"] = page_of(
        '<head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
        '<link rel="alternate" type="application/rss+xml" title="Posts" href="/blog/feed"></head>'
    )
    server.routes["/blog/feed"] = rss(item(1))
    feed = connect(server, "/")
    page = feed.pull(b"", 10)
    assert said(feed, page) == ["Texte 1"]
    feed.pull(page.cursor, 10)
    assert [asked.path for asked in server.asked] == ["/", "/blog/feed", "/blog/feed"]
    found = [one.url.removeprefix(server.url) for one in feed.discover()]
    assert found == ["/blog/feed", "/comments/feed"]  # posts first; WordPress' own interface is no feed


def test_a_silent_site_is_followed_by_the_usual_path(server):
    server.routes["/"] = page_of("<html><body><p>Bonjour</p></body></html>")
    server.routes["/atom.xml"] = Answer(ATOM.encode())
    feed = connect(server, "/")
    assert said(feed, feed.pull(b"", 10)) == ["Un\nDeux"]
    assert feed.discover()[0].title == "Atome"


def test_a_site_without_feed_and_one_behind_a_sign_in_are_refused(server):
    server.routes["/"] = page_of("<html><body><p>Bonjour</p></body></html>")
    with pytest.raises(Refused, match="feed_absent"):
        connect(server, "/").pull(b"", 10)
    server.routes["/"] = page_of("<html><form><input type='password'></form></html>")
    with pytest.raises(Refused, match="feed_is_sign_in_page"):
        connect(server, "/").pull(b"", 10)
    with pytest.raises(Refused, match="feed_is_sign_in_page"):
        connect(server, "/").discover()


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b"{}", b"\x00" * 50, b"GIF89a", b"plain words", b"<", b"<rss"]
)
def test_what_is_no_feed_is_said_so(feed, server, body):
    server.routes["/feed"] = Answer(body)
    with pytest.raises(WireError) as refusal:
        feed.pull(b"", 10)
    assert not isinstance(refusal.value, TryLater)
