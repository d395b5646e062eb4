"""A feed was a channel; from now on a channel of feeds follows any number of them."""

import hashlib
from urllib.parse import urlsplit

from django.db import migrations


def follow(apps, schema_editor):
    Channel, Host, Source = (apps.get_model("channels", name) for name in ("Channel", "Host", "Source"))
    for channel in Channel.objects.filter(kind="feed"):
        address = str(channel.settings.pop("url", ""))
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            continue
        if not parts.hostname:
            continue
        name = parts.hostname if port in (None, 80, 443) else f"{parts.hostname}:{port}"
        host, _ = Host.objects.get_or_create(name=name)
        host.next_at = host.next_at or channel.next_check_at or channel.created_at
        host.save()
        Source.objects.create(
            channel=channel, host=host, address=address,
            digest=hashlib.sha256(f"{address}\n".encode()).hexdigest(), cursor=channel.cursor,
            next_check_at=channel.next_check_at or channel.created_at, checked_at=channel.checked_at,
            heard_at=channel.heard_at, added_at=channel.created_at,
        )  # fmt: skip
        channel.cursor, channel.next_check_at = b"", None
        channel.save()


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_sources")]
    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
