"""A fake of ours: a Jetstream on 127.0.0.1 that says what it is given, from any cursor on, and keeps the truth.

python tests/fake_firehose.py PORT FILE      # frames, one a line; hangs up politely after the last one
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

POST = "app.bsky.feed.post"
START = 1_795_600_000_000_000  # microseconds
STEP = 99_991


def event(
    number: int, did: str, rkey: str, text: str = "", *, operation: str = "create", **more: object
) -> bytes:
    """One frame, in the documented form. Positions are sparse."""
    commit: dict[str, object] = {
        "rev": f"r{number}", "operation": operation, "collection": POST, "rkey": rkey,
    }  # fmt: skip
    if operation != "delete":
        record = {"$type": POST, "text": text, "langs": ["fr"], "createdAt": "2026-11-25T09:00:00.000Z"}
        commit |= {"cid": f"bafy{number}", "record": record | more}
    return orjson.dumps({"did": did, "time_us": START + number * STEP, "kind": "commit", "commit": commit})


def mention(did: str) -> list[dict[str, object]]:
    """The facets of a text that names an account."""
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [feature]}]


class FakeFirehose:
    """`frames` may grow while it is heard. `asked`: the cursors with which it was asked."""

    def __init__(self, frames: Sequence[bytes], *, hang_up: bool = False, port: int = 0) -> None:
        self.frames = list(frames)
        self.asked: list[str] = []
        self.sent = 0
        self.hang_up = hang_up
        self.grown = threading.Condition()
        self.over = False
        self.links: list[ServerConnection] = []
        self.server: Server = serve(self._say, "127.0.0.1", port, compression=None)
        self.port = self.server.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/subscribe"

    def say(self, *frames: bytes) -> None:
        """More frames, to all who listen."""
        with self.grown:
            self.frames.extend(frames)
            self.grown.notify_all()

    def cut(self) -> None:
        """Cuts every connection without a word."""
        for link in self.links:
            link.socket.close()
        self.links.clear()

    def stop(self) -> None:
        with self.grown:
            self.over = True
            self.grown.notify_all()
        self.server.shutdown()
        self.thread.join(5)

    def _say(self, link: ServerConnection) -> None:
        assert link.request is not None
        cursor = parse_qs(urlsplit(link.request.path).query).get("cursor", [""])[0]
        self.asked.append(cursor)
        self.links.append(link)
        at = 0 if cursor else len(self.frames)
        while cursor and at < len(self.frames) and position(self.frames[at]) < int(cursor):
            at += 1
        try:
            while True:
                with self.grown:
                    while at >= len(self.frames) and not self.over and not self.hang_up:
                        self.grown.wait(1)
                    if at >= len(self.frames):
                        return
                    frame = self.frames[at]
                link.send(frame)
                self.sent += 1
                at += 1
        except (ConnectionClosed, OSError):
            return


def position(frame: bytes) -> int:
    try:
        return int(orjson.loads(frame)["time_us"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return START + 10**15  # a damaged frame is said again, whatever the cursor


@contextmanager
def fake_firehose(*frames: bytes, hang_up: bool = False) -> Iterator[FakeFirehose]:
    fake = FakeFirehose(frames, hang_up=hang_up)
    try:
        yield fake
    finally:
        fake.stop()


if __name__ == "__main__":
    fake = FakeFirehose(Path(sys.argv[2]).read_bytes().splitlines(), port=int(sys.argv[1]), hang_up=True)
    print(fake.port, flush=True)
    fake.thread.join()
