"""The listening stream, the map of places and the share of voice on a store with 100,000 mentions.

    python bench/bench_stream.py [mentions]

CPU time of the process that serves, in ms: the median of 15 requests through the test client after a warm-up, on the
embedded store; and how many queries each page makes. One mention in twenty repeats one of 200 texts.
"""

import re
import statistics
import sys
import time

from home import fresh_home

MENTIONS = 100_000
RUNS = 15


def names() -> None:
    """Two names, found in one mention out of ten each."""
    from entendu.kit import clock
    from entendu.mentions.models import Match, Mention, Query
    from stream_rows import organisation

    about = organisation().organisation
    for place, kind in enumerate(("own", "other")):
        query = Query.objects.create(
            organisation=about, name=kind, text=kind, purpose="bench", active=False, tracked=kind,
            created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        rows = Mention.objects.values_list("pk", "said_at")
        Match.objects.insert_many(
            Match(query=query, mention_id=pk, day=said_at.date()) for pk, said_at in rows if pk % 10 == place
        )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MENTIONS
    with fresh_home():
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from entendu.analysis.models import Copy
        from entendu.analysis.stages import cluster, locate
        from entendu.measures.stages import roll_up
        from entendu.worker.loop import Loop
        from stream_rows import fill

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        for first in range(0, count, 20_000):
            member = fill(min(20_000, count - first), first=first)
        names()
        for stage in (cluster, locate, roll_up):
            start, done = time.process_time(), 0
            while treated := stage(1000):
                done += treated
            spent = time.process_time() - start
            print(f"{stage.__name__}: {done:,} rows, {done / spent:,.0f} a CPU-second", file=sys.stderr)
        Loop().tune()
        client = Client()
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        copy = Copy.objects.select_related("mention").first()
        pages = {
            "stream, folded": "/listen/",
            "stream, folded, next rows": "",
            "stream, each message": "/listen/?fold=no",
            "stream, negative, French": "/listen/?sentiment=negative&language=fr",
            "stream, nobody has decided": "/listen/?end=unseen",
            "stream, one site": "/listen/?site=1",
            "stream, one group": f"/listen/?cluster={copy.cluster_id}",
            "stream, 90 days of the ledger": "/listen/?since=2000-01-01",
            "what came meanwhile": "/listen/fresh/?after=99990",
            "spread of one group": f"/listen/{copy.mention_id}/spread/",
            "places": "/places/",
            "share of voice, 30 days": "/voice/",
        }
        following = re.findall(
            r"/listen/rows/\?[^\"]*cursor=([^\"&]+)", client.get("/listen/").content.decode()
        )
        pages["stream, folded, next rows"] = f"/listen/rows/?cursor={following[0]}"
        print(f"{count:,} mentions, {Copy.objects.count():,} of them near-duplicates\n")
        print("| page | server ms (median) | slowest | queries |\n|---|---:|---:|---:|")
        for name, address in pages.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200, address
            queries = len(captured)
            times = []
            for _run in range(RUNS):
                start = time.process_time()
                client.get(address)
                times.append(1000 * (time.process_time() - start))
            print(f"| {name} | {statistics.median(times):.1f} | {max(times):.1f} | {queries} |")


if __name__ == "__main__":
    main()
