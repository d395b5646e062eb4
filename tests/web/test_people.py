"""Persons: one page across channels, links confirmed and undone, the right to be forgotten."""

import json

import pytest
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import Author, Mention
from entendu.people.models import Identity, Person
from make import make_author, make_channel, make_conversation, make_mention
from web.conftest import browser_of
from web.test_listen import price


def person_of(author: Author) -> Person:
    return Person.objects.get(
        identities__author=author, identities__confirmed_at__isnull=False, identities__ended_at__isnull=True
    )


@pytest.fixture
def dalila(channel: Channel) -> Person:
    return person_of(make_conversation(channel).author)


@pytest.fixture
def proposed(dalila: Person, organisation: Organisation) -> Identity:
    other = make_author(organisation, "dalila", network="other", audience=5000)
    return Identity.objects.create(
        author=other, person=dalila, evidence="same_handle", confidence=0.6, proposed_at=clock.now()
    )


def test_strangers_find_nobody(dalila: Person, proposed: Identity, charlie: Membership) -> None:
    charlie.role = "admin"
    charlie.save()
    browser = browser_of(charlie)
    assert "Dalila" not in browser.get("/people/").content.decode()
    assert browser.get(f"/people/{dalila.pk}/").status_code == 404
    assert browser.get(f"/people/{dalila.pk}/candidates/?q=da").status_code == 404
    for act in ("link", "export", "erase"):
        assert browser.post(f"/people/{dalila.pk}/{act}/", {"sure": "1"}).status_code == 404
    for act in ("confirm", "decline", "undo"):
        assert browser.post(f"/people/links/{proposed.pk}/{act}/").status_code == 404
    dalila.refresh_from_db()
    assert dalila.erased_at is None


def test_readers_link_nothing_and_agents_erase_nothing(
    dalila: Person, proposed: Identity, bob_s: Client, alice_s: Client
) -> None:
    assert bob_s.get(f"/people/{dalila.pk}/").status_code == 200
    for act in ("confirm", "decline", "undo"):
        assert bob_s.post(f"/people/links/{proposed.pk}/{act}/").status_code == 403
    assert bob_s.post(f"/people/{dalila.pk}/link/").status_code == 403
    for act in ("export", "erase"):
        assert alice_s.post(f"/people/{dalila.pk}/{act}/", {"sure": "1"}).status_code == 403


def test_account_of_another_organisation_cannot_be_linked(
    dalila: Person, elsewhere: Organisation, alice_s: Client
) -> None:
    foreign = make_author(elsewhere, "dalila")
    assert alice_s.post(f"/people/{dalila.pk}/link/", {"author": foreign.pk}).status_code == 404


def test_search_finds_by_name_and_handle(dalila: Person, organisation: Organisation, bob_s: Client) -> None:
    make_author(organisation, "jules")
    page = bob_s.get("/people/?q=@dal").content.decode()
    assert "Dalila" in page
    assert "Jules" not in page


def test_confirmed_link_shows_both_channels_on_one_page_and_undoes(
    dalila: Person, proposed: Identity, organisation: Organisation, alice_s: Client
) -> None:
    forum = make_channel(organisation, "Forum")
    mention = make_mention(forum, "Sur le forum aussi", "x")
    Mention.objects.filter(pk=mention.pk).update(author=proposed.author)
    page = alice_s.get(f"/people/{dalila.pk}/").content.decode()
    assert "Sur le forum aussi" not in page
    assert "same handle on another network" in page
    alice_s.post(f"/people/links/{proposed.pk}/confirm/")
    page = alice_s.get(f"/people/{dalila.pk}/").content.decode()
    assert "Sur le forum aussi" in page
    assert "Mille-feuille immangeable" in page
    assert "audience ≈ 5,000 (estimated)" in page
    alice_s.post(f"/people/links/{proposed.pk}/undo/")
    assert "Sur le forum aussi" not in alice_s.get(f"/people/{dalila.pk}/").content.decode()


def test_declined_link_is_not_proposed_again(dalila: Person, proposed: Identity, alice_s: Client) -> None:
    alice_s.post(f"/people/links/{proposed.pk}/decline/")
    assert "same handle on another network" not in alice_s.get(f"/people/{dalila.pk}/").content.decode()
    again = alice_s.post(f"/people/links/{proposed.pk}/confirm/", follow=True)
    assert "was decided already" in again.content.decode()


def test_link_by_hand_keeps_the_evidence(dalila: Person, organisation: Organisation, alice_s: Client) -> None:
    other = make_author(organisation, "mme_d", network="other")
    assert "mme_d" in alice_s.get(f"/people/{dalila.pk}/candidates/?q=mme").content.decode()
    alice_s.post(
        f"/people/{dalila.pk}/link/", {"author": other.pk, "evidence": "said_so", "note": "au téléphone"}
    )
    page = alice_s.get(f"/people/{dalila.pk}/").content.decode()
    assert "the person said so" in page
    assert "au téléphone" in page
    twice = alice_s.post(f"/people/{dalila.pk}/link/", {"author": other.pk})
    assert (twice.status_code, "this person already" in twice.content.decode()) == (422, True)


def test_export_is_a_download_of_what_is_kept(dalila: Person, admin: Membership) -> None:
    answer = browser_of(admin).post(f"/people/{dalila.pk}/export/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert [one["text"] for one in json.loads(answer.content)["messages"]] == ["Mille-feuille immangeable"]


def test_erasing_asks_first_then_forgets(dalila: Person, admin: Membership) -> None:
    browser = browser_of(admin)
    assert browser.post(f"/people/{dalila.pk}/erase/").status_code == 422
    assert Mention.objects.filter(text="Mille-feuille immangeable").exists()
    page = browser.post(f"/people/{dalila.pk}/erase/", {"sure": "1"}, follow=True).content.decode()
    assert "Erased person" in page
    assert "Mille-feuille" not in page
    assert "Dalila" not in browser.get("/people/").content.decode()


def test_longer_lives_and_lists_cost_no_more_queries(
    dalila: Person, channel: Channel, organisation: Organisation, alice_s: Client
) -> None:
    def more() -> None:
        for number in range(6):
            make_mention(channel, f"Encore {number}", "dalila")
            make_conversation(channel, f"Autre {number}", "dalila")
            make_author(organisation, f"a{Author.objects.count()}")

    more()
    before = {url: price(alice_s, url) for url in (f"/people/{dalila.pk}/", "/people/")}
    more()
    assert {url: price(alice_s, url) for url in before} == before


def test_long_life_is_shown_page_by_page(dalila: Person, channel: Channel, alice_s: Client) -> None:
    for number in range(60):
        make_mention(channel, f"Fois {number:02}", "dalila")
    first = alice_s.get(f"/people/{dalila.pk}/")
    assert len(first.context["moments"]) == 50
    rest = alice_s.get(f"/people/{dalila.pk}/", {"before": first.context["following"]})
    assert len(rest.context["moments"]) == 12
    assert alice_s.get(f"/people/{dalila.pk}/?before=nonsense").status_code == 200
