"""What the ledger costs to show, at 100,000 receipts over two weeks. On SQLite, CPU time of this process.

    python bench/bench_ledger.py [RECEIPTS]

Medians of eleven requests, the first of each kind thrown away.
"""

import random
import statistics
import sys
import time
from datetime import timedelta

from home import fresh_home

RECEIPTS = 100_000
CHANNELS = 6
ENDS = (
    ("conversation", ""),
    ("attached", ""),
    ("watched", ""),
    ("dropped", "no_match"),
    ("dropped", "duplicate"),
)


def fill(count: int) -> object:
    """Receipts as the loop would have left them, and somebody who looks."""
    from django.db import connection, transaction

    from entendu.accounts.members import add_member, make_organisation
    from entendu.channels.models import Channel
    from entendu.kit import clock
    from entendu.mentions.models import Receipt

    dice, now = random.Random(5), clock.now()
    organisation = make_organisation("bench", "Bench")
    member = add_member(
        organisation, email="a@bench.example", name="Alice Roy", role="manager", language="fr"
    )
    channels = [
        Channel.objects.create(organisation=organisation, kind="files", name=f"c{n}", created_at=now)
        for n in range(CHANNELS)
    ]
    with transaction.atomic():
        rows = []
        for number in range(count):
            at = now - timedelta(days=dice.random() * 13)
            end, reason = dice.choice(ENDS)
            rows.append(
                Receipt(
                    organisation=organisation, channel=dice.choice(channels), key=f"r{number}", content=b"x" * 400,
                    received_at=at, day=at.date(), parsed_at=at, end=end, reason=reason,
                )
            )  # fmt: skip
        Receipt.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return member


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECEIPTS
    with fresh_home():
        from django.conf import settings
        from django.core.management import call_command
        from django.test import Client

        settings.ALLOWED_HOSTS = ["*"]
        call_command("collectstatic", verbosity=0, interactive=False)
        member = fill(count)
        browser = Client()
        browser.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[attr-defined]
        today = time.strftime("%Y-%m-%d")
        for name, address in (
            ("the ledger, two weeks", "/ledger/"),
            ("one channel", "/ledger/?channel=c1"),
            ("a cell's receipts", f"/ledger/receipts/?channel=c1&day={today}&end=watched"),
            ("all that was dropped", "/ledger/receipts/?end=dropped"),
            ("export, CSV", "/ledger/export/csv/"),
        ):
            times = []
            for _round in range(12):
                began = time.process_time()
                answer = browser.get(address)
                times.append((time.process_time() - began) * 1000)
                assert answer.status_code == 200, address
            print(f"{name:<28} {statistics.median(times[1:]):7.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
