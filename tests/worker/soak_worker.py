"""The real worker, with the fake connector beside the real ones: `python soak_worker.py HOME URL what`.

`init` makes the installation, `work` runs `entendu worker` until it is killed, `settle` treats all that waits and asks
each source what it holds, `report` prints what the store says, as JSON. SOAK_PLANT=cursor plants a fault.
"""

import os
import sys
import time

os.environ["ENTENDU_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"

import django  # noqa: E402

django.setup()

from datetime import timedelta  # noqa: E402

import orjson  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import Count, F  # noqa: E402

from entendu.accounts.members import make_organisation  # noqa: E402
from entendu.channels import doors, lease  # noqa: E402
from entendu.channels.add import add_channel  # noqa: E402
from entendu.channels.models import Channel  # noqa: E402
from entendu.conversations.models import Part  # noqa: E402
from entendu.kit import clock  # noqa: E402
from entendu.mentions import pull  # noqa: E402
from entendu.mentions.ledger import ledger  # noqa: E402
from entendu.mentions.models import Mention, Receipt, Reconciliation  # noqa: E402
from entendu.mentions.reconcile import reconcile  # noqa: E402
from entendu.wire import Page  # noqa: E402
from entendu.worker import loop as worker  # noqa: E402
from worker.fake_source_connector import FakeSource  # noqa: E402
from worker.fake_sources import NAMES  # noqa: E402


def plant() -> None:
    """A fault: the cursor is for good before what it stands after."""
    good = pull.store_raws

    def faulty(channel: Channel, page: Page) -> int:
        Channel.objects.filter(pk=channel.pk).update(cursor=page.cursor)
        channel.cursor = page.cursor
        time.sleep(0.2)  # long enough for a kill to fall between
        return good(channel, page.raws)

    pull.store_page = faulty


def init() -> None:
    call_command("migrate", verbosity=0)
    organisation = make_organisation("levain", "Levain")
    for name in NAMES:
        add_channel(organisation, kind="fakesource", name=name, settings={"url": f"{sys.argv[2]}/{name}"})


def work() -> None:
    Channel.objects.update(leased_until=None)  # two minutes passed: the killed worker's lease ran out
    if os.environ.get("SOAK_PLANT") == "cursor":
        plant()
    from entendu.cli import app

    sys.argv[1:] = ["worker"]
    app()


def settle() -> None:
    Channel.objects.update(leased_until=None)
    if os.environ.get("SOAK_PLANT") == "cursor":
        plant()
    for _round in range(60):
        Channel.objects.update(next_check_at=clock.now(), watch_at=clock.now())
        worker.Loop().run_once()
        if not Channel.objects.exclude(failures=0).exists():
            break
    for channel in Channel.objects.select_related("organisation"):
        for _try in range(20):
            if os.environ.get("SOAK_PLANT") or reconcile(channel).verdict != "failed":
                break
            channel.refresh_from_db()
    worker.Loop().run_once()


def report() -> None:
    lines = ledger(Receipt.objects.all())
    ends = {
        name: sum(getattr(line, name) for line in lines)
        for name in ("conversation", "attached", "watched", "dropped")
    }
    duplicates = sum(line.reasons.get("duplicate", 0) for line in lines)
    found = {
        "receipts": Receipt.objects.count(),
        "ends": sum(ends.values()),
        "by_end": ends,
        "duplicates": duplicates,
        "waiting": sum(line.waiting for line in lines),
        "aside": sum(line.aside for line in lines),
        "balanced": all(line.balanced for line in lines),
        "keys": sorted(Mention.objects.values_list("key", flat=True)),
        "doubled": Mention.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1).count(),
        "deleted": sorted(Mention.objects.filter(deleted_at__isnull=False).values_list("key", flat=True)),
        "edited": Mention.objects.filter(edited_at__isnull=False).count(),
        "words_of_deleted": Mention.objects.filter(deleted_at__isnull=False).exclude(text="").count(),
        "placed_once": not Part.objects.values("mention").annotate(n=Count("pk")).filter(n__gt=1).exists(),
        "fetched": sum(Reconciliation.objects.values_list("fetched", flat=True)),
        "agree": Reconciliation.objects.exclude(verdict="failed")
        .filter(there=F("here") + F("fetched"), missing=0)
        .values("channel")
        .distinct()
        .count(),
    }
    print(orjson.dumps(found).decode())


doors.kinds()["fakesource"] = FakeSource  # type: ignore[assignment]
lease.LEASE = timedelta(seconds=30)
{"init": init, "work": work, "settle": settle, "report": report}[sys.argv[3]]()
