"""The live stream: one task per process reads the new events and tells every page that listens.

GET /live/ is a stream of server-sent events. `change`: {"number", "kind", "mine"} for an event of the organisation,
its id being the event's, so that a page that was cut resumes where it was (Last-Event-ID); `missed`: too much
happened meanwhile, load again; `presence`: {"number", "who"}; `signal`: {"signal", "kind"}, something was raised or
done about it; `bye`: the session or the membership has ended.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, close_old_connections
from django.http import StreamingHttpResponse
from django.urls import path
from django.utils.crypto import constant_time_compare

from entendu.accounts.models import Membership
from entendu.analysis.models import Step
from entendu.conversations.models import Event, Presence
from entendu.conversations.presence import BELIEVED
from entendu.kit import clock
from entendu.web.access import Asked, page

TICK = 0.5  # s between two looks at the table of events
CHECK = 4.0  # s between two looks at the right to listen
HEARTBEAT = 15.0  # s between two comments, so that proxies keep the line open
SETTLING = 20  # ticks during which an event with a smaller id may still be committed by a slower writer
MOST = 500  # events told again to a page that resumes; beyond, it loads again
log = logging.getLogger(__name__)
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")


@dataclass(eq=False)
class Listener:
    """A page that listens."""

    actor: Membership
    session_key: str
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(maxsize=1000))

    def tell(self, message: str | None) -> None:
        """Never waits for a slow page: it is cut, and resumes."""
        if self.queue.full():
            self.queue.get_nowait()
            message = None
        self.queue.put_nowait(message)


class Feed:
    """What one organisation's listeners hear. `floor`: every event up to it has been told; `seen`: those above."""

    def __init__(self, actor: Membership) -> None:
        self.actor = actor  # through whose eyes the tables are read: any member sees the same
        self.listeners: set[Listener] = set()
        self.seen: dict[int, int] = {}  # event -> tick
        self.floor: int | None = None
        self.present: dict[int, dict[int, bool]] = {}  # conversation's number -> user -> writing
        self.steps: dict[int, Step] | None = None  # the newest of signals, by id

    def tell_events(self, events: list[Event], tick: int) -> None:
        """Tells the events that were not told yet."""
        for event in events:
            if event.pk in self.seen:
                continue
            self.seen[event.pk] = tick
            for listener in self.listeners:
                listener.tell(_change(event, listener.actor))
        settled = [pk for pk, told in self.seen.items() if told <= tick - SETTLING]
        for pk in settled:
            del self.seen[pk]
        self.floor = max([self.floor or 0, *settled])

    def begin(self, events: list[Event], tick: int) -> None:
        """These are known; whatever is not among them and comes after the oldest of them is news."""
        self.seen = {event.pk: tick for event in events}
        self.floor = min(self.seen, default=1) - 1

    def tell_steps(self, steps: list[Step]) -> None:
        """Tells what was raised, or done about a signal, since the last look."""
        before, self.steps = self.steps, {step.pk: step for step in steps}
        for step in reversed(steps):
            if before is not None and step.pk not in before and step.pk > min(before, default=0):
                for listener in self.listeners:
                    listener.tell(_message("signal", {"signal": step.signal_id, "kind": step.kind}))

    def tell_presence(self, present: dict[int, dict[int, bool]]) -> None:
        """Tells who came, went, or began to write, to the others."""
        before, self.present = self.present, present
        for number in present.keys() | before.keys():
            old, new = before.get(number, {}), present.get(number, {})
            for listener in self.listeners:
                me = listener.actor.user_id
                if _who(old, me) != _who(new, me):
                    listener.tell(_message("presence", {"number": number, "who": _who(new, me)}))


class Poller:
    """Reads once for all the listeners of one event loop; rests when nobody listens."""

    def __init__(self) -> None:
        self.feeds: dict[int, Feed] = {}
        self.task: asyncio.Task[None] | None = None
        self.tick = 0

    async def add(self, listener: Listener) -> None:
        """Begins to tell `listener` what happens from now on."""
        organisation = listener.actor.organisation_id
        feed = self.feeds.setdefault(organisation, Feed(listener.actor))
        if feed.floor is None:
            feed.begin(await _read(_newest, feed.actor), self.tick)
        feed.listeners.add(listener)
        self.feeds[organisation] = feed
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._run())

    def remove(self, listener: Listener) -> None:
        """Stops."""
        organisation = listener.actor.organisation_id
        feed = self.feeds.get(organisation)
        if feed is not None:
            feed.listeners.discard(listener)
            if not feed.listeners:
                del self.feeds[organisation]

    async def _run(self) -> None:
        ticks_a_check = round(CHECK / TICK)
        while self.feeds:
            await asyncio.sleep(TICK)
            self.tick += 1
            try:
                for feed in [one for one in self.feeds.values() if one.floor is not None]:
                    events, present = await _read(_news, feed.actor, feed.floor)
                    feed.tell_events(events, self.tick)
                    feed.tell_presence(present)
                    feed.tell_steps(await _read(_steps, feed.actor))
                    if self.tick % ticks_a_check == 0:
                        await self._dismiss(feed)
            except DatabaseError:
                log.warning("the live stream could not read the store; it tries again", exc_info=True)

    async def _dismiss(self, feed: Feed) -> None:
        for listener in list(feed.listeners):
            if not await _read(_may_listen, listener):
                self.remove(listener)
                listener.tell(_message("bye", {}))
                listener.tell(None)


