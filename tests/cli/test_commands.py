"""The commands as somebody types them, each in a process of its own: refusals in one line, then the work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = """id,author,text,date,in_reply_to
1,dalila,Le pain est rassis,2026-11-01 10:00,
2,levain,Pardon !,2026-11-01 10:30,1
"""


class Terminal:
    """A shell with a home of its own, in English."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {
            "ENTENDU_HOME": str(home),
            "ENTENDU_LANGUAGE": "en",
            "COLUMNS": "200",
        }
        self.environment.pop("ENTENDU_DATABASE_URL", None)

    def run(self, *words: str, input: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "entendu", *words]
        return subprocess.run(
            command, capture_output=True, text=True, input=input, env=self.environment | more
        )

    def good(self, *words: str) -> str:
        result = self.run(*words)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def bad(self, *words: str, **more: str) -> str:
        result = self.run(*words, **more)
        assert result.returncode == 1, result.stdout
        assert "Traceback" not in result.stderr
        return " ".join(result.stderr.split())


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home")


def test_trouble_is_one_clear_line(terminal: Terminal, tmp_path: Path) -> None:
    assert "entendu init" in terminal.bad("ledger")
    assert "telepathy" in terminal.bad("ledger", ENTENDU_DATABASE_URL="telepathy://x")
    terminal.good("init")
    assert "no such organisation" in terminal.bad("measures")
    assert "is not a time zone" in terminal.bad(
        "init", "--organisation", "A", "--email", "a@b.example", "--timezone", "Moon"
    )
    terminal.good("init", "--organisation", "Levain", "--email", "a@levain.example")
    assert "no such list" in terminal.bad("signals", "--state", "rouge")
    assert json.loads(terminal.good("signals", "--json")) == []
    assert "no file" in terminal.bad("import", str(tmp_path / "absent.csv"))
    (tmp_path / "odd.csv").write_text("a;b\n1;2\n")
    assert "cannot be taken in" in terminal.bad("import", str(tmp_path / "odd.csv"))
    assert "is not a day" in terminal.bad("measures", "--since", "yesterday")
    assert "ends before it begins" in terminal.bad(
        "measures", "--since", "2026-02-01", "--until", "2026-01-01"
    )
    (tmp_path / "odd.tar.gz").write_text("no")
    assert "not a backup" in terminal.bad("restore", str(tmp_path / "odd.tar.gz"))


def test_a_file_goes_through_the_loop_and_a_backup_brings_it_back(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.good("init", "--organisation", "Levain", "--email", "a@levain.example")
    assert "/enter/" in said
    rows = tmp_path / "rows.csv"
    rows.write_text(ROWS)
    assert "2 new rows" in terminal.good("import", str(rows), "--own", "levain")
    assert "0 new rows" in terminal.good("import", str(rows), "--own", "levain")
    done = json.loads(terminal.good("worker", "--once", "--json"))
    assert (done["parse"], done["gather"]) == (2, 2)
    lines = json.loads(terminal.good("ledger", "--json"))
    assert sum(line["received"] for line in lines) == 2
    assert all(line["balanced"] for line in lines)
    period = ("--since", "2026-10-20", "--until", "2026-11-10", "--json")
    measures = json.loads(terminal.good("measures", *period))["measures"]
    assert measures["first_response"]["median"] == 1800
    assert measures["first_response"]["n"] == 1

    backup = tmp_path / "b.tar.gz"
    terminal.good("backup", str(backup))
    assert "--yes" in terminal.bad("restore", str(backup))
    other = Terminal(tmp_path / "other")
    other.good("restore", str(backup))
    assert json.loads(other.good("measures", *period))["measures"] == measures
    assert json.loads(other.good("ledger", "--json")) == lines
    assert oct(backup.stat().st_mode & 0o777) == "0o600"


def test_doctor_says_what_is_wrong_by_its_exit_status(terminal: Terminal) -> None:
    assert terminal.run("doctor").returncode == 1
    terminal.good("init")
    assert all(one["ok"] for one in json.loads(terminal.good("doctor", "--json")) if one["name"] != "disk")
    (terminal.home / "keys").chmod(0o755)
    assert "chmod 700" in terminal.bad("doctor")


def test_texts_are_read_from_standard_input(terminal: Terminal) -> None:
    command = [sys.executable, "-m", "entendu", "read"]
    lines = '{"text": "Merci, le pain est excellent"}\nnot json\n'
    result = subprocess.run(command, input=lines, capture_output=True, text=True, env=terminal.environment)
    assert result.returncode == 0, result.stderr
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["language"]["label"], first["sentiment"]["label"]) == ("fr", "positive")
    assert "error" in second


def test_a_reader_that_is_not_there_is_one_clear_line(terminal: Terminal) -> None:
    assert "unknown model 'crystal-ball': choose one of linear" in terminal.bad(
        "read", "--model", "crystal-ball"
    )


def test_bad_lines_are_told_by_number_and_lose_nothing_else(terminal: Terminal) -> None:
    lines = (
        '{"id": 1, "text": "Merci à toute l\'équipe"}\n{oops\n\n{"id": 2, "text": "never again"}\n["text"]\n'
    )
    result = terminal.run("read", input=lines)
    said = " ".join(result.stderr.split())
    assert result.returncode == 0
    assert "line 2: it is not JSON" in said
    assert "line 5: it is not a JSON object" in said
    assert "2 lines could not be read, 2 were." in said
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer.get("id") for answer in answers] == [1, None, 2, None]
    assert [answer["error"]["line"] for answer in answers if "error" in answer] == [2, 5]
    assert "unknown model" in terminal.bad("read", "--model", "oracle")
