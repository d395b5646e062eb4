"""Lists of feeds (OPML), and hubs that announce news (WebSub)."""

import hashlib
import hmac
from urllib.parse import parse_qs

import pytest

from entendu.connectors.feed import FeedConnector, opml
from entendu.connectors.feed.websub import ask_hub, authentic, confirmed
from entendu.wire import Address, Broken, Refused, TryLater
from feed_docs import connect
from local_http import Answer

OPML = """<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head><title>Mes flux</title></head><body>
<outline text="Presse"><outline title="Pain"><outline type="rss" text="Le Journal" xmlUrl="https://journal.test/feed"
 htmlUrl="https://journal.test/"/></outline><outline text="Le même" xmlUrl="https://journal.test/feed"/></outline>
<outline text="Sans titre" xmlurl=" http://b.test/rss "/><outline text="note"/><outline xmlUrl="file:///etc/passwd"/>
<outline xmlUrl="javascript:x"/></body></opml>"""


def test_opml_gives_each_feed_once_with_its_folder():
    assert FeedConnector.read_list(OPML.encode()) == (
        Address("https://journal.test/feed", "Le Journal", "Presse / Pain"),
        Address("http://b.test/rss", "Sans titre"),
    )


def test_a_list_that_we_write_is_read_back_word_for_word():
    listed = (
        Address("https://a.test/?a=1&b=<2>", 'Été & "œuvres"', "Presse / Pain"),
        Address("https://b.test/feed", "https://b.test/feed", "Presse"),
        Address("https://c.test/feed", "Sans dossier"),
        Address("https://d.test/feed", "Aussi", "Presse / Pain"),
    )
    written = FeedConnector.write_list(listed, "Nos flux\x0b")
    assert sorted(FeedConnector.read_list(written), key=lambda one: one.url) == list(listed)


@pytest.mark.parametrize(
    "data", [b"", b"no list", b"<rss/>", b"{}", b"\x00\xff", b"<opml", OPML.encode()[:-40]]
)
def test_what_is_no_list_is_refused(data):
    with pytest.raises(Broken, match="opml_unreadable"):
        FeedConnector.read_list(data)


def test_a_list_too_large_is_refused(monkeypatch):
    with pytest.raises(Broken, match="opml_too_large"):
        FeedConnector.read_list(b" " * 5_000_001)
    monkeypatch.setattr(opml, "MAX_FEEDS", 1)
    with pytest.raises(Broken, match="opml_too_large"):
        FeedConnector.read_list(OPML.encode())


def test_entities_of_a_list_are_not_opened():
    hostile = '<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>&x;{}</body></opml>'
    listed = hostile.format('<outline text="T" xmlUrl="http://a.test/"/>')
    assert [feed.title for feed in FeedConnector.read_list(listed.encode())] == ["T"]
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE o [<!ENTITY a0 "ha">{laughs}]><opml><body>&a9;</body></opml>'
    with pytest.raises(Broken, match="opml_unreadable"):
        FeedConnector.read_list(bomb.encode())


def test_a_hub_is_asked_with_all_that_it_needs(server):
    server.routes["/hub"] = Answer(status=202)
    ask_hub(f"{server.url}/hub", "https://t.test/feed", "https://we.test/in", "s3cret", allow=(server.host,))
    fields = parse_qs(server.asked[0].body.decode())
    assert fields["hub.mode"] == ["subscribe"]
    assert fields["hub.topic"] == ["https://t.test/feed"]
    assert fields["hub.callback"] == ["https://we.test/in"]
    assert fields["hub.secret"] == ["s3cret"]


def test_a_hub_that_does_not_want_to_is_named(server):
    asked = (f"{server.url}/hub", "https://t.test/feed", "https://we.test/in")
    server.routes["/hub"] = Answer(b"callback unreachable", 400)
    with pytest.raises(Refused, match="http_400"):
        ask_hub(*asked, "s", allow=(server.host,))
    server.routes["/hub"] = Answer(status=503, headers={"Retry-After": "30"})
    with pytest.raises(TryLater) as later:
        ask_hub(*asked, "s", allow=(server.host,))
    assert later.value.retry_after == 30.0
    with pytest.raises(Refused, match="address_not_public"):
        ask_hub("http://127.0.0.1/", "t", "c", "s")
    for secret in ("", "x" * 200):
        with pytest.raises(Refused, match="websub_secret_malformed"):
            ask_hub(*asked, secret, allow=(server.host,))


def test_only_a_question_that_we_asked_for_is_confirmed():
    query = {"hub.mode": "subscribe", "hub.topic": "t", "hub.challenge": "c", "hub.lease_seconds": "3600"}
    assert confirmed(query, "t") == ("c", 3600.0)
    for change in (
        {"hub.topic": "other"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.mode": "denied"},
    ):
        with pytest.raises(Refused):
            confirmed(query | change, "t")
    assert confirmed(query | {"hub.lease_seconds": "9" * 30}, "t")[1] == 864_000.0
    assert confirmed(query | {"hub.lease_seconds": "-1"}, "t")[1] == 0.0


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha512"])
def test_news_are_believed_only_with_the_hubs_signature(server, method):
    body = b"<feed/>"
    sign = hmac.new(b"s3cret", body, getattr(hashlib, method)).hexdigest()
    feed = connect(server, websub_secret="s3cret")
    assert feed.receive({"X-Hub-Signature": f"{method}={sign}"}, body) == ()
    for given in (f"{method}={sign}x", f"{method}=", sign, "", "md5=1", f"{method}=é", f"none={sign}"):
        with pytest.raises(Refused, match="webhook_not_authentic"):
            feed.receive({"x-hub-signature": given}, body)
    with pytest.raises(Refused):
        feed.receive({"X-Hub-Signature": f"{method}={sign}"}, body + b" ")
    assert not authentic({"X-Hub-Signature": f"{method}={hmac.new(b'', body, method).hexdigest()}"}, body, "")
