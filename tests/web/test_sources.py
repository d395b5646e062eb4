"""What a channel follows: found on a site, taken from a list, shown with its trouble, followed no more."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel
from entendu.channels.follow import follow
from entendu.channels.models import Channel, Source
from entendu.connectors.feed import polite
from entendu.kit import clock
from entendu.wire import Address
from feed_docs import item, rss
from local_http import Answer, LocalServer, local_server
from web.conftest import browser_of
from web.test_listen import price

PAGE = (
    b"<html><head><link rel=alternate type=application/rss+xml title=Comments href=/comments>"
    b"<link rel=alternate type=application/atom+xml title=Articles href=/feed></head><body></body></html>"
)
OPML = (
    b"<opml version='2.0'><body><outline text='Pain'><outline text='A' xmlUrl='https://a.example/feed'/></outline>"
    b"<outline text='B' xmlUrl='https://b.example/feed'/></body></opml>"
)


@pytest.fixture
def site(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    monkeypatch.setattr(polite, "INTERVAL", 0.0)
    monkeypatch.setattr(polite, "_next_slot", {})
    with local_server() as running:
        settings.HTTP_ALLOW = [running.host]
        running.routes["/"] = Answer(PAGE, headers={"Content-Type": "text/html"})
        running.routes["/feed"] = rss(item(1))
        yield running


@pytest.fixture
def press(organisation: Organisation) -> Channel:
    return add_channel(organisation, kind="feed", name="Presse", settings={})


@pytest.fixture
def admin_s(admin: Membership) -> Client:
    return browser_of(admin)


def followed() -> list[str]:
    return sorted(Source.objects.values_list("address", flat=True))


def test_who_does_not_administer_looks_only(press: Channel, bob_s: Client, charlie: Membership) -> None:
    follow(press, [Address("https://a.example/feed", "Le Journal")])
    source = Source.objects.get()
    page = bob_s.get(f"/channels/{press.pk}/sources/").content.decode()
    assert "Le Journal" in page and "<textarea" not in page and "Follow no more" not in page
    assert bob_s.post(f"/channels/{press.pk}/follow/", {"addresses": "https://b.example/"}).status_code == 403
    assert bob_s.post(f"/sources/{source.pk}/remove/").status_code == 403
    charlie.role = "admin"
    charlie.save()
    stranger = browser_of(charlie)
    for url in (f"/channels/{press.pk}/sources/", f"/channels/{press.pk}/list/"):
        assert stranger.get(url).status_code == 404
    for url in (
        f"/channels/{press.pk}/follow/",
        f"/sources/{source.pk}/look/",
        f"/sources/{source.pk}/remove/",
    ):
        assert stranger.post(url).status_code == 404
    assert followed() == ["https://a.example/feed"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type an address"),
        ("ftp://x.example/", "Only http and https"),
        ("https://127.0.0.1/", "private network"),
        ("{site}/none", "error 404|No feed|is not there|feed"),
    ],
)
def test_what_does_not_do_is_said_beside_what_was_typed(
    press: Channel, admin_s: Client, site: LocalServer, typed: str, words: str
) -> None:
    text = typed.format(site=site.url)
    answer = admin_s.post(f"/channels/{press.pk}/follow/", {"addresses": text})
    page = answer.content.decode()
    assert answer.status_code == 422 and "field-error" in page
    assert any(word in page for word in words.split("|")) and text in page
    assert followed() == []


def test_the_feeds_of_a_site_are_shown_to_choose_from(
    press: Channel, admin_s: Client, site: LocalServer
) -> None:
    url = f"/channels/{press.pk}/follow/"
    page = admin_s.post(url, {"addresses": site.url + "/"}).content.decode()
    assert page.index("Articles") < page.index("Comments")
    assert page.count("checked") == 1 and followed() == []
    admin_s.post(url, {"pick": [f"{site.url}/comments", f"{site.url}/feed"]})
    assert followed() == [f"{site.url}/comments", f"{site.url}/feed"]


def test_an_address_that_is_a_feed_is_followed_at_once_under_its_name(
    press: Channel, admin_s: Client, site: LocalServer
) -> None:
    page = admin_s.post(f"/channels/{press.pk}/follow/", {"addresses": f"{site.url}/feed"}, follow=True)
    assert "Le journal" in page.content.decode()
    again = admin_s.post(f"/channels/{press.pk}/follow/", {"addresses": f"{site.url}/feed"}, follow=True)
    assert "1 was followed already." in again.content.decode()


def test_a_new_channel_begins_with_what_was_chosen(admin_s: Client, site: LocalServer) -> None:
    form = {"name": "Blog", "set_url": site.url + "/", "set_full_text": "yes"}
    page = admin_s.post("/channels/add/feed/", form).content.decode()
    assert "Which of these feeds?" in page and not Channel.objects.exists()
    assert f'value="{site.url}/"' in page and 'value="yes" checked' in page
    answer = admin_s.post("/channels/add/feed/", form | {"pick": [f"{site.url}/feed"]}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("/sources/")
    channel = Channel.objects.get()
    assert (followed(), channel.settings) == (
        [f"{site.url}/feed"],
        {"full_text": "true", "comments": "false"},
    )
    assert "set_url" not in admin_s.get(f"/channels/{channel.pk}/").content.decode()


def test_a_site_without_feeds_opens_nothing(admin_s: Client, site: LocalServer) -> None:
    site.routes["/"] = Answer(b"<html><body>Bonjour</body></html>")
    del site.routes["/feed"]
    answer = admin_s.post("/channels/add/feed/", {"name": "Blog", "set_url": site.url + "/"})
    assert answer.status_code == 422 and "No feed was found" in answer.content.decode()
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose a file."),
        (b"", "Choose a file."),
        (b"not a list", "cannot be read"),
        (b"<opml><body>" + b" " * 5_000_001, "too large"),
    ],
)
def test_a_list_that_is_none_is_refused_in_words(
    press: Channel, admin_s: Client, file: bytes | None, words: str
) -> None:
    form = {} if file is None else {"list": SimpleUploadedFile("l.opml", file)}
    answer = admin_s.post(f"/channels/{press.pk}/list/add/", form)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_list_comes_in_and_goes_out(press: Channel, admin_s: Client) -> None:
    page = admin_s.post(
        f"/channels/{press.pk}/list/add/", {"list": SimpleUploadedFile("l.opml", OPML)}, follow=True
    ).content.decode()
    assert "2 addresses are followed." in page
    out = admin_s.get(f"/channels/{press.pk}/list/")
    assert out["Content-Disposition"].startswith("attachment")
    for word in ("Pain", "https://a.example/feed", "https://b.example/feed"):
        assert word in out.content.decode()


def test_trouble_is_counted_shown_and_looked_at_again(press: Channel, admin_s: Client) -> None:
    follow(press, [Address("https://a.example/feed", "Aube"), Address("https://b.example/feed", "Brise")])
    bad = Source.objects.get(title="Aube")
    Source.objects.filter(pk=bad.pk).update(
        state="blocked", state_code="feed_gone", failures=3, state_since=clock.now()
    )
    channels = admin_s.get("/channels/").content.decode()
    assert "2 addresses" in channels and "1 in difficulty" in channels
    page = admin_s.get(f"/channels/{press.pk}/sources/?trouble=1").content.decode()
    assert ">Aube<" in page and ">Brise<" not in page
    assert ">Brise<" in admin_s.get(f"/channels/{press.pk}/sources/?q=b.example").content.decode()
    admin_s.post(f"/sources/{bad.pk}/look/")
    bad.refresh_from_db()
    assert bad.next_check_at <= clock.now()
    admin_s.post(f"/sources/{bad.pk}/remove/")
    assert followed() == ["https://b.example/feed"]
    assert "follows fewer addresses on" in admin_s.get("/team/trail/").content.decode()


def test_longer_lists_cost_no_more_queries(press: Channel, admin_s: Client) -> None:
    urls = ("/channels/", f"/channels/{press.pk}/sources/")
    follow(press, [Address(f"https://a{number}.example/") for number in range(3)])
    before = {url: price(admin_s, url) for url in urls}
    follow(press, [Address(f"https://b{number}.example/") for number in range(60)])
    assert {url: price(admin_s, url) for url in urls} == before
    assert admin_s.get(urls[1]).content.decode().count("line-name") == 50
