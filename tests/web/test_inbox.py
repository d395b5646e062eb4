"""The list: its order, its pages, its search; and its price, the same for ten rows and for twenty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations.boxes import BOXES
from entendu.conversations.models import Conversation, Presence
from entendu.conversations.snooze import snooze
from entendu.conversations.take import take
from entendu.kit import clock
from make import make_conversation, make_mention
from web.conftest import HTMX


def numbers(page: str) -> list[int]:
    return [int(part.split('"')[0]) for part in page.split('data-row="')[1:]]


def price(client: Client, url: str, **headers: str) -> int:
    client.get(url, headers=headers)  # the first visit of a session writes it
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url, headers=headers).status_code == 200
    return len(queries)


@pytest.mark.parametrize("box", BOXES)
def test_a_longer_list_costs_no_more_queries(
    alice_s: Client, alice: Membership, bob: Membership, channel: Channel, box: str
) -> None:
    def ten_more() -> None:
        for number in range(10):
            one = make_conversation(channel, f"Message {number}", f"author{number}")
            if box in {"mine", "at_risk"}:
                take(one, by=alice)
            if box == "paused":
                snooze(one, by=alice, until=clock.now() + timedelta(hours=2))
            Presence.objects.create(conversation=one, user=bob.user, writing=True, at=clock.now())

    ten_more()
    before = price(alice_s, reverse("inbox", args=[box]))
    ten_more()
    assert price(alice_s, reverse("inbox", args=[box])) == before
    assert before <= 14  # two of them, on every page, for the open alarms and signals


def test_a_longer_thread_costs_no_more_queries(
    alice_s: Client, channel: Channel, conversation: Conversation
) -> None:
    def three_more() -> None:
        for number in range(3):
            mention = make_mention(channel, f"Encore {number}")
            conversation.parts.create(mention=mention, why="author", at=clock.now())

    three_more()
    url = reverse("conversation", args=["to_take", conversation.number])
    before = price(alice_s, url, **HTMX)
    three_more()
    three_more()
    assert price(alice_s, url, **HTMX) == before


def test_show_more_shows_each_conversation_once(alice_s: Client, channel: Channel) -> None:
    for number in range(60):
        make_conversation(channel, f"Message {number}", f"author{number}")
    first = alice_s.get(reverse("inbox", args=["to_take"])).content.decode()
    assert len(numbers(first)) == 50
    link = first.split('id="more" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = alice_s.get(link, headers=HTMX).content.decode()
    assert "<html" in alice_s.get(link).content.decode()  # without JavaScript, the next page is a page
    assert "Show more" not in rest
    assert sorted(numbers(first) + numbers(rest)) == list(range(1, 61))


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJ4Il0", "WzEsMiwzLDRd", "bnVsbA", "é", "WyIxIiwibm90IGEgZGF0ZSIsMV0"]
)
def test_a_cursor_that_cannot_be_read_begins_at_the_start(
    alice_s: Client, conversation: Conversation, cursor: str
) -> None:
    page = alice_s.get(reverse("inbox_rows", args=["to_take"]), {"cursor": cursor}).content.decode()
    assert numbers(page) == [conversation.number]


def test_an_unknown_box_is_nothing(alice_s: Client) -> None:
    assert alice_s.get("/inbox/treasure/").status_code == 404
    assert alice_s.get("/inbox/treasure/rows/").status_code == 404


def test_a_refreshed_list_is_as_long_as_what_was_loaded_and_no_longer(
    alice_s: Client, channel: Channel
) -> None:
    for number in range(55):
        make_conversation(channel, f"Message {number}")
    rows = reverse("inbox_rows", args=["to_take"])
    assert len(numbers(alice_s.get(rows, {"loaded": "100"}).content.decode())) == 55
    assert len(numbers(alice_s.get(rows, {"loaded": "-1"}).content.decode())) == 50
    assert len(numbers(alice_s.get(rows, {"loaded": "99999999"}).content.decode())) == 55


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("galette", [1]),
        ("#2", [2]),
        ("dalila", [1, 2]),
        ('"pain de"', [2]),
        ("sentiment:négatif", [1]),
        ("sentiment:negative intent:question", []),
        ("intention:question", [2]),
        ("avec:photo", [1]),
        ("with:promise", []),
        ("canal:boîte", [1, 2]),
        ("langue:fr", [1, 2]),
        ("sujet:rien", []),
        ("100%", []),
        ("'; DROP TABLE x; --", []),
        ("sentiment:", []),
        ("#999999999999999999999", []),
    ],
)
def test_search(alice_s: Client, channel: Channel, q: str, found: list[int]) -> None:
    one = make_conversation(channel, "Une galette amère")
    one.has_photo = True
    one.save()
    two = make_conversation(channel, "Du pain de seigle ?")
    two.sentiment, two.intent = "neutral", "question"
    two.save()
    page = alice_s.get(reverse("inbox", args=["to_take"]), {"q": q}).content.decode()
    assert sorted(numbers(page)) == found


def test_what_people_write_is_never_markup(alice_s: Client, channel: Channel) -> None:
    hostile = '<img src=x onerror=alert(1)> "quoted" </textarea><script>alert(2)</script>'
    one = make_conversation(channel, hostile, hostile[:40])
    for url in (reverse("inbox", args=["all"]), reverse("conversation", args=["all", one.number])):
        page = alice_s.get(url, {"q": hostile}).content.decode()
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_who_looks_and_who_writes_is_shown_in_the_list(
    alice_s: Client, bob: Membership, conversation: Conversation
) -> None:
    Presence.objects.create(conversation=conversation, user=bob.user, writing=False, at=clock.now())
    assert "face-dot-looking" in alice_s.get(reverse("inbox", args=["all"])).content.decode()
    Presence.objects.update(writing=True)
    assert "face-dot-writing" in alice_s.get(reverse("inbox", args=["all"])).content.decode()
    Presence.objects.update(at=clock.now() - timedelta(minutes=2))
    assert "face-dot" not in alice_s.get(reverse("inbox", args=["all"])).content.decode()


def test_the_fragment_is_the_page_s_own(alice_s: Client, conversation: Conversation) -> None:
    url = reverse("conversation", args=["to_take", conversation.number])
    fragment = alice_s.get(url, headers=HTMX).content.decode()
    assert "<html" not in fragment
    assert 'id="reply-form"' in fragment
    assert "<html" in alice_s.get(url).content.decode()
