"""Hears a fake firehose in forked children, each killed -9 at another SQL statement, or at a moment of its reading.

Started by test_listen_kill.py as a process of its own: a fresh home (argument 1) and the longest life in statements
(argument 2); prints what the store holds in the end, as JSON. The truth is what the fake firehose says.
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ["ENTENDU_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"

import django  # noqa: E402

django.setup()

import orjson  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.models import Sum  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent.parent))
from entendu.accounts.members import make_organisation  # noqa: E402
from entendu.channels.add import add_channel  # noqa: E402
from entendu.channels.models import Channel  # noqa: E402
from entendu.mentions.models import Forgotten, Mention, Receipt  # noqa: E402
from entendu.worker import inbox, listener  # noqa: E402
from entendu.worker.loop import Loop  # noqa: E402
from fake_firehose import event, mention, position  # noqa: E402
from make import make_query  # noqa: E402

EVENTS = 2400
WORDS = {"levain": "brioche", "ailleurs": "tarte"}


def frames() -> list[bytes]:
    """Posts of which some concern one or both organisations, editions and deletions, damage and other events."""
    dice = random.Random(5)
    said: list[bytes] = []
    alive: list[str] = []
    for n in range(EVENTS):
        kind, key = dice.random(), f"k{n}"
        if kind < 0.85:
            words = [word for word in WORDS.values() if dice.random() < 0.15]
            to = {"facets": mention("did:plc:levain")} if dice.random() < 0.03 else {}
            said.append(event(n, "did:plc:a", key, " ".join(["bonjour", *words]), **to))
            alive.append(key)
        elif kind < 0.92 and alive:
            said.append(event(n, "did:plc:a", dice.choice(alive), f"corrigé {n}", operation="update"))
        elif kind < 0.97 and alive:
            gone = alive.pop(dice.randrange(len(alive)))
            said.append(event(n, "did:plc:a", gone, operation="delete"))
        else:
            said.append(event(n, "did:plc:a", key, operation="reindex"))  # nothing that we know
    return said


def run_child(rng: random.Random, span: int, last: int) -> bool:
    """One life of the listener. Returns whether it lived to the end."""
    connections.close_all()
    kill_at = rng.randint(1, span)
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
            listener.BATCH = inbox.BATCH = 60
            inbox._ROOM = 120
            one = listener.Listener(lambda: False)
            while any(
                int(cursor or b"0") < last for cursor in Channel.objects.values_list("cursor", flat=True)
            ):
                one.turn(0.05)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return status == 0


def main() -> None:
    call_command("migrate", verbosity=0)
    home, said = Path(sys.argv[1]), frames()
    (home / "frames").write_bytes(b"\n".join(said))
    server = [
        sys.executable,
        str(Path(__file__).parent.parent / "fake_firehose.py"),
        "0",
        str(home / "frames"),
    ]
    with subprocess.Popen(server, stdout=subprocess.PIPE, text=True) as fake:
        assert fake.stdout is not None
        port = int(fake.stdout.readline())
        settings.HTTP_ALLOW = [f"127.0.0.1:{port}"]
        for slug, word in WORDS.items():
            organisation = make_organisation(slug, slug)
            make_query(organisation, word)
            add_channel(
                organisation,
                kind="bluesky",
                name="Bluesky",
                settings={"firehose": f"ws://127.0.0.1:{port}/subscribe", "from_start": "yes"},
                own_handles=[f"did:plc:{slug}"],
            )
        rng, kills = random.Random(7), 0
        while not run_child(rng, int(sys.argv[2]), position(said[-1])):
            kills += 1
            Channel.objects.update(leased_until=None, next_check_at="2026-01-01T00:00:00Z", failures=0)
        fake.kill()
    report(kills)


def report(kills: int) -> None:
    receipts = {slug: [] for slug in WORDS}
    for slug, key in Receipt.objects.order_by("pk").values_list("organisation__slug", "key"):
        receipts[slug].append(key.rpartition("/")[2])
    forgotten = {
        slug: Forgotten.objects.filter(organisation__slug=slug).aggregate(n=Sum("count"))["n"]
        for slug in WORDS
    }
    Loop().run_once()
    texts = {
        slug: {
            one.key.rpartition("/")[2]: one.text
            for one in Mention.objects.filter(organisation__slug=slug, deleted_at=None)
        }
        for slug in WORDS
    }
    print(
        orjson.dumps({"kills": kills, "receipts": receipts, "forgotten": forgotten, "texts": texts}).decode()
    )


if __name__ == "__main__":
    main()
