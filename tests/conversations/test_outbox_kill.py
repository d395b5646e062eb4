"""kill -9 of real workers on a real store, at each named step and at random with a full queue: nothing lost, nothing
doubled; what a channel cannot tell is parked for a person. The channel is a fake one with a ledger of its own."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

NURSERY = Path(__file__).parent / "outbox_nursery.py"
PATIENCE = 300  # seconds before a nursery that hangs is ended: no figure


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a fresh store: SQLite in a folder of its own, or a new PostgreSQL database."""
    home = str(tmp_path_factory.mktemp("home"))
    environment = {**os.environ, "ENTENDU_HOME": home, "ENTENDU_UNDO_SECONDS": "0"}
    address = os.environ.get("ENTENDU_TEST_DATABASE_URL")
    if not address:
        environment.pop("ENTENDU_DATABASE_URL", None)
        yield environment
        return
    import psycopg

    name = f"kill_{uuid.uuid4().hex[:12]}"
    parts = urlsplit(address)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield {**environment, "ENTENDU_DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def found(store: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What the nursery saw: for each way of killing, how many kills, and the fate of each reply."""
    command = [sys.executable, str(NURSERY), str(tmp_path_factory.mktemp("ledgers"))]
    done = subprocess.run(command, env=store, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("how", ["steps", "random"])
def test_killed_workers_lose_and_double_nothing(how: str, found: dict[str, dict[str, object]]) -> None:
    run = found[how]
    assert run["kills"] == (15 if how == "steps" else int(os.environ.get("KILLS", "20")))
    assert len(run["fates"]) == run["written"] >= run["kills"]
    for rule, state, told, posts in run["fates"]:
        assert told == [state]  # its fate was told once, and is the one that is shown
        assert state == "sent" or (rule == "park" and state == "uncertain")
        assert posts == 1 if state == "sent" else posts <= 1


def test_what_a_channel_cannot_tell_is_parked_for_a_person(found: dict[str, dict[str, object]]) -> None:
    parked = [posts for _rule, state, _told, posts in found["steps"]["fates"] if state == "uncertain"]
    # Killed when claimed, sending, accepted and writing; the last two had been accepted.
    assert sorted(parked) == [0, 0, 1, 1]


def test_numbers_taken_at_the_same_time_are_different(found: dict[str, list[int]]) -> None:
    taken = sorted(found["numbers"])
    assert taken == list(range(taken[0], taken[0] + 120))
