"""Where the door refuses to go. Resolver and connect are shimmed (see conftest): no packet leaves."""

import ipaddress
import json
from contextlib import suppress
from pathlib import Path

import pytest

from entendu.kit.safe_http import HttpFailed, HttpRefused, fetch, is_public
from local_http import Answer

HOSTILE = json.loads((Path(__file__).parent / "data" / "hostile_urls.json").read_text())


def bare(url: str) -> str:
    """The address of an entry whose text also describes what stands there."""
    return url if url.endswith("X-Injected: 1") else url.split(" ")[0]


@pytest.mark.parametrize("entry", HOSTILE, ids=[entry["tag"] for entry in HOSTILE])
def test_hostile_url_reaches_no_closed_address(web, entry):
    web.answers["rebind.test"] = [["93.184.216.34"], ["127.0.0.1"]]
    web.server.routes["/redir"] = lambda ask: Answer(
        status=302, headers={"Location": ask.path.partition("to=")[2]}
    )
    web.server.routes["/r"] = Answer(status=302, headers={"Location": "http://127.0.0.1/"})
    for written in {entry["url"], bare(entry["url"])}:
        with suppress(HttpRefused, HttpFailed):
            assert fetch(written).url.startswith(("http://public.test/", "http://rebind.test/"))
    assert web.dangerous == []


def test_control_passes(web):
    assert fetch("http://public.test/").content == b"SECRET"
    assert fetch("http://PUBLIC.test./").content == b"SECRET"
    assert web.connects == [("93.184.216.34", 80)] * 2


def test_a_name_is_resolved_once_so_that_rebinding_gains_nothing(web):
    web.answers["rebind.test"] = [["93.184.216.34"], ["127.0.0.1"]]
    assert fetch("http://rebind.test/").status == 200
    assert web.lookups == ["rebind.test"]
    with pytest.raises(HttpRefused, match="address_not_public"):
        fetch("http://rebind.test/")
    assert web.dangerous == []


def test_one_bad_address_refuses_the_whole_answer(web):
    with pytest.raises(HttpRefused, match="address_not_public"):
        fetch("http://mixed.test/")
    assert web.connects == []


def test_a_peer_other_than_the_checked_address_is_refused(web):
    web.pretended = "10.0.0.5"
    with pytest.raises(HttpRefused, match="peer_changed"):
        fetch("http://public.test/")
    assert web.server.asked == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "scheme_not_allowed"),
        ("http://user:pw@public.test/", "userinfo_not_allowed"),
        ("http://public.test:22/", "port_not_allowed"),
        ("http://public.test/\r\nX: 1", "url_malformed"),
        ("http://2130706433/", "url_malformed"),
        ("http://public.test/" + "a" * 5000, "url_malformed"),
        ("http://", "url_malformed"),
        ("", "scheme_not_allowed"),
    ],
)
def test_the_refusal_is_named(web, url, code):
    with pytest.raises(HttpRefused) as refusal:
        fetch(url)
    assert refusal.value.code == code
    assert web.connects == []


def test_unknown_name_is_a_passing_fault(web):
    with pytest.raises(HttpFailed, match="dns_failed"):
        fetch("http://nowhere.test/")


def test_loopback_is_refused_without_the_allow_list_and_reached_with_it(server):
    with pytest.raises(HttpRefused):
        fetch(server.url)
    assert fetch(server.url, allow=(server.host,)).content == b"SECRET"
    with pytest.raises(HttpRefused, match="port_not_allowed"):
        fetch(server.url, allow=("127.0.0.1:1",))
    with pytest.raises(HttpRefused, match="port_not_allowed"):
        fetch(f"http://localhost:{server.port}/", allow=(server.host,))


@pytest.mark.parametrize("entry", ["127.0.0.1", ":80", "host:", "host:0", "host:99999", "*", ""])
def test_malformed_allow_entry_is_refused(entry):
    with pytest.raises(HttpRefused, match="allow_malformed"):
        fetch("http://public.test/", allow=(entry,))


def test_proxies_of_the_environment_are_ignored(web, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch("http://public.test/").status == 200
    assert web.dangerous == []


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
        "2606:4700::5efe:7f00:1",
    ],
)
def test_closed_addresses(text):
    assert not is_public(ipaddress.ip_address(text))
