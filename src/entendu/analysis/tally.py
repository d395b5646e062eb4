"""Counts distinct people by hour and scope: the past that signals are held against."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import transaction

from entendu.accounts.models import Organisation
from entendu.analysis.danger import raise_danger
from entendu.analysis.models import Analysis, Listened, Scope, Tag, Tally
from entendu.analysis.voices import heard, with_voices
from entendu.mentions.models import Match, Mention

HOUR = timedelta(hours=1)
EVER = datetime(2000, 1, 1, tzinfo=UTC)

Scoped = tuple[str, str]  # scope and key


def count_waiting(limit: int) -> int:
    """Counts the hours of up to `limit` mentions that were read, corrected or changed since; words of danger among
    them raise their signal in the same transaction. Returns how many were treated."""
    waiting = Analysis.objects.filter(counted=False, mention__gathered_at__isnull=False).order_by("id")
    batch = list(waiting.values_list("pk", "mention__organisation_id", "mention__said_at")[:limit])
    touched: dict[int, set[datetime]] = defaultdict(set)
    mine: dict[int, list[int]] = defaultdict(list)
    for pk, organisation, said_at in batch:
        touched[organisation].add(hour_of(said_at))
        mine[organisation].append(pk)
    for organisation, hours in touched.items():
        count(organisation, hours, mine[organisation])
    return len(batch)


@transaction.atomic
def count(organisation: int, hours: Iterable[datetime], analyses: list[int]) -> None:
    """Counts `hours` of an organisation anew, and marks `analyses` as counted; one at a time for each organisation."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation)
    fresh = Analysis.objects.filter(pk__in=analyses, counted=False)
    mentions = list(fresh.values_list("mention_id", flat=True))
    fresh.update(counted=True)
    for hour in sorted(hours):
        count_hour(organisation, hour)
    raise_danger(organisation, mentions)
    Listened.objects.bulk_create(
        [Listened(organisation_id=organisation, words_at=EVER)], ignore_conflicts=True
    )
    Listened.objects.filter(pk=organisation).update(words_due=True)


def count_hour(organisation: int, hour: datetime) -> None:
    """The tallies of one hour, written where they differ from what is there."""
    found = people_by_scope(organisation, hour)
    known = {(one.scope, one.key): one for one in Tally.objects.filter(organisation=organisation, hour=hour)}
    gone = [one.pk for place, one in known.items() if place not in found]
    if gone:
        Tally.objects.filter(pk__in=gone).delete()
    new: list[Tally] = []
    for place, voices in found.items():
        people, disappointed = len(voices), sum(voices.values())
        one = known.get(place)
        if one is None:
            scope, key = place
            new.append(
                Tally(
                    organisation_id=organisation,
                    scope=scope,
                    key=key,
                    hour=hour,
                    people=people,
                    disappointed=disappointed,
                )
            )
        elif (one.people, one.disappointed) != (people, disappointed):
            one.people, one.disappointed, one.judged = people, disappointed, False
            one.save(update_fields=["people", "disappointed", "judged"])
    Tally.objects.bulk_create(new)


def people_by_scope(organisation: int, hour: datetime) -> dict[Scoped, dict[int, bool]]:
    """For each scope of an hour: who spoke, and whether in disappointment. Three queries."""
    said = heard().filter(organisation_id=organisation, said_at__gte=hour, said_at__lt=hour + HOUR)
    rows = with_voices(said).values_list(
        "pk", "voice", "analysis__disappointed", "channel_id", "network", "place"
    )
    found: dict[Scoped, dict[int, bool]] = defaultdict(dict)
    spoke: dict[int, tuple[int, bool]] = {}
    for pk, voice, disappointed, channel, network, place in rows:
        spoke[pk] = (voice, disappointed)
        for scope in scopes_of(channel, network, place):
            found[scope][voice] = found[scope].get(voice, False) or disappointed
    for scope, mention in about(said):
        if mention in spoke:
            voice, disappointed = spoke[mention]
            found[scope][voice] = found[scope].get(voice, False) or disappointed
    return found


def scopes_of(channel: int, network: str, place: str) -> Iterator[Scoped]:
    """The scopes that the columns of a mention say."""
    yield Scope.ORGANISATION.value, ""
    yield Scope.CHANNEL.value, str(channel)
    if network:
        yield Scope.SITE.value, network
    if place:
        yield Scope.PLACE.value, place


def about(said: "Iterable[Mention]") -> Iterator[tuple[Scoped, int]]:
    """(scope, mention) for the topics and the queries of mentions."""
    for topic, mention in Tag.objects.filter(mention__in=said).values_list("topic_id", "mention_id"):
        yield (Scope.TOPIC.value, str(topic)), mention
    for query, mention in Match.objects.filter(mention__in=said).values_list("query_id", "mention_id"):
        yield (Scope.QUERY.value, str(query)), mention


def hour_of(moment: datetime) -> datetime:
    """The hour that a moment lies in, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
