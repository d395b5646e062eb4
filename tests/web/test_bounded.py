"""A body that is too long does not reach Django at the addresses for sources, whatever its length says."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from entendu.web.bounded import MOST_BYTES, bounded


def ask(path: str, parts: Sequence[bytes], declared: bytes | None = None) -> tuple[int, int, bool]:
    """The status, how many bytes the application got, and whether it saw the connection end."""
    got: list[int] = []
    ended: list[bool] = []
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def app(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                ended.append(True)
                return
            got.append(len(message["body"]))
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", declared)] if declared is not None else []
    asyncio.run(bounded(app)({"type": "http", "path": path, "headers": headers}, receive, send))
    statuses = [message["status"] for message in sent if "status" in message]
    return (statuses[0] if statuses else 0, sum(got), bool(ended))


@pytest.mark.parametrize("declared", [str(MOST_BYTES + 1).encode(), b"9" * 40, b"-1", b"x", b""])
def test_a_length_that_says_so_is_refused_unread(declared: bytes) -> None:
    assert ask("/in/token/", [b"x" * 10], declared) == (413, 0, False)


def test_a_body_without_length_ends_where_the_bound_is() -> None:
    status, got, ended = ask("/in/token/", [b"x" * 500_000] * 5)
    assert (status, ended) == (0, True) and got <= MOST_BYTES


def test_what_is_short_enough_and_other_pages_pass() -> None:
    assert ask("/in/token/", [b"x" * 1_000_000], b"1000000") == (200, 1_000_000, False)
    assert ask("/inbox/", [b"x" * 2_000_000], b"2000000") == (200, 2_000_000, False)
