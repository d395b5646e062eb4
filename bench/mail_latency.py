"""From a customer's SMTP client to the inbox: seconds until a mail is a conversation, with the worker as it is started
in real life, a real Dovecot and its IDLE.

    python bench/mail_latency.py [MAILS]
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "peers")]

from peers.mailserver import start_mailserver  # noqa: E402


def conversations(home: str) -> int:
    """How many there are now."""
    with closing(sqlite3.connect(f"file:{home}/entendu.sqlite3?mode=ro", uri=True)) as store:
        return int(store.execute("SELECT count(*) FROM conversations_conversation").fetchone()[0])


def main() -> None:
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    server = start_mailserver()
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"ENTENDU_HOME": home}
        harness = str(ROOT / "tests" / "peers" / "mail_harness.py")
        settings = json.dumps(server.settings("care"))
        subprocess.run([sys.executable, harness, home, settings, "init"], check=True, env=environment)
        worker = subprocess.Popen([sys.executable, "-m", "entendu", "worker"], env=environment)
        waits = []
        try:
            for number in range(mails + 1):
                start = time.monotonic()
                server.deliver(
                    "marie@ex.test", server.settings("care")["address"], f"Question {number}", "Bonjour ?"
                )
                while conversations(home) <= number and time.monotonic() - start < 60:
                    time.sleep(0.01)
                waits.append(time.monotonic() - start)
        finally:
            worker.terminate()
            worker.wait()
            server.stop()
    waits = waits[1:]  # the first one waits for the worker to start
    print(f"{mails} mails: median {statistics.median(waits):.2f} s, slowest {max(waits):.2f} s")


if __name__ == "__main__":
    main()
