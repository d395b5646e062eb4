"""What an organisation does not show on screen is on no page: not in a list, a thread, a person or the ledger."""

import pytest
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from entendu.mentions.documents import document_of
from entendu.mentions.index import index
from entendu.mentions.masking import set_rules
from entendu.mentions.models import PiiKind, Place
from entendu.people.models import Person
from make import make_conversation
from web.conftest import browser_of

PHONE = "06 12 34 56 78"
SAID = f"Rappelez-moi au {PHONE} pour ma brioche"


@pytest.fixture
def addresses(channel: Channel, organisation: Organisation, manager: Membership) -> list[str]:
    conversation = make_conversation(channel, SAID)
    person = Person.objects.get(identities__author=conversation.author)
    found = conversation.parts.get().mention
    index({found.pk: document_of(found, "fr", has_image=False)})
    return [
        "/listen/",
        f"/listen/{found.pk}/spread/",
        "/inbox/all/",
        f"/inbox/all/{conversation.number}/",
        f"/people/{person.pk}/",
        "/ledger/receipts/",
    ]


def holding(addresses: list[str], browser: Client) -> list[str]:
    pages = {address: browser.get(address) for address in addresses}
    assert {address: page.status_code for address, page in pages.items()} == dict.fromkeys(addresses, 200)
    return [address for address, page in pages.items() if PHONE in page.content.decode()]


def test_a_telephone_number_is_shown_where_nobody_masks_it(addresses: list[str], manager: Membership) -> None:
    assert holding(addresses, browser_of(manager)) == addresses


def test_a_masked_telephone_number_is_on_no_page(
    addresses: list[str], manager: Membership, admin: Membership
) -> None:
    set_rules(admin, [(PiiKind.PHONE, Place.SCREEN)])
    browser = browser_of(manager)
    assert holding(addresses, browser) == []
    assert "[phone] pour ma brioche" in browser.get("/listen/").content.decode()


def test_the_preview_of_a_query_masks_it_too(
    addresses: list[str], manager: Membership, admin: Membership
) -> None:
    browser = browser_of(manager)
    asked = {"text": "brioche"}
    assert PHONE in browser.get("/queries/preview/", asked, headers={"HX-Request": "true"}).content.decode()
    set_rules(admin, [(PiiKind.PHONE, Place.SCREEN)])
    answer = browser.get("/queries/preview/", asked, headers={"HX-Request": "true"})
    assert PHONE not in answer.content.decode()
    assert "brioche" in answer.content.decode()
