"""From the claim of a site to a mention, and back when the page goes: through the real door and the real loop."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel
from entendu.channels.endpoint import address_of
from entendu.channels.models import Channel, Endpoint, Source
from entendu.conversations.models import Conversation
from entendu.kit import clock
from entendu.mentions import receive
from entendu.mentions.models import Mention, Receipt
from entendu.worker.loop import Loop
from feed_docs import NOW
from local_http import Answer, LocalServer, local_server

OURS = "https://levain.example/dessert"
PING = (
    "<methodCall><methodName>pingback.ping</methodName><params><param><value>{}</value></param>"
    "<param><value>{}</value></param></params></methodCall>"
)


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def site(settings: LazySettings) -> Iterator[LocalServer]:
    """A fake blog that links to us."""
    with local_server() as running:
        settings.HTTP_ALLOW = [running.host]
        yield running


@pytest.fixture
def channel(organisation: Organisation) -> Channel:
    return add_channel(organisation, kind="webmention", name="Liens", settings={"sites": "levain.example"})


def door(channel: Channel) -> str:
    return "/in/" + address_of(Endpoint.objects.get(channel=channel)).rsplit("/", 2)[1] + "/"


def tell(channel: Channel, source: str, target: str = OURS):
    body = f"source={source}&target={target}"
    client = Client(enforce_csrf_checks=True)
    return client.post(door(channel), body, content_type="application/x-www-form-urlencoded")


def entry(text: str, relation: str = "") -> Answer:
    link = f"<a class='{relation}' href='{OURS}'>Levain</a>"
    said = f"<b class='p-author h-card'>Zoé</b><p class=e-content>{text}</p>{link}"
    page = f"<title>Blog</title><div class=h-entry>{said}</div>"
    return Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def later(**apart: float):
    return clock.at(clock.now() + timedelta(**apart))


def test_lies_are_forgotten_and_private_addresses_never_read(channel: Channel, site: LocalServer) -> None:
    assert tell(channel, "http://169.254.169.254/latest/").status_code == 202
    assert tell(channel, f"{site.url}/lie").status_code == 202
    assert tell(channel, f"{site.url}/a", "https://other.example/").status_code == 400
    for hours in (0, 1, 3, 6):
        with later(hours=hours):
            Loop().run_once()
    assert not Receipt.objects.exists() and not Source.objects.exists()
    assert len(site.asked) == 3


def test_a_claim_is_told_twice_and_heard_once(channel: Channel, site: LocalServer) -> None:
    site.routes["/a"] = entry("Le dessert était rassis.", "u-in-reply-to")
    assert tell(channel, f"{site.url}/a").status_code == 202
    assert site.asked == [], "nothing is fetched while they wait"
    tell(channel, f"{site.url}/a")
    Loop().run_once()
    mention = Mention.objects.get()
    assert (mention.text, mention.author.name) == ("Le dessert était rassis.", "Zoé")
    assert (mention.url, mention.thread_key, mention.addressed) == (f"{site.url}/a", OURS, True)
    assert Conversation.objects.count() == 1
    assert Receipt.objects.get().end == "conversation"


def test_a_pingback_is_answered_in_its_language(channel: Channel, site: LocalServer) -> None:
    site.routes["/a"] = entry("Le dessert était rassis.")
    answer = Client().post(door(channel), PING.format(f"{site.url}/a", OURS), content_type="text/xml")
    assert answer["Content-Type"].startswith("text/xml") and b"<params>" in answer.content
    fault = Client().post(
        door(channel), PING.format(f"{site.url}/a", "https://x.example/"), content_type="text/xml"
    )
    assert fault.status_code == 200 and b"<int>33</int>" in fault.content
    Loop().run_once()
    assert Mention.objects.get().text == "Le dessert était rassis."


def test_told_again_a_page_is_read_again_and_one_that_went_is_a_tombstone(
    channel: Channel, site: LocalServer
) -> None:
    site.routes["/a"] = entry("Rassis.")
    tell(channel, f"{site.url}/a")
    Loop().run_once()
    site.routes["/a"] = entry("Finalement bon.")
    with later(minutes=5):
        tell(channel, f"{site.url}/a")
        Loop().run_once()
    mention = Mention.objects.get()
    assert (mention.text, mention.revisions.get().text) == ("Finalement bon.", "Rassis.")
    site.routes["/a"] = Answer(b"", 410)
    with later(minutes=10):
        tell(channel, f"{site.url}/a")
        Loop().run_once()
    mention.refresh_from_db()
    assert (mention.text, mention.deleted_at is not None) == ("", True)
    assert not mention.revisions.exists()


def test_a_page_is_looked_at_every_day_without_being_told(channel: Channel, site: LocalServer) -> None:
    site.routes["/a"] = entry("Rassis.")
    tell(channel, f"{site.url}/a")
    Loop().run_once()
    site.routes["/a"] = Answer(b"", 410)
    with later(hours=24):
        Loop().run_once()
    assert Mention.objects.get().deleted_at is not None


def test_a_flood_of_claims_is_told_to_wait(
    channel: Channel, site: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "MOST_UNSEEN", 3)
    answers = [tell(channel, f"{site.url}/{number}").status_code for number in range(5)]
    assert answers == [202, 202, 202, 429, 429]
