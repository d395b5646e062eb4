"""A fake channel behind every door, and a watch that only the test moves."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation
from entendu.kit import clock
from fake_channel import FakeDoor
from make import make_conversation, make_member


class Watch:
    """The clock, held. `forward` moves it."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
        stack.enter_context(clock.at(self.now))

    def forward(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        self.stack.enter_context(clock.at(self.now))
        return self.now


@pytest.fixture
def watch() -> Iterator[Watch]:
    with ExitStack() as stack:
        yield Watch(stack)


@pytest.fixture
def open_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeDoor]:
    """Puts a fake channel with the given rule behind every door."""

    def put(settle: str = "idempotent", **values: object) -> FakeDoor:
        door = FakeDoor(tmp_path / "ledger.jsonl", settle, **values)  # type: ignore[arg-type]
        for module in ("reply", "send"):
            monkeypatch.setattr(f"entendu.conversations.{module}.open_door", lambda channel: door)
        return door

    return put


@pytest.fixture
def door(open_fake: Callable[..., FakeDoor]) -> FakeDoor:
    return open_fake()


@pytest.fixture
def carol(organisation: Organisation) -> Membership:
    """A second agent of the same organisation."""
    return make_member(organisation, "Carol Haddad", "agent")


@pytest.fixture
def expert(organisation: Organisation) -> Membership:
    return make_member(organisation, "Karim Chef", "expert")


@pytest.fixture
def conversation(watch: Watch, channel: Channel, door: FakeDoor) -> Conversation:
    return make_conversation(channel)
