"""The inbox list with many conversations: server time and number of queries of the page and of its rows, on SQLite.

    python bench/bench_inbox.py [CONVERSATIONS]

Server time is the CPU time of this process from request to rendered response, without the network: median of the
runs. The boxes: `to_take` (half of the conversations are there) and `all`; a page is 50 rows.
"""

import random
import statistics
import sys
import time
from datetime import timedelta

from home import fresh_home

CONVERSATIONS = 100_000
RUNS = 15


def fill(count: int) -> object:
    """Conversations as the loop would have left them; returns a member who may see them."""
    from django.db import transaction

    from entendu.accounts.members import add_member, make_organisation
    from entendu.channels.models import Channel
    from entendu.conversations.models import Conversation
    from entendu.kit import clock
    from entendu.mentions.models import Author

    dice, now = random.Random(2), clock.now()
    organisation = make_organisation("bench", "Bench")
    member = add_member(organisation, email="a@bench.example", name="Alice Roy", role="agent", language="fr")
    channel = Channel.objects.create(organisation=organisation, kind="files", name="bench", created_at=now)
    with transaction.atomic():
        Author.objects.insert_many(
            Author(
                organisation=organisation,
                network="b",
                key=f"a{n}",
                handle=f"a{n}",
                name=f"Auteur {n}",
                first_seen_at=now,
            )
            for n in range(count // 3)
        )
        authors = list(Author.objects.values_list("pk", flat=True))
        Conversation.objects.insert_many(
            Conversation(
                organisation=organisation,
                number=n + 1,
                title=f"Commande {n} incomplète",
                preview="Il manquait six croissants sur la commande du comité",
                author_id=dice.choice(authors),
                channel=channel,
                opened_at=now - timedelta(minutes=n),
                last_at=now - timedelta(minutes=n, seconds=-30),
                waiting_since=now - timedelta(minutes=n) if n % 2 else None,
                state="open" if n % 2 else "closed",
                sentiment=dice.choice(["negative", "neutral", "positive"]),
                intent=dice.choice(["complaint", "question", "praise"]),
                urgency="normal",
                language="fr",
                priority=dice.randrange(800),
            )
            for n in range(count)
        )
    return member


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS
    with fresh_home():
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from entendu.worker.loop import Loop

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        member = fill(count)
        Loop().tune()
        client = Client()
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        print(
            f"{count:,} conversations\n\n| page | server ms (median) | slowest | queries |\n|---|---:|---:|---:|"
        )
        for address in (
            "/inbox/to_take/",
            "/inbox/to_take/rows/",
            "/inbox/all/rows/",
            "/inbox/closed/rows/",
            "/menu/",
        ):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200, address
            queries = len(captured)
            times = []
            for _run in range(RUNS):
                start = time.process_time()
                client.get(address)
                times.append(1000 * (time.process_time() - start))
            print(f"| {address} | {statistics.median(times):.1f} | {max(times):.1f} | {queries} |")


if __name__ == "__main__":
    main()
