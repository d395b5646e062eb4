"""Mentions as the loop would have left them, for the benchmarks of the stream: written straight to the store."""

import random
from datetime import timedelta
from typing import Any

from corpus import made_up

STORMS = 40  # texts that come again, in each fill
SENTIMENTS = ("negative", "neutral", "positive")


def organisation() -> Any:
    """The organisation of the benchmark and its member, made once."""
    from entendu.accounts.members import add_member, make_organisation
    from entendu.accounts.models import Membership

    member = Membership.objects.select_related("organisation").first()
    if member is None:
        made = make_organisation("bench", "Bench")
        member = add_member(made, email="a@bench.example", name="Alice Roy", role="admin", language="fr")
    return member


def fill(count: int, *, first: int = 0, share: float = 0.05) -> Any:
    """`count` more mentions, one a minute back from now, by a third as many authors on seven sites; `share` of them
    repeat one of STORMS texts. Returns a member who may see them."""
    from django.db import transaction

    from entendu.analysis.models import Analysis
    from entendu.channels.models import Channel
    from entendu.kit import clock
    from entendu.mentions.models import Author, Mention, Receipt

    dice, now, member = random.Random(first + 2), clock.now(), organisation()
    about = {"organisation": member.organisation}
    channels = [
        Channel.objects.get_or_create(
            **about, name=f"bench {n}", defaults={"kind": "files", "created_at": now}
        )[0]
        for n in range(7)
    ]
    texts = [one.text for one in made_up(count, 16, seed=first + 7)]
    with transaction.atomic():
        authors = [
            Author(**about, network="b", key=f"a{first + n}", handle=f"a{first + n}", name=f"Auteur {first + n}",
                   first_seen_at=now, recognised_at=now)
            for n in range(count // 3)
        ]  # fmt: skip
        Author.objects.number_many(authors)
        Author.objects.insert_many(authors)
        moments = [now - timedelta(minutes=first + n) for n in range(count)]
        receipts = [
            Receipt(**about, channel=channels[n % 7], key=f"k{first + n}", content=b"x" * 400, media_type="text/plain",
                    received_at=moments[n], parsed_at=now, end="watched")
            for n in range(count)
        ]  # fmt: skip
        Receipt.objects.number_many(receipts)
        Receipt.objects.insert_many(receipts)
        mentions = [
            Mention(**about, channel=channels[n % 7], receipt_id=receipts[n].pk, author=dice.choice(authors),
                    network=f"site{n % 7}.example", key=f"m{first + n}", url=f"https://site{n % 7}.example/{n}",
                    text=f"{texts[dice.randrange(STORMS)]} #{n}" if dice.random() < share else texts[n],
                    said_at=moments[n], heard_at=moments[n], analysed_at=now, gathered_at=moments[n],
                    audience=dice.randrange(5000))
            for n in range(count)
        ]  # fmt: skip
        Mention.objects.number_many(mentions)
        Mention.objects.insert_many(mentions)
        Analysis.objects.insert_many(
            Analysis(mention_id=one.pk, language=dice.choice(("fr", "en")), sentiment=dice.choice(SENTIMENTS),
                     intent=dice.choice(("complaint", "question", "praise", "other")), urgency="normal",
                     scores={"sentiment": 0.8, "intent": 0.7, "urgency": 0.6}, model="bench", read_at=now)
            for one in mentions
        )  # fmt: skip
    return member
