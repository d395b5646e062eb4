"""A fake source with a past, for tests only: posts in a file, and faults on demand.

It is a stand-in for a real service: it says nothing about how any real one behaves.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import orjson

from entendu.wire import AuthorRef, Caps, Health, Item, Page, Raw, Refused, TryLater

PAGE = 7


class FakeArchive:
    """`settings["path"]`: JSON lines of {"key", "text", "at"}. `faults` are consumed one a call: later · refuse ·
    crash."""

    kind = "archive"
    label_en = label_fr = "Fake archive"
    fields = ()
    caps = Caps(past=True)
    faults: list[str] = []
    asked: list[tuple[str, datetime, datetime]] = []

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.path = Path(settings["path"])

    def posts(self) -> list[dict[str, str]]:
        return [orjson.loads(line) for line in self.path.read_bytes().splitlines()]

    def past(self, query: str, since: datetime, until: datetime, cursor: bytes, limit: int) -> Page:
        self.asked.append((query, since, until))
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "later":
            raise TryLater("busy", retry_after=60)
        if fault == "refuse":
            raise Refused("past_out_of_reach", "no")
        if fault == "crash":
            raise RuntimeError("boom")
        held = [one for one in self.posts() if since <= datetime.fromisoformat(one["at"]) < until]
        start = int(cursor or b"0")
        rows = held[start : start + min(PAGE, limit)]
        end = start + len(rows)
        return Page(tuple(raw_of(one) for one in rows), str(end).encode(), more=end < len(held))

    def pull(self, cursor: bytes, limit: int) -> Page:
        rows = self.posts()
        return Page(tuple(raw_of(one) for one in rows), b"end")

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        row = orjson.loads(raw.content)
        at = datetime.fromisoformat(row["at"])
        return (Item(row["key"], "archive", AuthorRef(row.get("author", "ed")), at, row["text"]),)

    def health(self) -> Health:
        return Health("ok")


def raw_of(row: Mapping[str, str]) -> Raw:
    return Raw(row["key"], orjson.dumps(dict(row)), "application/json")
