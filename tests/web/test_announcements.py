"""The register of announcements: errors beside the field, both sides' words marked, one word of a person."""

import csv
import io
from datetime import date

import pytest
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.claims import ClaimTerms, add_claim
from entendu.analysis.models import Claim, ClaimMatch
from entendu.analysis.stages import look_back
from entendu.channels.models import Channel
from make import make_conversation, make_mention
from web.conftest import browser_of

SUNDAY = "Nos boulangeries sont ouvertes le dimanche matin dès 7 h"
SHUT = "Boulangerie fermée ce dimanche matin à 8 h, <b>personne</b>"


@pytest.fixture
def manager_s(manager: Membership) -> Client:
    return browser_of(manager)


@pytest.fixture
def claim(organisation: Organisation, manager: Membership, channel: Channel) -> Claim:
    terms = ClaimTerms(text=SUNDAY, kind="hours", valid_from=date(2020, 1, 1))
    made = add_claim(organisation, terms, by=manager)
    make_mention(channel, SHUT)
    while look_back(10):
        continue
    return made


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_agents_look_and_keep_no_register(claim: Claim, alice_s: Client) -> None:
    assert "Add an announcement" not in page(alice_s, "/claims/")
    for url in ("add/", f"{claim.pk}/change/", f"{claim.pk}/accept/", f"{claim.pk}/end/"):
        assert alice_s.post(f"/claims/{url}", {"text": "x"}).status_code == 403
    assert Claim.objects.get().state == "in_force"


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(manager_s: Client) -> None:
    typed = {"text": "Ouvert", "kind": "hours", "valid_from": "2026-02-01", "valid_until": "2026-01-01"}
    answer = manager_s.post("/claims/add/", typed)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'id="valid_until-error"' in shown and 'value="Ouvert"' in shown
    assert not Claim.objects.exists()


def test_one_announces_and_sees_who_contradicts(claim: Claim, manager_s: Client) -> None:
    manager_s.post("/claims/add/", {"text": "Livraison en 24 h", "kind": "time", "valid_from": "2026-01-01"})
    listed = page(manager_s, "/claims/")
    assert "1 person contradicts it" in listed and "Livraison en 24 h" in listed
    shown = page(manager_s, f"/claims/{claim.pk}/")
    assert "<mark>fermée</mark>" in shown
    assert "&lt;b&gt;" in shown and "<b>personne" not in shown


def test_a_word_of_a_person_wins_and_can_be_taken_back(claim: Claim, alice_s: Client) -> None:
    match = ClaimMatch.objects.get()
    for decision, people in (("rejected", "0 people contradict it"), ("", "1 person contradicts it")):
        alice_s.post(f"/claims/matches/{match.pk}/", {"decision": decision, "next": "//evil.example/"})
        assert people in page(alice_s, f"/claims/{claim.pk}/")


def test_nobody_is_sent_elsewhere_after_a_word(claim: Claim, alice_s: Client) -> None:
    url = f"/claims/matches/{ClaimMatch.objects.get().pk}/"
    answer = alice_s.post(url, {"decision": "confirmed", "next": "//evil.example/"})
    assert answer["Location"] == f"/claims/{claim.pk}/"


def test_the_inbox_and_the_stream_tell_it(claim: Claim, channel: Channel, alice_s: Client) -> None:
    conversation = make_conversation(channel, SHUT, author="autre")
    Claim.objects.update(back_at=conversation.last_at.replace(year=2090))
    while look_back(10):
        continue
    assert "Contradicts what we announced" in page(alice_s, f"/inbox/all/{conversation.number}/")
    assert "contradicts: Nos boulangeries" in page(alice_s, "/listen/")


def test_the_file_holds_the_counts_and_no_formula(
    organisation: Organisation, claim: Claim, manager: Membership, alice_s: Client
) -> None:
    add_claim(organisation, ClaimTerms(text="=1+1 gratuit"), by=manager)
    rows = list(csv.DictReader(io.StringIO(page(alice_s, "/claims/table.csv"))))
    assert [(row["announcement"], row["people"]) for row in rows] == [(SUNDAY, "1"), ("'=1+1 gratuit", "0")]


def test_the_list_asks_as_much_for_many_as_for_one(
    organisation: Organisation,
    claim: Claim,
    manager: Membership,
    alice_s: Client,
    django_assert_max_num_queries,
) -> None:  # type: ignore[no-untyped-def]
    for number in range(12):
        add_claim(organisation, ClaimTerms(text=f"Annonce {number}"), by=manager)
    page(alice_s, "/claims/")
    with django_assert_max_num_queries(30):
        page(alice_s, "/claims/")