_pollers: dict[asyncio.AbstractEventLoop, Poller] = {}


@page
async def live(request: Asked) -> StreamingHttpResponse:
    """The stream of my organisation's events, until I close it or may listen no more."""
    listener = Listener(request.actor, request.session.session_key or "")
    header = request.headers.get("Last-Event-ID", "")
    since = int(header) if header.isascii() and header.isdigit() and len(header) < 19 else None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_stream(listener, since), content_type="text/event-stream", headers=headers)


async def _stream(listener: Listener, since: int | None) -> AsyncIterator[str]:
    poller = _pollers.setdefault(asyncio.get_running_loop(), Poller())
    await poller.add(listener)
    try:
        yield "retry: 2000\n\n"
        if since is not None:
            for message in await _read(_missed, listener.actor, since):
                yield message
        while True:
            try:
                message = await asyncio.wait_for(listener.queue.get(), HEARTBEAT)
            except TimeoutError:
                message = ": still here\n\n"
            if message is None:
                return
            yield message
    finally:
        poller.remove(listener)


def _message(kind: str, data: dict[str, Any], pk: int | None = None) -> str:
    head = f"id: {pk}\n" if pk is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def _change(event: Event, actor: Membership) -> str:
    data = {"number": event.conversation.number, "kind": event.kind, "mine": event.by_id == actor.user_id}
    return _message("change", data, event.pk)


def _who(looks: dict[int, bool], me: int) -> str:
    others = [writing for user, writing in looks.items() if user != me]
    return "writing" if any(others) else "looking" if others else ""


# What follows runs in the reader's own thread, with its own connection to the store.
async def _read(question: Any, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_reader, _asked, question, args)


def _asked(question: Any, args: tuple[Any, ...]) -> Any:
    close_old_connections()
    return question(*args)


def _newest(actor: Membership) -> list[Event]:
    """The newest events: known already; what is committed later with an id among theirs is news all the same."""
    return list(Event.objects.visible_to(actor).only("pk").order_by("-id")[:100])


def _news(actor: Membership, floor: int) -> tuple[list[Event], dict[int, dict[int, bool]]]:
    """The events after `floor`, and who is where."""
    newer = Event.objects.visible_to(actor).filter(pk__gt=floor).select_related("conversation").order_by("pk")
    looks = Presence.objects.visible_to(actor).filter(at__gt=clock.now() - BELIEVED)
    present: dict[int, dict[int, bool]] = {}
    for number, user, writing in looks.values_list("conversation__number", "user", "writing"):
        present.setdefault(number, {})[user] = writing
    return list(newer.defer("data")[:2000]), present


def _steps(actor: Membership) -> list[Step]:
    """The newest steps of signals: one that is committed late still counts among them."""
    return list(Step.objects.visible_to(actor).only("pk", "signal_id", "kind").order_by("-id")[:40])


def _missed(actor: Membership, since: int) -> list[str]:
    newer = Event.objects.visible_to(actor).filter(pk__gt=since).select_related("conversation").order_by("pk")
    events = list(newer.defer("data")[: MOST + 1])
    if len(events) > MOST:
        return [_message("missed", {}, events[-1].pk)]
    return [_change(event, actor) for event in events]


def _may_listen(listener: Listener) -> bool:
    """Whether the member is still one, active, and the session still his."""
    places = Membership.objects.visible_to(listener.actor).filter(pk=listener.actor.pk, user__is_active=True)
    place = places.select_related("user").first()
    if place is None:
        return False
    kept = SessionStore(listener.session_key).load()
    return constant_time_compare(kept.get(HASH_SESSION_KEY, ""), place.user.get_session_auth_hash())


PATHS = [path("live/", live, name="live")]
