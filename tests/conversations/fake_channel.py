"""A fake channel, for tests only: it keeps a ledger of what it accepted and misbehaves on demand.

It is a stand-in for a real service: it says nothing about how any real one behaves.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from entendu.kit import clock
from entendu.wire import Caps, Draft, Health, NeedsAuth, Page, Refused, Sent, TryLater, WireError

_lock = threading.Lock()


class FakeDoor:
    """Accepts drafts into the file `ledger`. `faults` are consumed one a send: cut · lost · later · refuse · auth ·
    crash (and one a look: later · blind · crash). `lag`: seconds before an accepted draft can be found."""

    kind = "fake"
    label_en = label_fr = "Fake"
    fields = ()

    def __init__(self, ledger: Path, settle: str = "idempotent", lag: float = 0.0, **caps: object) -> None:
        self.ledger, self.lag = ledger, lag
        defaults: dict[str, object] = {"reply_public": True, "reply_private": True, "settle_wait": lag}
        self.caps = replace(Caps(settle=settle), **(defaults | caps))  # type: ignore[arg-type]
        self.faults: list[str] = []
        self.retry_after: float | None = None
        self.during: Callable[[str], None] = lambda step: None
        self.looks = 0

    def posts(self) -> list[dict[str, str]]:
        """What was accepted, in order."""
        if not self.ledger.exists():
            return []
        return [json.loads(line) for line in self.ledger.read_text().splitlines()]

    def texts(self) -> list[str]:
        return [post["text"] for post in self.posts()]

    def send(self, draft: Draft) -> Sent:
        fault = self.faults.pop(0) if self.faults else ""
        self.during("sending")
        if fault == "later":
            raise TryLater("busy", retry_after=self.retry_after)
        if fault == "refuse":
            raise Refused("forbidden_word", "no")
        if fault == "auth":
            raise NeedsAuth("token_expired")
        if fault == "lost":
            return Sent("unknown", code="cut")
        key = self._accept(draft)
        self.during("accepted")
        if fault == "cut":
            return Sent("unknown", code="cut")
        if fault == "crash":
            raise ZeroDivisionError("a connector's own fault")
        return Sent("sent", key=key, url=f"https://fake.example/{key}")

    def _accept(self, draft: Draft) -> str:
        with _lock, self.ledger.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            posts = self.posts()
            if self.caps.settle == "idempotent":
                for post in posts:
                    if post["key"] == draft.key:
                        return post["id"]
            key = f"f{len(posts) + 1}"
            line = {"id": key, "key": draft.key, "text": draft.text, "at": clock.now().isoformat()}
            os.write(file.fileno(), (json.dumps(line) + "\n").encode())
            return key

    def find_sent(self, draft: Draft) -> Sent | None:
        self.looks += 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "later":
            raise TryLater("busy")
        if fault == "blind":
            raise WireError("cannot_settle")
        if fault == "crash":
            raise ZeroDivisionError("a connector's own fault")
        for post in self.posts():
            age = (clock.now() - datetime.fromisoformat(post["at"])).total_seconds()
            if post["key"] == draft.key and age >= self.lag:
                return Sent("sent", key=post["id"])
        return None

    def pull(self, cursor: bytes, limit: int) -> Page:
        return Page(cursor=cursor)

    def stream(self, cursor: bytes, stop: Callable[[], bool]) -> list[Page]:
        return []

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[()]:
        return ()

    def parse(self, raw: object) -> tuple[()]:
        return ()

    def health(self) -> Health:
        return Health("ok")
