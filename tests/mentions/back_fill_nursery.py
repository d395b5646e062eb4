"""Searches the past in forked children, each killed -9 at another SQL statement, until one lives to the end.

Started by test_back_fill.py as a process of its own with a fresh home (argument 1); prints what the store holds then.
"""

import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ["ENTENDU_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"
sys.path.insert(0, str(Path(__file__).parents[1]))

import django  # noqa: E402

django.setup()

import orjson  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.models import Count  # noqa: E402

from entendu.channels.doors import kinds  # noqa: E402
from entendu.channels.models import Channel  # noqa: E402
from entendu.mentions import back_fill  # noqa: E402
from entendu.mentions.index import index  # noqa: E402
from entendu.mentions.models import BackFill, Match, Mention, Receipt  # noqa: E402
from entendu.reading.query import document  # noqa: E402
from entendu.worker.loop import Loop  # noqa: E402
from make import make_channel, make_mention, make_organisation, make_query  # noqa: E402
from mentions.fake_archive import FakeArchive  # noqa: E402

STORED, HELD = 60, 30
START = datetime(2026, 10, 1, tzinfo=UTC)


def run_child(kill_at: int) -> bool:
    """One life of the stage, killed at its `kill_at`-th statement. Returns whether it lived to the end."""
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
            while back_fill.do_next(1000):
                continue
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status == 0


def main() -> None:
    call_command("migrate", verbosity=0)
    kinds()["archive"] = FakeArchive  # type: ignore[assignment]
    organisation = make_organisation("levain", "Levain")
    path = Path(sys.argv[1]) / "archive.jsonl"
    path.write_bytes(
        b"\n".join(
            orjson.dumps(
                {
                    "key": f"p{n}",
                    "text": "Le levain" if n % 3 == 0 else "Parapluie",
                    "at": (START + timedelta(hours=n)).isoformat(),
                }
            )
            for n in range(HELD)
        )
    )
    source = make_channel(organisation, "Archive", "archive", path=str(path))
    Channel.objects.update(addressed=False)
    stored = make_channel(organisation, "Fichier")
    texts = ["Du levain" if n % 3 == 0 else "Rien" for n in range(STORED)]
    index({make_mention(stored, text).pk: document(text) for text in texts})
    query = make_query(organisation)
    member = organisation.memberships.get()
    back_fill.ask_sources(query, by=member, channels=[source], since=START)
    back_fill.WINDOW = 7
    kills, dice = 0, random.Random(3)
    while not run_child(dice.randint(1, 26)):
        kills += 1
        BackFill.objects.update(leased_until=None)  # two minutes pass: the killed worker's lease runs out
    Loop().run_once()
    report(kills, stored, source)


def report(kills: int, stored: Channel, source: Channel) -> None:
    jobs = {job.channel_id: job for job in BackFill.objects.all()}
    matches = dict(Match.objects.values_list("mention__channel").annotate(n=Count("pk")))
    told = {
        "kills": kills,
        "stored": {"state": jobs[None].state, "treated": jobs[None].treated, "matches": matches[stored.pk]},
        "source": {
            "state": jobs[source.pk].state,
            "treated": jobs[source.pk].treated,
            "receipts": Receipt.objects.filter(channel=source).count(),
            "matches": matches[source.pk],
        },
        "doubled": Mention.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1).count(),
    }
    print(orjson.dumps(told).decode())


main()
