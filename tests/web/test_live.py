"""The live stream: what is told, to whom, from where on, and until when."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.test import AsyncClient, Client

from entendu.accounts.models import Membership, User
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation, Event, Presence
from entendu.conversations.note import note
from entendu.kit import clock
from entendu.web import live
from make import make_conversation
from web.conftest import BACKEND

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20  # s; far more than needed, so that a busy machine is no fault


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TICK", 0.01)
    monkeypatch.setattr(live, "CHECK", 0.05)
    live._pollers.clear()


def browser_of(member: Membership) -> AsyncClient:
    client = AsyncClient()
    client.force_login(member.user, backend=BACKEND)
    return client


def listen(member: Membership, meanwhile: Callable[[], object], **headers: str) -> list[tuple[str, Any]]:
    """What the stream tells `member`: up to the first message, or to its end, `meanwhile` having happened."""

    async def heard() -> list[tuple[str, Any]]:
        client = await sync_to_async(browser_of)(member)
        answer = await client.get("/live/", headers=headers)
        assert answer["Content-Type"] == "text/event-stream"
        stream = aiter(answer.streaming_content)
        found: list[tuple[str, Any]] = []
        assert (await anext(stream)).startswith(b"retry")
        await sync_to_async(meanwhile)()
        async for kind, data in messages(stream):
            found.append((kind, data))
            if kind == "change" or kind == "presence":
                break
        await hang_up(stream)
        await until_idle()
        return found

    return asyncio.run(asyncio.wait_for(heard(), PATIENCE))


async def hang_up(stream: AsyncIterator[bytes]) -> None:
    """What the server does when the page is closed: it cancels whoever waits for the next message."""
    try:
        while True:
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            waiting.cancel()
            await waiting
    except (asyncio.CancelledError, StopAsyncIteration):
        pass


async def until_idle() -> None:
    """The one reader rests when nobody listens."""
    for poller in live._pollers.values():
        assert not poller.feeds
        if poller.task is not None:
            await poller.task


async def messages(stream: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, Any]]:
    async for chunk in stream:
        lines = dict(
            line.split(": ", 1) for line in chunk.decode().strip().splitlines() if not line.startswith(":")
        )
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


def test_a_stranger_hears_nothing(client: Client, db: None) -> None:
    assert client.get("/live/").status_code == 302


def test_what_a_colleague_does_is_told(
    alice: Membership, manager: Membership, conversation: Conversation
) -> None:
    told = listen(alice, lambda: note(conversation, by=manager, text="Lot retiré"))
    assert told == [("change", {"number": conversation.number, "kind": "noted", "mine": False})]


def test_what_happened_before_is_not_told_again(
    alice: Membership, manager: Membership, conversation: Conversation
) -> None:
    note(conversation, by=manager, text="Avant")
    told = listen(alice, lambda: note(conversation, by=alice, text="Après"))
    assert told == [("change", {"number": conversation.number, "kind": "noted", "mine": True})]


def test_another_organisation_hears_nothing_of_it(
    alice: Membership, charlie: Membership, conversation: Conversation
) -> None:
    def first_ours_then_the_end() -> None:
        note(conversation, by=alice, text="Entre nous")
        User.objects.filter(pk=charlie.user_id).update(is_active=False)

    assert listen(charlie, first_ours_then_the_end) == [("bye", {})]


def test_a_page_that_was_cut_resumes_where_it_was(
    alice: Membership, manager: Membership, conversation: Conversation
) -> None:
    last = Event.objects.latest("pk").pk
    note(conversation, by=manager, text="Pendant la coupure")
    told = listen(alice, lambda: None, **{"last-event-id": str(last)})
    assert told == [("change", {"number": conversation.number, "kind": "noted", "mine": False})]


def test_a_page_that_missed_too_much_is_told_to_load_again(
    alice: Membership, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 3)
    for number in range(5):
        make_conversation(channel, f"Message {number}")
    told = live._missed(alice, 0)
    assert [message.splitlines()[1] for message in told] == ["event: missed"]


@pytest.mark.parametrize("header", ["x", "-1", "9" * 30, ""])
def test_a_last_id_that_is_none_is_passed_over(
    alice: Membership, conversation: Conversation, header: str
) -> None:
    told = listen(alice, lambda: note(conversation, by=alice, text="Oui"), **{"last-event-id": header})
    assert len(told) == 1


@pytest.mark.parametrize("how", ["session", "membership", "password", "switched off"])
def test_the_stream_ends_with_the_right_to_listen(alice: Membership, how: str) -> None:
    def end() -> None:
        if how == "session":
            for key in SessionStore.get_model_class().objects.values_list("session_key", flat=True):
                SessionStore(key).delete()
        elif how == "membership":
            Membership.objects.filter(pk=alice.pk).delete()
        elif how == "password":
            user = User.objects.get(pk=alice.user_id)
            user.set_password("another horse battery")
            user.save()
        else:
            User.objects.filter(pk=alice.user_id).update(is_active=False)

    assert listen(alice, end) == [("bye", {})]


def test_who_comes_and_writes_is_told_to_the_others_only(
    alice: Membership, manager: Membership, conversation: Conversation
) -> None:
    def come() -> None:
        now = clock.now()
        Presence.objects.create(conversation=conversation, user=alice.user, writing=True, at=now)
        Presence.objects.create(conversation=conversation, user=manager.user, writing=False, at=now)

    assert listen(alice, come) == [("presence", {"number": conversation.number, "who": "looking"})]


def test_an_event_committed_late_with_a_smaller_id_is_told_too(
    alice: Membership, conversation: Conversation
) -> None:
    feed = live.Feed(alice)
    listener = live.Listener(alice, "")
    feed.listeners.add(listener)
    first = Event.objects.latest("pk")
    feed.begin([first], 0)
    late = Event(pk=first.pk + 1, kind="noted", conversation=conversation)
    early = Event(pk=first.pk + 2, kind="taken", conversation=conversation)
    feed.tell_events([early], 1)
    feed.tell_events([late, early], 2)
    told = [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]
    assert [json.loads(message.split("data: ")[1])["kind"] for message in told if message] == [
        "taken",
        "noted",
    ]


def test_a_page_that_does_not_keep_up_is_cut(alice: Membership) -> None:
    listener = live.Listener(alice, "")
    for number in range(2000):
        listener.tell(f"message {number}")
    drained = [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]
    assert None in drained
