from collections.abc import Iterator

import pytest

from entendu.connectors.feed import FeedConnector, polite, visit
from entendu.kit import clock
from feed_docs import NOW, connect
from local_http import LocalServer, local_server


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nothing waits; the seconds that would have been waited are counted."""
    seconds: list[float] = []
    monkeypatch.setattr(visit, "pause", seconds.append)
    monkeypatch.setattr(polite, "INTERVAL", 0.0)
    monkeypatch.setattr(polite, "_next_slot", {})
    return seconds


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as running:
        yield running


@pytest.fixture
def feed(server: LocalServer) -> FeedConnector:
    return connect(server)
