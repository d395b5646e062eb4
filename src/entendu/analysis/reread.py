"""History is read again by today's reader, from the oldest to the newest, for as long as nobody stops it."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from entendu import reading
from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation
from entendu.analysis.analyse import read, write
from entendu.analysis.models import Analysis, ReadBy, Rereading, Tag
from entendu.analysis.own import but_for_people, own_of, own_topics
from entendu.analysis.read_once import Read, values_of
from entendu.analysis.topics import topics_of
from entendu.analysis.versions import note_versions
from entendu.kit import clock
from entendu.mentions.documents import document_of
from entendu.mentions.match import images_of
from entendu.mentions.models import Mention

FACETS = ("language", "sentiment", "intent", "urgency", "disappointed", "offensive")


class AlreadyRereading(ValueError):
    """One goes on."""


def current_version(organisation: Organisation) -> str:
    """The version that reads what comes now."""
    own = own_of(organisation.pk)
    model = reading.read([""], model=settings.READER)[0].model
    return f"{model}+{own.version}"[:60] if own.intents is not None else model[:60]


@transaction.atomic
def start_rereading(
    organisation: Organisation, *, since: datetime | None = None, by: Membership | None = None
) -> Rereading:
    """A reading of all that was said since `since` (None: of everything), which the worker goes on with. Raises
    AlreadyRereading."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if Rereading.objects.filter(organisation=organisation, ended_at__isnull=True).exists():
        raise AlreadyRereading
    before = ReadBy.objects.filter(organisation=organisation).order_by("id").values_list("model", flat=True)
    job = Rereading.objects.create(
        organisation=organisation,
        since=since,
        by=by.user if by else None,
        started_at=clock.now(),
        total=wanted(organisation.pk, since).count(),
        models_before=list(before),
        model=current_version(organisation),
    )
    audit(organisation, by, "start_rereading", job.model, total=job.total)
    return job


@transaction.atomic
def stop_rereading(job: Rereading, *, by: Membership) -> bool:
    """What was read again stays; the rest is left as it is. False: it had ended already."""
    stopped = Rereading.objects.filter(pk=job.pk, ended_at__isnull=True).update(
        ended_at=clock.now(), stopped_by=by.user
    )
    if stopped:
        audit(job.organisation, by, "stop_rereading", job.model, done=job.done)
    return bool(stopped)


def wanted(organisation: int, since: datetime | None) -> QuerySet[Mention]:
    """What a rereading goes through."""
    found = Mention.objects.filter(
        organisation=organisation, analysed_at__isnull=False, deleted_at__isnull=True
    )
    return found.filter(said_at__gte=since) if since else found


def reread_some(limit: int) -> list[int]:
    """Reads up to `limit` mentions of the oldest open rereading again, in the caller's transaction; returns those that
    were read: none when nothing is to be done. The row remembers how far it came: a killed worker goes on there."""
    job = Rereading.objects.select_for_update().filter(ended_at__isnull=True).order_by("id").first()
    if job is None:
        return []
    rows = wanted(job.organisation_id, job.since).filter(pk__gt=job.after)
    batch = list(rows.order_by("id").select_related("author", "channel")[:limit])
    if not batch:
        _end(job)
        return []
    ids = {one.pk for one in batch}
    before = _values(ids)
    readings = read(batch)
    write(batch, [Read(values_of(one)) for one in readings], ids)
    _tag_anew(batch, [one.language.label for one in readings])
    note_versions([(mention, one.model) for mention, one in zip(batch, readings, strict=True)])
    after = _values(ids)
    job.done += len(batch)
    job.changed += sum(before.get(pk) != value for pk, value in after.items())
    job.after = batch[-1].pk
    job.save(update_fields=["done", "changed", "after"])
    return sorted(ids)


def _end(job: Rereading) -> None:
    """All is read: versions of which nothing is left are forgotten, if everything was asked for."""
    job.ended_at = clock.now()
    job.save(update_fields=["ended_at"])
    if job.since is None:
        ReadBy.objects.filter(organisation=job.organisation_id, model__in=job.models_before).exclude(
            model__in=Analysis.objects.filter(mention__organisation=job.organisation_id)
            .order_by()
            .values("model")
            .distinct()
        ).delete()


def _values(mentions: set[int]) -> dict[int, tuple[object, ...]]:
    rows = Analysis.objects.filter(mention__in=mentions).values_list(F("mention_id"), *FACETS)
    return {row[0]: row[1:] for row in rows}


def _tag_anew(batch: Sequence[Mention], languages: Sequence[str]) -> None:
    """The machine's tags as words and model say today; those that people set stay."""
    images = images_of(batch)
    documents = {
        one.pk: document_of(one, language, has_image=one.pk in images)
        for one, language in zip(batch, languages, strict=True)
    }
    tags = but_for_people([*topics_of(batch, documents), *own_topics(batch)])
    Tag.objects.filter(mention__in=list(documents), by__isnull=True).delete()
    Tag.objects.insert_many(tags, skip_known=True)
