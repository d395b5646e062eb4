"""The ledger on a page: the figures add up, and each opens exactly the receipts that it counts."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import orjson
from django.conf import LazySettings
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel
from entendu.channels.follow import follow
from entendu.channels.models import Alarm
from entendu.cli.sources import ask_whole
from entendu.kit import clock
from entendu.mentions.models import Receipt
from entendu.wire import Address
from entendu.worker.loop import Loop
from feed_docs import NOW, item, rss
from hear import hear, said
from local_http import local_server
from make import make_channel, make_query
from web.conftest import browser_of


def test_strangers_see_no_line(organisation: Organisation, charlie_s: Client, tmp_path: Path) -> None:
    hear(organisation, tmp_path, [said("a", "Bonjour")], name="Registre-x")
    assert "Registre-x" not in charlie_s.get("/ledger/").content.decode()
    assert "Bonjour" not in charlie_s.get("/ledger/receipts/").content.decode()
    assert (
        "Registre-x"
        not in charlie_s.get("/ledger/?channel=Registre-x")
        .content.decode()
        .split("<main")[1]
        .split("card")[0]
    )


def test_each_count_opens_what_it_counts(
    organisation: Organisation, alice_s: Client, manager: Membership, tmp_path: Path
) -> None:
    make_query(organisation, "brioche", by=manager)
    rows = [
        said("a", "Bonjour à vous"),
        said("b", "une brioche", "x", addressed=False),
        said("c", "rien pour nous", "y", addressed=False),
        said("d", "encore rien", "z", addressed=False),
        said("e", "Et alors ?", parent_key="a", minute=5),
    ]
    hear(organisation, tmp_path, rows, name="Boîte & co")
    page = alice_s.get("/ledger/").content.decode()
    assert "balanced" in page
    links = re.findall(r'<a href="(/ledger/receipts/[^"]*)">([^<]*)</a>', page)
    assert len(links) >= 5
    for address, words in links:
        count = int(re.search(r"\d+$", words.strip())[0])  # type: ignore[index]
        assert len(alice_s.get(unescape(address)).context["rows"]) == count, address
    assert "no query finds it: 2" in page


def test_what_waits_is_counted_apart(organisation: Organisation, alice_s: Client) -> None:
    channel = make_channel(organisation, "Boîte")
    Receipt.objects.create(
        organisation=organisation, channel=channel, key="k", content=b"", received_at=clock.now()
    )
    page = alice_s.get("/ledger/").content.decode()
    assert "end=waiting" in page
    assert "not decided yet" in alice_s.get("/ledger/receipts/?end=waiting").content.decode()


def test_nonsense_in_the_address_breaks_nothing(organisation: Organisation, alice_s: Client) -> None:
    for address in ("since=x&until=2026-13-01", "channel=nowhere", "since=2026-01-02&until=2026-01-01"):
        assert alice_s.get(f"/ledger/?{address}").status_code == 200
    for address in ("day=x&end=y&reason=z", "cursor=%%%", "reason="):
        assert alice_s.get(f"/ledger/receipts/?{address}").status_code == 200


def test_strangers_open_no_source_and_readers_ask_none(
    organisation: Organisation, charlie_s: Client, bob_s: Client
) -> None:
    channel = make_channel(organisation, "Boîte")
    for url in (f"/ledger/sources/{channel.pk}/", f"/ledger/export/csv/?channel={channel.name}"):
        assert "Boîte" not in charlie_s.get(url).content.decode()
    assert charlie_s.get(f"/ledger/sources/{channel.pk}/").status_code == 404
    assert bob_s.post(f"/ledger/sources/{channel.pk}/compare/").status_code == 403
    assert charlie_s.get("/ledger/export/exe/").status_code == 404


def test_the_source_is_asked_and_its_answer_shown(
    organisation: Organisation, manager: Membership, tmp_path: Path
) -> None:
    manager_s = browser_of(manager)
    channel = hear(organisation, tmp_path, [said("a", "Un"), said("b", "Deux")], name="Fichier")
    Receipt.objects.filter(key__contains="b").delete()  # lost by some accident of ours
    page = manager_s.post(f"/ledger/sources/{channel.pk}/compare/", follow=True).content.decode()
    assert "The channel says 2, we hold 1. 1 was missing and is here now." in page
    assert Receipt.objects.count() == 2
    page = manager_s.get("/ledger/").content.decode()
    assert "something was missing, and was fetched" in page
    page = manager_s.post(f"/ledger/sources/{channel.pk}/compare/", follow=True).content.decode()
    assert "The channel says 2, we hold 2." in page


def test_many_addresses_are_asked_in_their_turn_and_their_answers_shown(
    organisation: Organisation, manager: Membership, settings: LazySettings
) -> None:
    manager_s = browser_of(manager)
    channel = add_channel(organisation, kind="feed", name="Presse", settings={})
    with local_server() as server:
        settings.HTTP_ALLOW = [server.host]
        server.routes["/a"] = rss(item(1))
        with clock.at(NOW - timedelta(days=20)):
            follow(channel, [Address(f"{server.url}/a")])
            Loop().run_once()
        Receipt.objects.all().delete()
        with clock.at(NOW - timedelta(days=18)):
            page = manager_s.post(f"/ledger/sources/{channel.pk}/compare/", follow=True).content.decode()
            assert "1 address is going to be asked" in page and "0 addresses asked" in page
            found = ask_whole(channel)
            assert (found.asked, found.verdict, Receipt.objects.count()) == (1, "mended", 1)
            page = manager_s.get(f"/ledger/sources/{channel.pk}/").content.decode()
            assert "1 address asked" in page and "1 was missing and was fetched" in page
            assert f"{server.url}/a" in page, "the alarm says where"
            page = manager_s.post(f"/ledger/sources/{channel.pk}/compare/", follow=True).content.decode()
            assert "Each address was asked within the last hour" in page


def test_export_says_what_the_page_says_and_holds_no_formula(
    organisation: Organisation, alice_s: Client, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [said("a", "Un"), said("b", "Deux")], name='=HYPERLINK("x")')
    text = alice_s.get("/ledger/export/csv/").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["channel"].startswith("'=")
    assert (line["received"], line["balanced"]) == ("2", "True")
    (found,) = orjson.loads(alice_s.get("/ledger/export/json/").content)
    assert found["received"] == 2 and found["reasons"] == {}


def test_days_are_those_of_the_organisation(
    organisation: Organisation, alice_s: Client, tmp_path: Path
) -> None:
    organisation.timezone = "Asia/Tokyo"
    organisation.save()
    with clock.at(datetime(2026, 11, 3, 20, tzinfo=UTC)):
        hear(organisation, tmp_path, [said("a", "Un")])
        page = alice_s.get("/ledger/").content.decode()
    assert "day=2026-11-04" in page


def test_an_alarm_is_seen_in_the_menu_on_the_channels_and_on_the_dashboard(
    organisation: Organisation, alice_s: Client, charlie_s: Client
) -> None:
    channel = make_channel(organisation, "Muet-7")
    Alarm.objects.create(
        channel=channel,
        kind="silent",
        since=clock.now(),
        noticed_at=clock.now(),
        facts={"expected": 8, "usual": 3},
    )
    for url in ("/channels/", "/ledger/", "/dashboard/"):
        page = alice_s.get(url).content.decode()
        assert "nothing has come since" in page, url
        assert "count-alarm" in page
        assert "Muet-7" not in charlie_s.get(url).content.decode()
