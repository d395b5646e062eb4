# ruff: noqa: E402 -- Django must be ready before its models are imported
"""What indexing a mention and searching 100,000 of them cost, on SQLite, in CPU time.

nice -n 15 python bench/bench_search.py
"""

import os
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

os.environ["ENTENDU_HOME"] = tempfile.mkdtemp(prefix="entendu-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from entendu.kit import clock
from entendu.mentions.documents import document_of
from entendu.mentions.index import index
from entendu.mentions.models import Mention, Receipt
from entendu.mentions.search import search
from entendu.reading.query import parse
from make import make_author, make_channel, make_member, make_organisation

COUNT, BATCH, WORDS, LENGTH = 100_000, 500, 20_000, 20
QUERIES = [
    "mot500",
    "mot12 OR mot13",
    "mot5 NEAR/3 mot6",
    "lang:fr mot7",
    "NOT mot3",
    "*ot77",
    "mot0",
    "lang:fr",
]


def main() -> None:
    """Prints one line for the index, then one for each query."""
    call_command("migrate", verbosity=0)
    organisation = make_organisation("b", "B")
    member, channel = make_member(organisation, "A B", "agent"), make_channel(organisation, "C")
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
    mentions = list(Mention.objects.select_related("author", "channel"))
    documents = [(one.pk, document_of(one, "fr")) for one in mentions]
    began = time.process_time()
    for start in range(0, COUNT, BATCH):
        with transaction.atomic():
            index(dict(documents[start : start + BATCH]))
    print(f"index: {(time.process_time() - began) / COUNT * 1e6:.0f} us of CPU for each mention")
    for text in QUERIES:
        began = time.process_time()
        rows = list(search(member, parse(text)).order_by("-said_at")[:51])
        page = time.process_time() - began
        began = time.process_time()
        count = search(member, parse(text))[:1001].count()
        counted = time.process_time() - began
        print(
            f"{text}: {len(rows)} rows in {page * 1e3:.0f} ms, counted to {count} in {counted * 1e3:.0f} ms of CPU"
        )


if __name__ == "__main__":
    main()
