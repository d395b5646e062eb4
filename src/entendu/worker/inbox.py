"""Frames between the thread that reads a socket and the one that writes: bounded, never dropped."""

import threading
from collections import deque
from collections.abc import Callable

BATCH = 2_000  # frames in one transaction
BATCH_BYTES = 16 * 1024**2
_ROOM = 2 * BATCH  # frames
_ROOM_BYTES = 4 * BATCH_BYTES
_LOOK = 0.5  # seconds between looks at `stop`


class Bell:
    """What the writer waits for: `news` when a frame came somewhere, `full` when a batch is."""

    def __init__(self) -> None:
        self.news = threading.Event()
        self.full = threading.Event()


class Inbox:
    """The frames of one source. `put` waits while there is no room: meanwhile the socket is not read, and the other
    side waits too."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._room = threading.Condition()

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: bytes, stop: Callable[[], bool]) -> bool:
        """Adds a frame; False when told to stop before there was room."""
        with self._room:
            while len(self._frames) >= _ROOM or (self._frames and self._bytes + len(frame) > _ROOM_BYTES):
                self._bell.full.set()
                self._bell.news.set()
                if stop():
                    return False
                self._room.wait(_LOOK)
            self._frames.append(frame)
            self._bytes += len(frame)
        if not self._bell.news.is_set():
            self._bell.news.set()
        if len(self._frames) >= BATCH and not self._bell.full.is_set():
            self._bell.full.set()
        return True

    def take(self) -> list[bytes]:
        """The oldest frames, a batch at most."""
        taken: list[bytes] = []
        size = 0
        with self._room:
            while self._frames and len(taken) < BATCH and (not taken or size < BATCH_BYTES):
                frame = self._frames.popleft()
                taken.append(frame)
                size += len(frame)
            self._bytes -= size
            self._room.notify()
        return taken
