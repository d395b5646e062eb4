"""Which version of the reader read what was said when: what a figure rests on."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Least

from entendu.accounts.models import Organisation
from entendu.analysis.models import ReadBy
from entendu.kit import clock
from entendu.mentions.models import Mention


def note_versions(read: Sequence[tuple[Mention, str]]) -> None:
    """Notes who read what, mentions and versions, in the caller's transaction: one small write a batch and version."""
    spans: dict[tuple[int, str], list[datetime]] = {}
    for mention, model in read:
        spans.setdefault((mention.organisation_id, model[:60]), []).append(mention.said_at)
    for (organisation, model), said in spans.items():
        first, last = min(said), max(said)
        known = ReadBy.objects.filter(organisation=organisation, model=model)
        if not known.update(
            first_said_at=Least(F("first_said_at"), first), last_said_at=Greatest(F("last_said_at"), last)
        ):
            ReadBy.objects.bulk_create(
                [
                    ReadBy(
                        organisation_id=organisation,
                        model=model,
                        first_said_at=first,
                        last_said_at=last,
                        first_read_at=clock.now(),
                    )
                ],
                ignore_conflicts=True,
            )


def versions_between(organisation: Organisation, since: date, until: date) -> QuerySet[ReadBy]:
    """The versions whose readings may be among what was said from `since` to `until` (included), oldest first."""
    zone = ZoneInfo(organisation.timezone)
    start = datetime.combine(since, time(), zone)
    end = datetime.combine(until + timedelta(days=1), time(), zone)
    rows = ReadBy.objects.filter(organisation=organisation, first_said_at__lt=end, last_said_at__gte=start)
    return rows.order_by("first_read_at", "id")
