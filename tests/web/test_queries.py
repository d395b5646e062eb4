"""Queries and topics: errors beside the field in the reader's language, a preview on what is stored, the trail."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Topic
from entendu.analysis.topics import add_topic
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.models import Match, Mention, Query
from hear import hear, said
from make import make_mention, make_query
from web.conftest import browser_of
from web.test_listen import price

GOOD = {
    "name": "Nom", "text": "levain OR brioche", "purpose": "savoir", "basis": "contract", "takes": "both",
    "review_on": (clock.now() + timedelta(days=90)).date().isoformat(),
}  # fmt: skip


@pytest.fixture
def query(organisation: Organisation, manager: Membership) -> Query:
    return make_query(organisation, "levain OR brioche", name="Nom", by=manager)


@pytest.fixture
def good(manager: Membership) -> dict[str, str]:
    return GOOD | {"reviewer": str(manager.user_id)}


@pytest.fixture
def manager_s(manager: Membership) -> Client:
    return browser_of(manager)


def test_agents_look_and_change_nothing(query: Query, alice_s: Client) -> None:
    assert "levain OR brioche" in re.sub("<[^>]*>", "", alice_s.get("/queries/").content.decode())
    assert "Add a query" not in alice_s.get("/queries/").content.decode()
    for url in ("/queries/add/", f"/queries/{query.pk}/"):
        assert alice_s.get(url).status_code == 403
        assert alice_s.post(url, GOOD).status_code == 403
    for act in ("switch", "remove"):
        assert alice_s.post(f"/queries/{query.pk}/{act}/").status_code == 403
    assert alice_s.post("/queries/topics/add/", {}).status_code == 403


def test_strangers_see_and_change_nothing(query: Query, charlie: Membership) -> None:
    charlie.role = "admin"
    charlie.save()
    browser = browser_of(charlie)
    assert "levain" not in browser.get("/queries/").content.decode()
    assert browser.get(f"/queries/{query.pk}/").status_code == 404
    for act in ("switch", "remove"):
        assert browser.post(f"/queries/{query.pk}/{act}/").status_code == 404
    topic = add_topic(query.organisation, name_en="Bread", name_fr="Pain")
    assert browser.post(f"/queries/topics/{topic.pk}/", {"name_en": "x", "name_fr": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purpose", " "),
        ("basis", ""),
        ("basis", "curiosity"),
        ("reviewer", ""),
        ("reviewer", "999"),
        ("review_on", ""),
        ("review_on", "2020-01-01"),
        ("review_on", "soon"),
    ],
)
def test_none_is_kept_without_its_grounds(
    good: dict[str, str], manager_s: Client, field: str, value: str
) -> None:
    answer = manager_s.post("/queries/add/", good | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.content.decode()
    assert not Query.objects.exists()


def test_a_legitimate_interest_is_weighed(good: dict[str, str], manager_s: Client) -> None:
    interest = good | {"basis": "legitimate_interest"}
    assert 'id="balance-error"' in manager_s.post("/queries/add/", interest).content.decode()
    manager_s.post("/queries/add/", interest | {"balance": "Propos publics"})
    assert Query.objects.get().balance == "Propos publics"


def test_listening_to_everybody_is_refused_until_it_is_on_purpose(
    good: dict[str, str], manager_s: Client
) -> None:
    wide = good | {"text": "NOT brioche"}
    page = manager_s.post("/queries/add/", wide)
    assert (page.status_code, Query.objects.exists()) == (422, False)
    assert 'name="wide"' in page.content.decode()
    manager_s.post("/queries/add/", wide | {"wide": "1"})
    assert Query.objects.get().wide is True


@pytest.mark.parametrize(("language", "sentence"), [("en", "needs a word"), ("fr", "attend un mot")])
def test_syntax_error_stands_beside_the_field(manager: Membership, language: str, sentence: str) -> None:
    answer = browser_of(manager, language).post(
        "/queries/add/", GOOD | {"text": "pain OR", "reviewer": str(manager.user_id)}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "pain <mark>OR</mark>" in page
    assert 'value="savoir"' in page  # what was typed is not lost


def test_same_name_twice_is_refused(query: Query, good: dict[str, str], manager_s: Client) -> None:
    assert "one with this name already" in manager_s.post("/queries/add/", good).content.decode()
    assert Query.objects.count() == 1


def test_added_changed_and_switched_off_with_a_trail(good: dict[str, str], manager_s: Client) -> None:
    manager_s.post("/queries/add/", good | {"opens_conversations": "1"})
    query = Query.objects.get()
    assert (query.text, query.opens_conversations, query.active) == ("levain OR brioche", True, True)
    manager_s.post(f"/queries/{query.pk}/", good | {"text": "levain", "name": "Notre nom"})
    manager_s.post(f"/queries/{query.pk}/switch/", {"on": "0"})
    query.refresh_from_db()
    assert (query.text, query.active, query.opens_conversations) == ("levain", False, False)
    page = manager_s.get("/queries/").content.decode()
    assert "<del>levain OR brioche</del>" in page
    assert "switched off" in page
    assert "Maud Orchestre" in page


def test_preview_counts_and_shows_what_is_stored(
    organisation: Organisation, elsewhere: Organisation, alice_s: Client, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [said(f"k{n}", f"brioche numéro {n}") for n in range(7)])
    hear(elsewhere, tmp_path, [said("x", "brioche d’ailleurs")], name="other")
    page = alice_s.get("/queries/preview/?text=brioche").content.decode()
    assert ">7 " in page
    assert page.count("<mark>brioche</mark> numéro") == 5
    assert "ailleurs" not in page


def test_preview_flags_what_would_listen_to_everybody(alice_s: Client) -> None:
    assert "no rare word" in alice_s.get("/queries/preview/?text=NOT+brioche").content.decode()
    assert "no rare word" not in alice_s.get("/queries/preview/?text=tourlevent").content.decode()


def test_list_counts_the_matches_of_the_last_days(query: Query, channel: Channel, alice_s: Client) -> None:
    for at in (None, "2020-01-01"):
        mention = make_mention(channel, "levain")
        Match.objects.create(query=query, mention=mention, day=at or clock.now().date())
    assert "1 in 7 days · 1 in 30 days" in alice_s.get("/queries/").content.decode()


def test_removed_query_leaves_its_messages(query: Query, channel: Channel, manager_s: Client) -> None:
    Match.objects.create(query=query, mention=make_mention(channel, "levain"))
    manager_s.post(f"/queries/{query.pk}/remove/")
    assert (Query.objects.count(), Mention.objects.count()) == (0, 1)


def test_topic_is_added_changed_and_refused(organisation: Organisation, manager_s: Client) -> None:
    manager_s.post("/queries/topics/add/", {"name_en": "Bread", "name_fr": "Pain", "words": "pain OR bread"})
    topic = Topic.objects.get()
    bad = manager_s.post(f"/queries/topics/{topic.pk}/", {"name_en": "B", "name_fr": "P", "words": "(pain"})
    assert (bad.status_code, "<mark>(</mark>pain" in bad.content.decode()) == (422, True)
    assert "Both names" in manager_s.post("/queries/topics/add/", {"name_en": "X"}).content.decode()
    taken = manager_s.post("/queries/topics/add/", {"name_en": "Bread", "name_fr": "Pain"})
    assert "already" in taken.content.decode()
    manager_s.post(f"/queries/topics/{topic.pk}/", {"name_en": "B", "name_fr": "P", "words": "miche"})
    topic.refresh_from_db()
    assert (topic.name_fr, topic.words) == ("P", "miche")


def test_longer_lists_cost_no_more_queries(
    organisation: Organisation, manager: Membership, channel: Channel, manager_s: Client
) -> None:
    def more() -> None:
        for _round in range(4):
            number = Query.objects.count()
            one = make_query(organisation, "levain", name=f"q{number}", by=manager)
            topic = add_topic(organisation, name_en=f"t{number}", name_fr="t")
            mention = make_mention(channel, "a")
            Match.objects.create(query=one, mention=mention)
            mention.tags.create(topic=topic)

    more()
    before = {url: price(manager_s, url) for url in ("/queries/", "/queries/topics/")}
    more()
    assert {url: price(manager_s, url) for url in before} == before
