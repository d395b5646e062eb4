"""What a site claims, in two protocols: bad claims are named in the words of the protocol that was spoken."""

from urllib.parse import urlencode

import pytest
from lxml import etree

from entendu.connectors.webmention import WebmentionConnector
from entendu.wire import Refused

THEIRS, OURS = "https://blog.example/avis", "https://www.levain.example/dessert"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
XML = {"content-type": "text/xml"}


def connector() -> WebmentionConnector:
    return WebmentionConnector({"sites": "levain.example, https://shop.levain.example/"})


def ping(source: str = THEIRS, target: str = OURS, method: str = "pingback.ping") -> bytes:
    """As WordPress writes it."""
    values = "".join(
        f"<param><value><string>{value.replace('&', '&amp;')}</string></value></param>"
        for value in (source, target)
    )
    text = f"<methodCall><methodName>{method}</methodName><params>{values}</params></methodCall>"
    return f'<?xml version="1.0"?>\n{text}'.encode()


def form(source: str = THEIRS, target: str = OURS) -> bytes:
    return urlencode({"source": source, "target": target}).encode()


BAD = [
    (FORM, b"", "webmention_malformed"),
    (FORM, b"source=https://a.test/", "webmention_malformed"),
    (
        FORM,
        b"source=https://a.test/&source=https://b.test/&target=https://levain.example/",
        "webmention_malformed",
    ),
    (FORM, b"\xff\xfe", "webmention_malformed"),
    (FORM, b"&".join(b"a=%d" % n for n in range(60)), "webmention_malformed"),
    (FORM, form("javascript:alert(1)"), "webmention_source_malformed"),
    (FORM, form("http://[::1"), "webmention_source_malformed"),
    (FORM, form("https://a.test/ b"), "webmention_source_malformed"),
    (FORM, form("https://a.test/" + "x" * 2000), "webmention_source_malformed"),
    (FORM, form(target="https://evil.example/?levain.example"), "webmention_target_not_ours"),
    (FORM, form(target="https://levain.example.evil.example/"), "webmention_target_not_ours"),
    (FORM, form(OURS + "#a", OURS), "same_page"),
    ({"content-type": "application/json"}, b"{}", "media_type_unknown"),
    ({}, form(), "media_type_unknown"),
    (XML, b"<methodCall>", "webmention_malformed"),
    (XML, b"", "webmention_malformed"),
    (XML, ping(method="system.multicall"), "webmention_malformed"),
    (XML, ping(target="https://evil.example/"), "webmention_target_not_ours"),
    (
        XML,
        b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ping("&x;").split(b"\n")[1],
        "webmention_",
    ),
    (
        XML,
        b'<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 9 + b'">]><m>&b;</m>',
        "webmention_malformed",
    ),
]


@pytest.mark.parametrize(("headers", "body", "code"), BAD)
def test_what_is_no_claim_is_named(headers: dict[str, str], body: bytes, code: str) -> None:
    ours = connector()
    with pytest.raises(Refused) as refusal:
        ours.receive(headers, body)
    assert refusal.value.code.startswith(code)
    answer = ours.acknowledge(headers, refusal.value)
    if headers is XML:
        root = etree.fromstring(answer.text.encode())
        assert root.tag == "methodResponse" and root.find("fault") is not None
    else:
        assert answer.status in (400, 415) and refusal.value.code in answer.text


@pytest.mark.parametrize(("headers", "body"), [(FORM, form()), (XML, ping())])
def test_a_claim_is_an_address_to_look_at(headers: dict[str, str], body: bytes) -> None:
    (address,) = connector().receive(headers, body)
    assert (address.url, address.detail) == (THEIRS, OURS)


def test_each_protocol_is_thanked_in_its_words() -> None:
    assert connector().acknowledge(FORM, None).status == 202
    answer = connector().acknowledge(XML, None)
    root = etree.fromstring(answer.text.encode())
    assert (answer.status, answer.media_type.partition(";")[0]) == (200, "text/xml")
    assert root.findtext("params/param/value/string")


def test_addresses_with_ampersands_arrive_whole() -> None:
    (address,) = connector().receive(XML, ping("https://blog.example/?p=1&c=2"))
    assert address.url == "https://blog.example/?p=1&c=2"
