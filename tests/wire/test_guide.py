"""The connector of the developers' guide works as it is printed, and both languages print the same."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from entendu.wire import Broken, Draft, NeedsAuth, Raw, Refused, TryLater
from local_http import Answer, LocalServer, local_server
from rules.tree import ROOT

GUIDES = ("docs/en/connectors.md", "docs/fr/connecteurs.md")
ENTRY = {
    "id": 7,
    "email": "Zoe@example.org",
    "name": "Zoé",
    "text": "Merci !",
    "at": "2026-11-03T10:00:00+01:00",
}


def printed(guide: str) -> str:
    found = re.search(r"```python\n(.*?)```", (ROOT / guide).read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"{guide} prints no connector"
    return found[1]


def test_both_languages_print_the_same_connector() -> None:
    assert printed(GUIDES[0]) == printed(GUIDES[1])


@pytest.fixture
def server():
    with local_server() as running:
        yield running


@pytest.fixture
def connector(server: LocalServer) -> Any:
    names: dict[str, Any] = {}
    exec(compile(printed(GUIDES[0]), "guide", "exec"), names)
    settings = {"url": f"{server.url}/book", "key": "k", "allow": server.host}
    return names["GuestbookConnector"](settings)


def draft() -> Draft:
    return Draft("d1", "Avec plaisir", "public", datetime(2026, 11, 3, tzinfo=UTC), parent_key="7")


def test_it_hears_from_where_it_stopped(server: LocalServer, connector: Any) -> None:
    server.routes["/book"] = Answer(orjson.dumps([ENTRY]))
    page = connector.pull(b"3", 50)
    assert server.asked[-1].path == "/book?after=3&most=50"
    assert (page.cursor, page.more) == (b"7", False)
    (item,) = connector.parse(page.raws[0])
    assert (item.key, item.author.key, item.text, item.addressed) == ("7", "zoe@example.org", "Merci !", True)


def test_it_says_what_cannot_be_understood(connector: Any) -> None:
    for content in (b"{", b"[]", orjson.dumps(ENTRY | {"at": "2026-11-03T10:00:00"})):
        with pytest.raises(Broken):
            connector.parse(Raw("7", content))


@pytest.mark.parametrize(("status", "error"), [(401, NeedsAuth), (404, Refused), (503, TryLater)])
def test_it_names_what_went_wrong(
    server: LocalServer, connector: Any, status: int, error: type[Exception]
) -> None:
    server.routes["/book"] = Answer(b"", status)
    with pytest.raises(error):
        connector.pull(b"", 5)
    assert connector.health().state != "ok"


def test_it_answers_with_the_key_of_the_draft(server: LocalServer, connector: Any) -> None:
    server.routes["/book"] = Answer(b'{"id": 8}')
    sent = connector.send(draft())
    assert (sent.outcome, sent.key) == ("sent", "8")
    assert server.asked[-1].headers["idempotency-key"] == "d1"


def test_it_never_guesses_whether_an_answer_left(server: LocalServer, connector: Any) -> None:
    server.routes["/book"] = Answer(b"", 429)
    with pytest.raises(TryLater):
        connector.send(draft())
    for answer in (Answer(b"", 503), Answer(b"not json"), Answer(b"{}")):
        server.routes["/book"] = answer
        assert connector.send(draft()).outcome == "unknown"
