"""Listens at doors that can say "there is news": it only shortens the wait, the pull brings what came."""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections

from entendu.channels.add import look_now
from entendu.channels.doors import kind_of, open_door
from entendu.channels.models import Channel
from entendu.wire import WireError

log = logging.getLogger("entendu.worker")
LOOK_AROUND = 30.0  # seconds between looks for doors that came or went


class Listeners:
    """One thread for each door that streams."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self.stopped = stopped
        self.threads: dict[int, threading.Thread] = {}
        self.wake = threading.Event()

    def start(self) -> threading.Thread:
        """Starts watching for doors; returns the thread that does."""
        thread = threading.Thread(target=self.watch, name="listeners", daemon=True)
        thread.start()
        return thread

    def watch(self) -> None:
        """Starts a listener at each streaming door that has none, until stopped."""
        while not self.stopped():
            close_old_connections()
            for channel in Channel.objects.filter(next_check_at__isnull=False, retired_at__isnull=True):
                thread = self.threads.get(channel.pk)
                if (thread is None or not thread.is_alive()) and streams(channel):
                    self.threads[channel.pk] = self.listen_at(channel)
            self.wake.wait(LOOK_AROUND)

    def listen_at(self, channel: Channel) -> threading.Thread:
        """A thread that waits at one door."""
        thread = threading.Thread(
            target=self.listen, args=(channel,), name=f"listen-{channel.pk}", daemon=True
        )
        thread.start()
        return thread

    def listen(self, channel: Channel) -> None:
        """Waits at a door; each hint asks for a pull at once. Ends on trouble: `watch` starts it again."""
        try:
            for _hint in open_door(channel).stream(bytes(channel.cursor), self.stopped):
                look_now(channel)
        except WireError as error:
            log.info("listening at %s ended: %s", channel.name, error)
        except Exception:  # a connector's fault must not end the others' listening
            log.exception("listening at %s failed", channel.name)
        finally:
            close_old_connections()


def streams(channel: Channel) -> bool:
    """Whether the connector of a channel can wait for news."""
    try:
        return kind_of(channel).caps.stream
    except WireError:
        return False
