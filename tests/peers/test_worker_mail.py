"""The worker as it is started in real life, against a real mailbox: IDLE brings a mail at once, and kill -9 at any
moment of receiving and sending loses nothing and doubles nothing."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from peers.mailserver import MailServer, require_dovecot, start_mailserver

pytestmark = pytest.mark.peers
HARNESS = Path(__file__).with_name("mail_harness.py")


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    require_dovecot()
    server = start_mailserver()
    yield server
    server.stop()


class Installation:
    """A home with one mailbox, and a worker that can be started and killed."""

    def __init__(self, home: Path, server: MailServer) -> None:
        self.home, self.settings = home, json.dumps(server.settings("care", sent_folder="Sent"))
        self.environment = os.environ | {"ENTENDU_HOME": str(home), "ENTENDU_UNDO_SECONDS": "0"}
        self.do("init")

    def do(self, what: str) -> str:
        command = [sys.executable, str(HARNESS), str(self.home), self.settings, what]
        result = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def report(self) -> dict[str, Any]:
        """What the store holds, read beside the worker without starting a program for each look."""
        with closing(sqlite3.connect(f"file:{self.home}/entendu.sqlite3?mode=ro", uri=True)) as store:
            titles = store.execute("SELECT title FROM mentions_mention WHERE NOT ours ORDER BY title")
            replies = store.execute("SELECT state FROM conversations_reply ORDER BY id")
            (receipts,) = store.execute("SELECT count(*) FROM mentions_receipt").fetchone()
            return {
                "titles": [title for (title,) in titles],
                "replies": [state for (state,) in replies],
                "receipts": receipts,
            }

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "entendu", "worker"]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)


def wait_for(installation: Installation, truth: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Looks until `truth` holds; the limit only ends a test that has failed."""
    limit = time.monotonic() + 60
    found = installation.report()
    while not truth(found) and time.monotonic() < limit:
        found = installation.report()
    assert truth(found), found
    return found


def test_idle_brings_a_mail_and_a_killed_worker_loses_and_doubles_nothing(
    server: MailServer, tmp_path: Path
) -> None:
    installation = Installation(tmp_path, server)
    care = server.settings("care")["address"]
    dice = random.Random(11)
    titles: list[str] = []
    worker = installation.start()
    for life in range(4):
        for n in range(2):
            titles.append(f"Question {life}.{n}")
            server.deliver("marie@ex.test", care, titles[-1], "Bonjour ?")
        heard = dice.randint(len(titles) - 1, len(titles))
        wait_for(installation, lambda found, heard=heard: len(found["titles"]) >= heard)
        installation.do("reply")
        if dice.random() < 0.5:
            wait_for(installation, lambda found: "sent" in found["replies"][-2:])
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker = installation.start()
    try:
        wait_for(installation, lambda found: len(found["titles"]) == len(titles))
        installation.do("reply")
        found = wait_for(installation, lambda found: "queued" not in found["replies"])
    finally:
        worker.terminate()
        worker.wait()
    assert found["titles"] == sorted(titles)
    assert found["receipts"] == len(titles)
    subjects = sorted(str(mail["Subject"]) for mail in server.mailbox("marie"))
    assert len(subjects) == len(set(subjects)), "a reply left twice"
    in_doubt = sum(
        state in {"sending", "uncertain"} for state in found["replies"]
    )  # looked for, then a person's
    assert len(subjects) + in_doubt >= len(titles), "a reply was lost and nobody is told"
    assert found["replies"].count("sent") <= len(subjects), "a reply is shown as sent that nobody received"
    assert len(found["replies"]) == len(titles)
