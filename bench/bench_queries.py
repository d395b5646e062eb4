# ruff: noqa: E402 -- Django must be ready before its models are imported
"""What the pages of queries cost with 100,000 messages and as many matches, and a search of that past, on SQLite, in
CPU time.

nice -n 15 python bench/bench_queries.py
"""

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path

os.environ["ENTENDU_HOME"] = tempfile.mkdtemp(prefix="entendu-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from entendu.kit import clock
from entendu.mentions.back_fill import do_next
from entendu.mentions.documents import document_of
from entendu.mentions.index import index
from entendu.mentions.models import BackFill, Match, Mention, Receipt
from make import make_author, make_channel, make_member, make_organisation, make_query

COUNT, BATCH, QUERIES, WORDS, LENGTH, TIMES = 100_000, 500, 20, 20_000, 20, 7
TRIED = [
    "mot500",
    "mot5 NEAR/3 mot6",
    "(mot12 OR mot13 OR mot14) NOT mot3",
    "mot0 OR mot1",
    "*ot77",
    "NOT mot3",
]


def main() -> None:
    """Prints a line for each page and preview, then one for the search of the past."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    organisation = make_organisation("b", "B")
    member = make_member(organisation, "A B", "manager")
    fill(make_channel(organisation, "C"))
    queries = [make_query(organisation, f"mot{n + 20}", name=f"q{n}", by=member) for n in range(QUERIES)]
    BackFill.objects.all().delete()
    Match.objects.insert_many(
        Match(query_id=queries[pk % QUERIES].pk, mention_id=pk, day=at.astimezone(UTC).date())
        for pk, at in Mention.objects.values_list("pk", "said_at")
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    pages = ["/queries/", f"/queries/{queries[0].pk}/past/", "/queries/register/", "/queries/opt-outs/"]
    for url in pages:
        print(f"{url}: {spent(client, url):.0f} ms")
    for text in TRIED:
        print(f"preview of {text}: {spent(client, '/queries/preview/', text=text):.0f} ms")
    past = make_query(organisation, "mot12 OR mot13", name="past", by=member)
    began = time.process_time()
    while do_next(1000):
        continue
    took = time.process_time() - began
    print(
        f"search of the past: {COUNT / took:,.0f} messages per CPU-second, {past.matches.count():,} matches written"
    )


def fill(channel: object) -> None:
    """Messages of the last 35 days, indexed."""
    organisation = channel.organisation  # type: ignore[attr-defined]
    author, now, chance = make_author(organisation), clock.now(), random.Random(1)
    with transaction.atomic():
        Receipt.objects.insert_many(
            Receipt(
                organisation=organisation,
                channel=channel,
                key=str(n),
                content=b"",
                received_at=now,
                end="watched",
            )
            for n in range(COUNT)
        )
        Mention.objects.insert_many(
            Mention(
                organisation=organisation, channel=channel, receipt_id=pk, author=author, network="t", key=str(pk),
                text=" ".join(f"mot{min(int(chance.paretovariate(0.35)) - 1, WORDS)}" for _ in range(LENGTH)),
                said_at=now - timedelta(seconds=30 * pk), heard_at=now,
            )
            for pk in Receipt.objects.values_list("pk", flat=True)
        )  # fmt: skip
    documents = [
        (one.pk, document_of(one, "fr")) for one in Mention.objects.select_related("author", "channel")
    ]
    for start in range(0, COUNT, BATCH):
        with transaction.atomic():
            index(dict(documents[start : start + BATCH]))


def spent(client: Client, url: str, **asked: str) -> float:
    """The median of the CPU time of a page, in milliseconds."""
    times = []
    for _ in range(TIMES):
        began = time.process_time()
        answer = client.get(url, asked)
        times.append(time.process_time() - began)
        assert answer.status_code == 200, (url, answer.status_code)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
