"""One page of numbers: the same as everywhere, each opening what it counts."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from entendu.analysis.models import Tag, Topic
from entendu.conversations.models import Conversation
from entendu.kit import clock
from entendu.measures.compute import last_days, measure
from entendu.measures.stages import roll_up
from make import make_conversation, make_mention


@pytest.fixture
def page(alice):
    client = Client()
    client.force_login(alice.user)

    def get(path="/dashboard/", **query):
        while roll_up(100):
            pass
        response = client.get(path, query)
        response.text_ = unescape(response.content.decode())
        return response

    return get


def links(response):
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', response.content.decode())]


def test_strangers_are_sent_to_sign_in(db):
    assert Client().get("/dashboard/").status_code == 302
    assert Client().get("/dashboard/backlog/conversations/").status_code == 302


def test_another_organisations_numbers_are_not_shown(channel, charlie):
    make_conversation(channel)
    client = Client()
    client.force_login(charlie.user)
    response = client.get("/dashboard/", {"channel": channel.pk})
    assert channel.name not in response.content.decode()
    listed = client.get("/dashboard/conversations_opened/conversations/").content.decode()
    assert "Mille-feuille" not in listed


def test_an_empty_house_says_so_and_shows_no_zero_percent(page):
    text = page().text_
    assert "–" in text
    assert "0 %" not in text


def test_numbers_are_those_of_the_measures(page, organisation, channel):
    for sentiment in ("positive", "positive", "negative"):
        make_mention(channel, "a", sentiment=sentiment)
    text = page().text_
    found = measure(organisation, "net_sentiment", *last_days(organisation, 30))
    assert round(found.now.value) == 33
    assert "+33" in text


def test_every_number_opens_its_messages(page, organisation, channel):
    topic = Topic.objects.create(organisation=organisation, slug="creme", name_en="Cream", name_fr="Crème")
    for number in range(3):
        one = make_conversation(channel, author=f"p{number}", at=clock.now() - timedelta(hours=1))
        Tag.objects.create(mention=one.parts.get().mention, topic=topic)
    answer = page()
    for address in links(answer):
        if address.startswith(("/listen/", "/dashboard/")):
            assert page(address).status_code == 200, address
    opened = page("/dashboard/backlog/conversations/", part="0_days")
    assert len(opened.context["rows"]) == Conversation.objects.count() == 3
    by_topic = next(address for address in links(answer) if "topic=creme" in address)
    assert page(by_topic).status_code == 200


def test_the_number_of_mentions_opens_just_as_many(page, channel):
    make_mention(channel, "Bonjour", at=clock.now())
    make_mention(channel, "Absent jusqu’à lundi", "robot", at=clock.now(), automatic=True)
    card = page().context["headlines"][0]
    assert card.n == len(page(card.url).context["rows"]) == 1


def test_the_table_says_what_the_curve_says(page, channel):
    make_mention(channel, "a", at=clock.now(), sentiment="negative")
    answer = page()
    values = answer.context["chart"]["data"]["values"]
    assert sum(value["n"] for value in values) == 1
    assert sum(day.total for day in answer.context["days"]) == 1
    assert len(values) == 30 * 3


@pytest.mark.parametrize("days", [7, 90])
def test_the_period_is_chosen(page, organisation, channel, days):
    make_mention(channel, "a", at=clock.now() - timedelta(days=40))
    assert page(days=days).context["asked"].perimeter.days == days
    assert page(days=days).context["headlines"][0].n == (1 if days == 90 else 0)


def test_from_one_day_to_another(page, channel):
    answer = page(since="2026-01-01", until="2026-01-31")
    assert answer.context["asked"].perimeter.days == 31
    assert answer.context["asked"].days == 0


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-02-02", "until": "2026-02-01"}, {"since": "0001-01-01", "until": "2026-01-01"},
        {"since": "9999-12-31", "until": "9999-12-31"},
    ],
)  # fmt: skip
def test_an_impossible_period_is_said_to_be(page, query):
    answer = page(**query)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text_


@pytest.mark.parametrize(
    "query",
    [
        {"days": "x"}, {"days": "0"}, {"since": "32/13/2026"}, {"since": "2026-02-30"}, {"channel": "9" * 30},
        {"channel": "-1"}, {"channel": "²"}, {"topic": "' OR 1=1--"}, {"language": "\x00"}, {"cursor": "x"},
    ],
)  # fmt: skip
def test_filters_of_nowhere_change_nothing(page, query):
    assert page(**query).status_code == 200
    assert page("/dashboard/first_response/conversations/", **query).status_code == 200


def test_a_measure_that_is_none_has_no_page(page):
    assert page("/dashboard/happiness/conversations/").status_code == 404


def test_the_page_costs_the_same_whatever_is_stored(
    page, alice, organisation, channel, django_assert_max_num_queries
):
    client = Client()
    client.force_login(alice.user)
    make_conversation(channel)
    page()
    with django_assert_max_num_queries(60) as queries:
        client.get("/dashboard/")
        most = len(queries)
    for number in range(12):
        topic = Topic.objects.create(organisation=organisation, slug=f"t{number}", name_en="a", name_fr="b")
        one = make_conversation(channel, author=f"p{number}", at=clock.now() - timedelta(days=number))
        Tag.objects.create(mention=one.parts.get().mention, topic=topic)
    page()
    with django_assert_max_num_queries(most + 1):  # the names of the topics, once there are some
        client.get("/dashboard/")


def test_in_french_the_numbers_are_french(page, alice, channel):
    make_mention(channel, "a", sentiment="positive")
    assert "Tableau de bord" in page().text_
