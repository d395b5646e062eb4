"""Bounds on what comes back, and what a redirect may carry."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest

from entendu.kit import clock
from entendu.kit.safe_http import HttpFailed, HttpRefused, Response, fetch, read_retry_after
from local_http import Answer


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": to})


def sent_headers(web, path: str) -> dict[str, str]:
    return next(asked for asked in web.server.asked if asked.path == path).headers


def test_gzip_bomb_is_refused_in_small_memory(web):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    web.server.routes["/bomb"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    fetch("http://public.test/")  # what is loaded once is not counted
    tracemalloc.start()
    with pytest.raises(HttpRefused, match="too_large"):
        fetch("http://public.test/bomb")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(bomb) < 250_000
    assert peak < 30_000_000


def test_a_bomb_within_a_bomb_and_unasked_brotli_are_refused(web):
    twice = gzip.compress(gzip.compress(bytes(1000)))
    web.server.routes["/twice"] = Answer(twice, headers={"Content-Encoding": "gzip, gzip"})
    web.server.routes["/br"] = Answer(b"\x0b", headers={"Content-Encoding": "br"})
    for path in ("/twice", "/br"):
        with pytest.raises(HttpRefused, match="encoding_unknown"):
            fetch(f"http://public.test{path}")


def test_compressed_bodies_are_read_whole(web):
    text = b"caf\xc3\xa9 " * 10_000
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "/gzip": ("gzip", gzip.compress(text)),
        "/members": ("gzip", gzip.compress(text[:30_000]) + gzip.compress(text[30_000:])),
        "/zlib": ("deflate", zlib.compress(text)),
        "/raw": ("deflate", raw.compress(text) + raw.flush()),
        "/plain": ("identity", text),
    }
    for path, (encoding, body) in bodies.items():
        web.server.routes[path] = Answer(body, headers={"Content-Encoding": encoding})
        assert fetch(f"http://public.test{path}").content == text, path


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"x" * 5000)[:25], b"not gzip at all, nor deflate \xff\xff"],
    ids=[
        "cut",
        "neither",
    ],  # gzip writes the time of the day: a name made of it differs from process to process
)
def test_a_damaged_compressed_body_is_a_passing_fault(web, body):
    web.server.routes["/bad"] = Answer(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(HttpFailed, match="body_malformed"):
        fetch("http://public.test/bad")


def test_a_declared_gigabyte_is_refused_before_it_is_read(web):
    web.server.routes["/big"] = Answer(b"x", headers={"Content-Length": "1073741824"})
    with pytest.raises(HttpRefused, match="too_large"):
        fetch("http://public.test/big")


def test_an_endless_body_is_cut_at_the_cap(web):
    def endless(ask):
        ask.send_response(200)
        ask.end_headers()
        try:
            while not web.server.over.is_set():
                ask.wfile.write(b"x" * 65_536)
        except OSError:
            return

    web.server.routes["/endless"] = endless
    with pytest.raises(HttpRefused, match="too_large"):
        fetch("http://public.test/endless", max_bytes=300_000)


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_slow_drip_ends_at_the_deadline(web, part):
    """Each byte arrives well before any time-out of one read: only a total deadline ends it."""

    def drip(ask):
        if part == "body":
            ask.send_response(200)
            ask.end_headers()
        else:
            ask.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            while not web.server.over.wait(0.02):
                ask.wfile.write(b"x")
                ask.wfile.flush()
        except OSError:
            return

    web.server.routes["/drip"] = drip
    with pytest.raises(HttpFailed, match="timeout"):
        fetch("http://public.test/drip", deadline=0.3)


def test_a_mute_resolver_ends_at_the_deadline(web, monkeypatch):
    from entendu.kit.safe_http import addresses

    monkeypatch.setattr(addresses, "look_up", lambda host, port: web.server.over.wait(30) and [])
    with pytest.raises(HttpFailed, match="dns_failed"):
        fetch("http://public.test/", deadline=0.1)


def test_a_cut_body_is_a_passing_fault(web):
    web.server.routes["/cut"] = lambda ask: (
        ask.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx") and None
    )
    with pytest.raises(HttpFailed, match="protocol_error"):
        fetch("http://public.test/cut")


def test_garbage_instead_of_http_is_a_passing_fault(web):
    web.server.routes["/ssh"] = lambda ask: ask.wfile.write(b"SSH-2.0-OpenSSH\r\n") and None
    with pytest.raises(HttpFailed, match="protocol_error"):
        fetch("http://public.test/ssh")


def test_plain_text_on_the_tls_port_is_a_tls_fault(web):
    with pytest.raises(HttpFailed, match="tls_failed"):
        fetch("https://public.test/", deadline=2)


def test_redirects_are_followed_three_times_and_no_more(web):
    for step in range(5):
        web.server.routes[f"/{step}"] = redirect(f"/{step + 1}")
    web.server.routes["/2to5"] = redirect("/3")
    web.server.routes["/5"] = Answer(b"end")
    assert fetch("http://public.test/2to5").content == b"end"
    with pytest.raises(HttpRefused, match="too_many_redirects"):
        fetch("http://public.test/1")
    web.server.routes["/self"] = redirect("/self")
    with pytest.raises(HttpRefused, match="too_many_redirects"):
        fetch("http://public.test/self")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://127.0.0.1/", "address_not_public"),
        ("http://meta.test/latest", "address_not_public"),
        ("//10.0.0.5/", "address_not_public"),
        ("http://public.test:22/", "port_not_allowed"),
        ("file:///etc/passwd", "scheme_not_allowed"),
        ("http://[::1", "redirect_malformed"),
    ],
)
def test_a_redirect_is_checked_like_an_address(web, to, code):
    web.server.routes["/r"] = redirect(to)
    with pytest.raises(HttpRefused) as refusal:
        fetch("http://public.test/r")
    assert refusal.value.code == code
    assert web.dangerous == []


def test_secrets_do_not_follow_to_another_origin(web):
    web.server.routes["/r"] = redirect("http://other.test/landing")
    web.server.routes["/landing"] = Answer(b"ok")
    secrets = {"Authorization": "Bearer s", "Cookie": "s", "X-Api-Key": "s", "Accept": "text/html"}
    fetch("http://public.test/r", headers=secrets)
    assert sent_headers(web, "/r")["authorization"] == "Bearer s"
    landed = sent_headers(web, "/landing")
    assert not {"authorization", "cookie", "x-api-key"} & landed.keys()
    assert landed["accept"] == "text/html"


def test_secrets_follow_within_an_origin(web):
    web.server.routes["/r"] = redirect("/landing")
    web.server.routes["/landing"] = Answer(b"ok")
    fetch("http://public.test/r", headers={"Authorization": "Bearer s"})
    assert sent_headers(web, "/landing")["authorization"] == "Bearer s"


def test_a_redirect_from_https_to_http_with_credentials_is_refused():
    from entendu.kit.safe_http.addresses import read_url
    from entendu.kit.safe_http.door import _Hop

    here, onward = read_url("https://public.test/"), read_url("http://public.test/")
    with pytest.raises(HttpRefused, match="redirect_drops_tls"):
        _Hop("GET", {"authorization": "s"}, None).redirected(here, onward, 302)
    assert _Hop("GET", {"accept": "a"}, None).redirected(here, onward, 302).headers == {"accept": "a"}


def test_a_body_is_not_carried_to_another_origin(web):
    web.server.routes["/r"] = redirect("http://other.test/landing", 307)
    with pytest.raises(HttpRefused, match="redirect_of_write"):
        fetch("http://public.test/r", method="POST", content=b"secret")
    assert [asked.path for asked in web.server.asked] == ["/r"]


def test_post_becomes_get_after_see_other(web):
    web.server.routes["/r"] = redirect("/landing", 303)
    web.server.routes["/landing"] = Answer(b"ok")
    fetch("http://public.test/r", method="POST", content=b"x", headers={"Content-Type": "text/plain"})
    assert [(asked.method, asked.body) for asked in web.server.asked] == [("POST", b"x"), ("GET", b"")]


def test_a_permanent_move_is_reported_and_a_passing_one_is_not(web):
    web.server.routes["/old"] = redirect("/new", 301)
    web.server.routes["/new"] = redirect("/now", 302)
    web.server.routes["/now"] = Answer(b"ok")
    response = fetch("http://public.test/old")
    assert (response.url, response.moved_to) == ("http://public.test/now", "http://public.test/new")
    assert fetch("http://public.test/new").moved_to == ""


def test_host_and_encodings_are_not_the_callers_choice(web):
    fetch("http://public.test/", headers={"Host": "evil.test", "Accept-Encoding": "br", "User-Agent": "x"})
    sent = sent_headers(web, "/")
    assert (sent["host"], sent["accept-encoding"], sent["user-agent"]) == (
        "public.test",
        "gzip, deflate",
        "x",
    )
    fetch("http://public.test/?2")
    assert sent_headers(web, "/?2")["user-agent"].startswith("Entendu")


@pytest.mark.parametrize("value", ["a\r\nX: 1", "a\x00", "☃"])
def test_a_header_cannot_smuggle_another(web, value):
    with pytest.raises(HttpRefused, match="header_malformed"):
        fetch("http://public.test/", headers={"X-Note": value})
    assert web.server.asked == []


def test_status_becomes_an_error_only_when_asked(web):
    web.server.routes["/busy"] = Answer(status=429, headers={"Retry-After": "120"})
    web.server.routes["/gone"] = Answer(status=410)
    assert fetch("http://public.test/busy").status == 429
    with pytest.raises(HttpFailed) as busy:
        fetch("http://public.test/busy").checked()
    assert (busy.value.code, busy.value.retry_after) == ("http_429", 120.0)
    with pytest.raises(HttpRefused, match="http_410"):
        fetch("http://public.test/gone").checked()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("90", 90.0),
        ("1000000000", 86_400.0),
        ("Fri, 01 May 2026 12:10:00 GMT", 600.0),
        ("Fri, 01 May 2020 12:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("9" * 30, None),
        ("Fri, 99 May 2026 99:00:00 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    with clock.at(datetime(2026, 5, 1, 12, 0, tzinfo=UTC)):
        assert read_retry_after(value) == seconds


def test_type_and_charset_of_a_response():
    response = Response(200, {"content-type": 'Text/HTML; Charset="ISO-8859-1"'}, b"", "http://public.test/")
    assert (response.media_type, response.charset) == ("text/html", "iso-8859-1")
    assert Response(200, {}, b"", "").charset == ""


def test_asynchronous_callers(web):
    from entendu.kit.safe_http import afetch

    assert asyncio.run(afetch("http://public.test/")).content == b"SECRET"
    with pytest.raises(HttpRefused):
        asyncio.run(afetch("http://127.0.0.1/"))


def test_redirected_json_keeps_its_bytes(web):
    web.server.routes["/j"] = Answer(json.dumps({"é": 1}).encode())
    assert json.loads(fetch("http://public.test/j").content) == {"é": 1}
