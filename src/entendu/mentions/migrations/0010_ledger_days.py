"""Fills what the ledger and the rhythms count from, out of what was heard before."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import F
from django.db.models.functions import TruncDate

WEEKS = 8


def fill(apps, schema_editor):
    receipts = apps.get_model("mentions", "Receipt").objects
    for organisation in apps.get_model("accounts", "Organisation").objects.all():
        try:
            zone = ZoneInfo(organisation.timezone)
        except (KeyError, ValueError):
            zone = ZoneInfo("UTC")
        receipts.filter(organisation=organisation).update(day=TruncDate("received_at", tzinfo=zone))
    # What could not be read waits for a person from now on; dropping it is a decision.
    receipts.filter(end="dropped", reason="unreadable").update(end="")
    last = receipts.order_by("-received_at").values_list("received_at", flat=True).first()
    if last is not None:
        quarters = Counter()
        recent = receipts.filter(received_at__gt=last - timedelta(weeks=WEEKS))
        for channel, at in recent.values_list("channel_id", "received_at").iterator():
            quarters[channel, at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)] += 1
        pulse = apps.get_model("mentions", "Pulse")
        pulse.objects.bulk_create(
            (pulse(channel_id=channel, quarter=quarter, heard=n) for (channel, quarter), n in quarters.items()),
            batch_size=500,
        )
    apps.get_model("channels", "Channel").objects.filter(state="ok").update(worked_at=F("checked_at"))


def leave(apps, schema_editor):
    apps.get_model("mentions", "Receipt").objects.filter(end="", reason="unreadable").update(end="dropped")


class Migration(migrations.Migration):
    dependencies = [("mentions", "0009_ledger")]

    operations = [migrations.RunPython(fill, leave)]
