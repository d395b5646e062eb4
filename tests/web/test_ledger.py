"""The ledger on a page: the figures add up, and each opens exactly the receipts that it counts."""

import re
from html import unescape
from pathlib import Path

from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.kit import clock
from entendu.mentions.models import Receipt
from hear import hear, said
from make import make_channel, make_query


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
