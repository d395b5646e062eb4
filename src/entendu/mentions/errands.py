"""Asks upstream in threads, without the store; what comes back is for the loop to write."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Errands(Generic[T]):
    """The errands of one kind that are under way in this process."""

    def __init__(self) -> None:
        self.under_way = 0
        self._back: SimpleQueue[T] = SimpleQueue()

    def send(self, name: str, errand: Callable[[], T]) -> None:
        """Starts one. It must not raise: what goes wrong is what it brings back."""
        self.under_way += 1
        threading.Thread(target=lambda: self._back.put(errand()), name=name, daemon=True).start()

    def come_back(self, patience: float) -> list[T]:
        """What the errands that are done brought; waits up to `patience` seconds for the first."""
        found: list[T] = []
        try:
            while self.under_way:
                found.append(self._back.get(timeout=0.0 if found else patience))
                self.under_way -= 1
        except Empty:
            pass
        return found
