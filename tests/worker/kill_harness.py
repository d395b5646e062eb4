"""Runs the worker's loop again and again in forked children, each killed -9 at another SQL statement.

Started by test_kill.py as a process of its own with a fresh home (argument 1) and the longest life in statements
(argument 2); prints what the store holds in the end, as JSON. The truth is the file that the channel reads.
"""

import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

os.environ["ENTENDU_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"

import django  # noqa: E402

django.setup()

import orjson  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.models import Count  # noqa: E402

from entendu.accounts.members import make_organisation  # noqa: E402
from entendu.channels.add import add_channel  # noqa: E402
from entendu.conversations.models import Conversation, Event, Part  # noqa: E402
from entendu.measures.models import Figure  # noqa: E402
from entendu.mentions.models import Mention, Receipt  # noqa: E402
from entendu.worker import loop as worker  # noqa: E402

ROWS = 120


def write_truth(path: Path) -> None:
    """Threads of four, an unreadable row now and then, an edition and a repeated delivery."""
    lines = []
    for n in range(ROWS):
        row: dict[str, Any] = {
            "key": f"k{n}",
            "author": {"key": f"a{n % 17}"},
            "at": f"2026-11-01T{n // 60:02}:{n % 60:02}:00+00:00",
            "text": f"message {n}",
            "addressed": True,
            "parent_key": f"k{n - 1}" if n % 4 else "",
        }
        if n % 31 == 30:
            row["at"] = "never"
        lines.append(orjson.dumps(row))
        if n % 40 == 7:
            lines.append(orjson.dumps(row | {"kind": "edited", "text": f"message {n}, edited"}))
        if n % 40 == 9:
            lines.append(orjson.dumps(row))
    path.write_bytes(b"\n".join(lines) + b"\n")


def run_child(kill_at: int) -> bool:
    """One life of the worker, killed at its `kill_at`-th statement. Returns whether it lived to the end."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        count = 0

        def deadly(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(deadly):
            worker.BATCH = 8
            worker.Loop().run_once()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status == 0


def main() -> None:
    call_command("migrate", verbosity=0)
    truth = Path(sys.argv[1]) / "truth.jsonl"
    write_truth(truth)
    organisation = make_organisation("levain", "Levain")
    add_channel(organisation, kind="files", name="truth", settings={"path": str(truth), "network": "test"})
    span, kills, dice = int(sys.argv[2]), 0, random.Random(7)  # no rhythm: stages have rhythms of their own
    while not run_child(dice.randint(1, span)):
        kills += 1
        expire_leases()
    report(kills)


def expire_leases() -> None:
    """Two minutes pass: the killed worker's lease on the door runs out."""
    from entendu.channels.models import Channel

    Channel.objects.update(leased_until=None)


def report(kills: int) -> None:
    doubled = Mention.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1).count()
    print(
        orjson.dumps(
            {
                "kills": kills,
                "keys": sorted(Mention.objects.values_list("key", flat=True)),
                "edited": sorted(Mention.objects.exclude(edited_at=None).values_list("key", flat=True)),
                "unreadable": Receipt.objects.filter(reason="unreadable").count(),
                "unended": Receipt.objects.filter(end="", reason="").count(),
                "doubled": doubled,
                "conversations": Conversation.objects.count(),
                "parts": Part.objects.count(),
                "opened": Event.objects.filter(kind="opened").count(),
                "figures": Figure.objects.count() > 0,
                "integrity": integrity(),
            }
        ).decode()
    )


def integrity() -> str:
    if connection.vendor != "sqlite":
        return "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return str(cursor.fetchone()[0])


main()
