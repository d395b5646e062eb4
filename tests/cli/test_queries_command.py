"""entendu queries, as somebody types it: refusals in one line, then the list, the register, the check."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from cli.test_commands import Terminal

GROUNDS = (
    "--purpose", "savoir", "--basis", "legitimate_interest", "--balance", "public", "--reviewer", "a@levain.example",
    "--review-on",
)  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path / "home")
    made.good("init", "--organisation", "Levain", "--email", "a@levain.example")
    return made


def soon() -> str:
    from datetime import timedelta

    from entendu.kit import clock

    return (clock.now() + timedelta(days=90)).date().isoformat()


def test_nothing_without_grounds_then_the_list_and_the_register(terminal: Terminal) -> None:
    bare = terminal.bad("queries", "add", "Pain", "--text", "pain OR (")
    for field in ("purpose", "basis", "reviewer", "review_on", "text (9)"):
        assert field in bare
    assert "does not work here" in terminal.bad("queries", "add", "Pain", "--reviewer", "b@levain.example")
    assert "is no day" in terminal.bad("queries", "add", "Pain", "--review-on", "soon")
    assert "rare" in terminal.bad("queries", "add", "Tout", "--text", "NOT pain", *GROUNDS, soon())
    assert json.loads(terminal.good("queries", "--json")) == []

    terminal.good("queries", "add", "=Pain", "--text", "levain OR brioche", *GROUNDS, soon())
    terminal.good(
        "queries", "change", "=Pain", "--text", "levain", "--takes", "public", "--rename", "=Levain"
    )
    assert "no query" in terminal.bad("queries", "change", "=Pain", "--text", "levain")
    (row,) = json.loads(terminal.good("queries", "--json"))
    assert (row["name"], row["text"], row["takes"], row["standing"]) == (
        "=Levain",
        "levain",
        "public",
        "listening",
    )
    assert "levain" in terminal.good("queries")

    table = terminal.good("queries", "--register", "csv").removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(table)))[1][0] == "'=Levain"
    assert (
        json.loads(terminal.good("queries", "--register", "json"))["entries"][0]["basis"]
        == "legitimate interest"
    )
    french = terminal.run("queries", "--register", "csv", ENTENDU_LANGUAGE="fr").stdout
    assert "Base légale;" in french

    terminal.good("queries", "--check")
    with sqlite3.connect(terminal.home / "entendu.sqlite3") as store:
        store.execute("UPDATE mentions_query SET review_on = '2020-01-01'")
    store.close()
    assert terminal.run("queries", "--check").returncode == 1
    assert "long overdue" in terminal.run("doctor").stderr + terminal.run("doctor").stdout
    terminal.good("queries", "change", "=Levain", "--no-active")
    terminal.good("queries", "--check")
