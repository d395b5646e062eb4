"""What the figures cost: to make, to keep up to date, and to show. On SQLite.

python bench/bench_figures.py [MENTIONS]

All times are CPU time of this process. A third of the mentions open a conversation, which is answered
once; they are spread over 60 days. "One more" is a look after one correction: its day and its
conversation are counted anew.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from home import fresh_home

MENTIONS = 100_000
DAYS = 60


def fill(count: int) -> tuple[Any, Any]:
    """Mentions and conversations as the loop would have left them."""
    from django.db import transaction

    from entendu.accounts.members import add_member, make_organisation
    from entendu.analysis.models import Analysis
    from entendu.channels.models import Channel
    from entendu.conversations.models import Conversation, Event, Part, Reply
    from entendu.kit import clock
    from entendu.mentions.models import Author, Mention, Receipt

    dice, now = random.Random(5), clock.now()
    organisation = make_organisation("bench", "Bench", timezone="America/Montreal")
    member = add_member(
        organisation, email="a@bench.example", name="Alice Roy", role="manager", language="fr"
    )
    channels = [
        Channel.objects.create(organisation=organisation, kind="files", name=f"c{n}", created_at=now)
        for n in range(4)
    ]
    author = Author.objects.create(organisation=organisation, network="b", key="a", first_seen_at=now)
    said = [now - timedelta(days=dice.random() * DAYS) for _ in range(count)]
    own = {"organisation": organisation}
    with transaction.atomic():
        receipts = [
            Receipt(**own, channel=channels[n % 4], key=f"r{n}", content=b"", received_at=now, parsed_at=now)
            for n in range(count)
        ]
        receipts = Receipt.objects.bulk_create(receipts, batch_size=5000)
        mentions = Mention.objects.bulk_create(
            [
                Mention(
                    **own, channel=channels[n % 4], receipt=receipts[n], author=author, network="b", key=f"m{n}",
                    text="x",
                    said_at=said[n], heard_at=now, analysed_at=now, gathered_at=now,
                )
                for n in range(count)
            ],
            batch_size=5000,
        )  # fmt: skip
        Analysis.objects.bulk_create(
            [
                Analysis(
                    mention=one, language=dice.choice(["fr", "en"]),
                    sentiment=dice.choice(["negative", "neutral", "positive"]),
                    intent=dice.choice(["complaint", "question", "praise", "other"]),
                    urgency="normal", model="b", read_at=now,
                )
                for one in mentions
            ],
            batch_size=5000,
        )  # fmt: skip
        openers = mentions[::3]
        conversations = Conversation.objects.bulk_create(
            [
                Conversation(
                    **own, number=n, title="x", author=author, channel=one.channel, opened_at=one.said_at,
                    last_at=one.said_at, language="fr",
                )
                for n, one in enumerate(openers, 1)
            ],
            batch_size=5000,
        )  # fmt: skip
        pairs = list(zip(conversations, openers, strict=True))
        Part.objects.bulk_create(
            [Part(conversation=c, mention=m, why="opened", at=now) for c, m in pairs], batch_size=5000
        )
        Reply.objects.bulk_create(
            [
                Reply(
                    conversation=c, channel=c.channel, answers=m, visibility="public", text="x",
                    key=f"k{c.pk}", by=member.user,
                    composed_at=m.said_at, leaves_at=m.said_at, state="sent",
                    sent_at=m.said_at + timedelta(minutes=dice.randint(1, 600)),
                )
                for c, m in pairs
            ],
            batch_size=5000,
        )  # fmt: skip
        Event.objects.bulk_create(
            [Event(**own, conversation=c, kind="opened", at=m.said_at) for c, m in pairs], batch_size=5000
        )
    return organisation, member


def cpu(act: Callable[[], Any]) -> float:
    """Seconds of CPU time of this process."""
    start = time.process_time()
    act()
    return time.process_time() - start


def one_more(member: Any) -> None:
    """A correction: a day and a conversation to be counted anew."""
    from entendu.conversations.correct import correct
    from entendu.mentions.models import Mention

    correct(
        Mention.objects.filter(part__isnull=False).order_by("?")[0],
        by=member,
        facet="sentiment",
        value="positive",
    )


def main(count: int) -> None:
    os.environ["ENTENDU_DEBUG"] = "1"  # no static files to collect
    with fresh_home():
        from django.test import Client

        from entendu.measures.compute import last_days, report
        from entendu.measures.models import Figure
        from entendu.measures.stages import roll_up

        organisation, member = fill(count)

        def drain() -> None:
            while roll_up(2000):
                pass

        first = cpu(drain)
        print(f"{count} mentions, {Figure.objects.count()} figures")
        print(f"from nothing        {first:7.2f} s   {count / first:9.0f} mentions/CPU-s")
        print(f"nothing new         {1000 * min(cpu(drain) for _ in range(5)):7.2f} ms")
        times = []
        for _ in range(5):
            one_more(member)
            times.append(cpu(drain))
        print(f"one more            {1000 * sorted(times)[2]:7.2f} ms")
        since, until = last_days(organisation, 30)
        whole = min(cpu(lambda: report(organisation, since, until)) for _ in range(3))
        print(f"report, 30 days     {1000 * whole:7.2f} ms")
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(member.user)
        assert client.get("/dashboard/").status_code == 200
        print(
            f"dashboard, 30 days  {1000 * min(cpu(lambda: client.get('/dashboard/')) for _ in range(3)):7.2f} ms"
        )
        print(
            f"dashboard, 7 days   {1000 * min(cpu(lambda: client.get('/dashboard/?days=7')) for _ in range(3)):7.2f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MENTIONS)
