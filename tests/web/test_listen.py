"""The listening stream: who sees what, the filters, the price, and triage."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.topics import add_topic
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation
from entendu.mentions.models import Attachment, Match, Mention, Receipt
from entendu.web.access import right_of
from entendu.web.listen import pages, verbs
from hear import hear, said
from make import make_channel, make_conversation, make_mention, make_query
from web.conftest import HTMX, browser_of


def shown(client: Client, address: str = "/listen/") -> list[int]:
    page = client.get(address).content.decode()
    return [int(part.split('"')[0]) for part in page.split('data-row="')[1:]]


def price(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_each_door_says_who_may_pass() -> None:
    assert right_of(pages.listen) == right_of(pages.rows) == "look"
    assert right_of(verbs.open_) == right_of(verbs.drop) == "triage"
    assert right_of(verbs.correct) == right_of(pages.readings) == "correct"


def test_reader_sees_and_decides_nothing(channel: Channel, bob_s: Client) -> None:
    mention = make_mention(channel, "Bonjour")
    page = bob_s.get("/listen/").content.decode()
    assert "Bonjour" in page
    assert "said-check" not in page
    assert "Keep as a query" not in page
    for url in ("/listen/open/", "/listen/drop/"):
        assert bob_s.post(url, {"one": mention.pk, "reason": "spam"}).status_code == 403
    assert bob_s.post(f"/listen/{mention.pk}/correct/", {}).status_code == 403
    assert bob_s.get(f"/listen/{mention.pk}/readings/").status_code == 403
    assert Mention.objects.filter(pk=mention.pk).exists()


def test_strangers_see_and_touch_nothing(channel: Channel, charlie_s: Client) -> None:
    mention = make_mention(channel, "Bonjour")
    assert shown(charlie_s) == []
    refused = charlie_s.post("/listen/drop/", {"one": f"{mention.pk}:spam"}, headers=HTMX)
    assert (refused.status_code, refused.content.decode()) == (422, "This message is no longer here.")
    assert charlie_s.get(f"/listen/{mention.pk}/readings/").status_code == 404
    assert charlie_s.post(f"/listen/{mention.pk}/correct/", {}).status_code == 404
    assert Mention.objects.filter(pk=mention.pk).exists()


def test_our_own_words_and_deleted_ones_are_not_in_the_stream(channel: Channel, alice_s: Client) -> None:
    make_mention(channel, "Merci !", ours=True)
    make_mention(channel, "", deleted_at="2026-11-01T00:00Z")
    assert shown(alice_s) == []


def test_filters_narrow_and_live_in_the_address(
    channel: Channel, organisation: Organisation, alice_s: Client, manager: Membership
) -> None:
    topic = add_topic(organisation, name_en="Bread", name_fr="Pain", slug="bread")
    query = make_query(organisation, "levain", name="Nom", by=manager)
    other = make_channel(organisation, "Forum")
    calm = make_mention(other, "Joli", "jules", sentiment="positive", intent="praise", at="2026-11-03T12:00Z")
    calm.tags.create(topic=topic)
    Match.objects.create(query=query, mention=calm)
    opened = make_conversation(channel, at="2026-11-05T12:00Z").parts.get().mention
    assert shown(alice_s) == [opened.pk, calm.pk]
    only_calm = [
        "sentiment=positive", "intent=praise", f"channel={other.pk}", "topic=bread", f"query={query.pk}",
        "end=watched", "until=2026-11-04", "since=2026-11-03&until=2026-11-03",
    ]  # fmt: skip
    for address in only_calm:
        assert shown(alice_s, f"/listen/?{address}") == [calm.pk], address
    for address in ("end=conversation", "since=2026-11-04", "sentiment=negative"):
        assert shown(alice_s, f"/listen/?{address}") == [opened.pk], address
    for nonsense in ("channel=x", "since=2026-99-99", "cursor=????", "query=%00"):
        assert len(shown(alice_s, f"/listen/?{nonsense}")) == 2, nonsense


def test_words_are_a_query_of_the_query_language(
    organisation: Organisation, alice_s: Client, tmp_path: Path
) -> None:
    hear(
        organisation,
        tmp_path,
        [said("a", "La brioche est froide"), said("b", "Le croissant est chaud", minute=1)],
    )
    brioche = Mention.objects.get(key="a").pk
    assert shown(alice_s, "/listen/?q=brioche+NEAR/3+froide") == [brioche]
    assert shown(alice_s, "/listen/?q=(brioche+OU+croissant)+SAUF+chaud") == [brioche]


@pytest.mark.parametrize(("language", "sentence"), [("en", "never closed"), ("fr", "jamais fermée")])
def test_bad_words_are_shown_where_they_are_wrong(alice: Membership, language: str, sentence: str) -> None:
    answer = browser_of(alice, language).get("/listen/?q=pain+(brioche")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "pain <mark>(</mark>brioche" in page


def test_hostile_text_is_shown_as_text(channel: Channel, alice_s: Client) -> None:
    make_mention(channel, "<script>alert(1)</script>", "<b>x</b>")
    page = alice_s.get("/listen/?q=%3Cscript%3E").content.decode() + alice_s.get("/listen/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_a_longer_list_costs_no_more_queries(
    channel: Channel, organisation: Organisation, alice_s: Client, manager: Membership
) -> None:
    topic = add_topic(organisation, name_en="Bread", name_fr="Pain")
    query = make_query(organisation, "pain", name="Nom", by=manager)

    def more() -> None:
        for number in range(8):
            one = make_conversation(channel, f"Pain {number}", f"a{number}").parts.get().mention
            two = make_mention(channel, f"Encore {number}", f"b{number}")
            two.tags.create(topic=topic)
            Match.objects.create(query=query, mention=two)
            Attachment.objects.create(mention=one, name="x.png", media_type="image/png")

    more()
    before = price(alice_s, "/listen/")
    more()
    assert price(alice_s, "/listen/") == before
    assert before <= 28


def test_next_page_goes_on_where_the_first_ended(channel: Channel, alice_s: Client) -> None:
    pks = [make_mention(channel, f"m{number}").pk for number in range(60)]
    page = alice_s.get("/listen/")
    first = shown(alice_s)
    rest = shown(alice_s, f"/listen/rows/?cursor={page.context['following']}")
    assert (len(first), len(rest)) == (20, 20)
    assert sorted(first + rest) == pks[20:]


def test_reading_shows_confidence_and_correction(channel: Channel, alice_s: Client) -> None:
    mention = make_mention(channel, "Bonjour")
    assert "80%" in alice_s.get("/listen/").content.decode()
    answer = alice_s.post(
        f"/listen/{mention.pk}/correct/", {"facet": "sentiment", "value": "positive"}, headers=HTMX
    )
    assert answer.status_code == 200
    page = alice_s.get("/listen/").content.decode()
    assert "corrected by Alice Roy" in page
    assert "the machine said “negative”" in page


def test_opening_by_the_button_makes_a_conversation(channel: Channel, alice_s: Client) -> None:
    mention = make_mention(channel, "Je cherche un pain")
    answer = alice_s.post("/listen/open/", {"one": mention.pk}, headers=HTMX)
    assert "in conversation #1" in answer.content.decode()
    assert Conversation.objects.get().parts.get().mention == mention
    again = alice_s.post("/listen/open/", {"one": mention.pk}, headers=HTMX)
    assert (again.status_code, again.content.decode()) == (422, "This message is already in conversation #1.")


def test_many_are_dropped_at_once_and_refusals_are_told(channel: Channel, alice_s: Client) -> None:
    watched = [make_mention(channel, f"m{number}") for number in range(3)]
    kept = make_conversation(channel).parts.get().mention
    chosen = [one.pk for one in (*watched, kept)]
    answer = alice_s.post("/listen/drop/", {"mention": chosen, "reason": "spam"}, headers=HTMX)
    page = answer.content.decode()
    assert "3 messages dropped." in page
    assert "already in conversation" in page
    assert list(Mention.objects.all()) == [kept]
    assert Receipt.objects.filter(end="dropped", reason="spam", content=b"").count() == 3


def test_without_javascript_the_page_comes_back_with_its_filters(channel: Channel, alice_s: Client) -> None:
    mention = make_mention(channel, "m")
    answer = alice_s.post("/listen/open/", {"mention": mention.pk, "next": "/listen/?end=watched"})
    assert (answer.status_code, answer["Location"]) == (302, "/listen/?end=watched")
    elsewhere = alice_s.post("/listen/open/", {"mention": "x", "next": "https://evil.example/"})
    assert elsewhere["Location"] == "/listen/"


def test_machines_and_people_can_be_told_apart(channel: Channel, alice_s: Client) -> None:
    person = make_mention(channel, "Bonjour")
    machine = make_mention(channel, "Absent jusqu’à lundi", "robot", automatic=True)
    assert set(shown(alice_s)) == {person.pk, machine.pk}
    assert shown(alice_s, "/listen/?wrote=people") == [person.pk]
    assert shown(alice_s, "/listen/?wrote=machine") == [machine.pk]
