"""A query looks into the past: asked for, stopped, and done piece by piece by the worker."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Count, F, Max, Q

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.channels.doors import kind_of
from entendu.channels.models import Channel
from entendu.channels.seal import SealBroken
from entendu.kit import clock
from entendu.mentions.effect import found_by
from entendu.mentions.models import BackFill, Match, Mention, Progress, Query
from entendu.mentions.past import past_of
from entendu.mentions.revive import store_past
from entendu.reading.query import QueryError, parse
from entendu.wire import Broken, NeedsAuth, Page, TryLater, WireError

log = logging.getLogger("entendu.worker")
WINDOW = 2_000  # mentions of a piece
LEASE = timedelta(minutes=2)
MOST_FAILURES = 8
LONGEST_WAIT = timedelta(hours=1)


class BackFillRefused(ValueError):
    """Nothing was started. `code`: not_yours · not_allowed · no_past (the channel's source cannot be asked)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Stopped(RuntimeError):
    """Somebody stopped the search, or another worker does it: this piece must not be written."""


def search_stored(query: Query, *, by: Membership | None) -> BackFill:
    """Looks for `query` in all that is stored; what an earlier text found goes where this one does not. In the
    caller's transaction; a search of the same query that runs is replaced."""
    end(query, channel=None, by=by)
    mentions = Mention.objects.filter(organisation=query.organisation_id)
    known = mentions.aggregate(last=Max("pk"), n=Count("pk"))
    now = clock.now()
    return BackFill.objects.create(
        organisation_id=query.organisation_id,
        query=query,
        cursor=str((known["last"] or 0) + 1).encode(),
        estimated=known["n"],
        until=now,
        by=by.user if by else None,
        started_at=now,
        next_at=now,
    )


@transaction.atomic
def ask_sources(
    query: Query, *, by: Membership, channels: Sequence[Channel], since: datetime
) -> list[BackFill]:
    """Asks the sources of `channels` for what they hold since then. Raises BackFillRefused."""
    if query.organisation_id != by.organisation_id or any(
        one.organisation_id != by.organisation_id for one in channels
    ):
        raise BackFillRefused("not_yours")
    if not by.may("listen"):
        raise BackFillRefused("not_allowed")
    if not all(has_past(one) for one in channels):
        raise BackFillRefused("no_past")
    now = clock.now()
    jobs = []
    for channel in channels:
        end(query, channel=channel, by=by)
        jobs.append(
            BackFill.objects.create(
                organisation_id=query.organisation_id,
                query=query,
                channel=channel,
                since=since,
                until=now,
                by=by.user,
                started_at=now,
                next_at=now,
            )
        )
    names = [one.name for one in channels]
    audit(by.organisation, by, "back_fill", query.name, channels=names, since=since.isoformat())
    return jobs


@transaction.atomic
def stop(job: BackFill, *, by: Membership) -> None:
    """Stops a search; what it found stays. Raises BackFillRefused."""
    if job.organisation_id != by.organisation_id:
        raise BackFillRefused("not_yours")
    if not by.may("listen"):
        raise BackFillRefused("not_allowed")
    running = BackFill.objects.filter(pk=job.pk, state=Progress.RUNNING)
    if running.update(state=Progress.STOPPED, stopped_by=by.user, ended_at=clock.now(), lease=None):
        audit(by.organisation, by, "stop_back_fill", job.query.name, treated=job.treated)


def end(query: Query, *, channel: Channel | None, by: Membership | None) -> None:
    """A search of the same query and source that runs gives way to a new one."""
    BackFill.objects.filter(query=query, channel=channel, state=Progress.RUNNING).update(
        state=Progress.STOPPED, stopped_by=by.user if by else None, ended_at=clock.now(), lease=None
    )


def sources_with_past(channels: Iterable[Channel]) -> list[Channel]:
    """Those of `channels` whose source can be asked for its past."""
    return [one for one in channels if has_past(one)]


def has_past(channel: Channel) -> bool:
    """Whether the source of a channel can be asked for its past."""
    try:
        return channel.retired_at is None and kind_of(channel).caps.past
    except WireError:
        return False


def do_next(limit: int) -> int:
    """Does a piece of the search that has waited longest. Returns how many rows it looked at, at least 1; 0 when there
    is nothing to do."""
    job = claim()
    if job is None:
        return 0
    try:
        return max(1, look_at_stored(job) if job.channel is None else ask_source(job, limit))
    except Stopped:
        return 1
    finally:
        BackFill.objects.filter(pk=job.pk, lease=job.lease).update(lease=None, leased_until=None)


def claim() -> BackFill | None:
    """The search that has waited longest, leased to the caller."""
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    due = BackFill.objects.filter(free, state=Progress.RUNNING, next_at__lte=now)
    for job in due.select_related("query", "channel").order_by("next_at", "id")[:8]:
        key = uuid.uuid4()
        mine = BackFill.objects.filter(free, pk=job.pk, state=Progress.RUNNING)
        if mine.update(lease=key, leased_until=now + LEASE):
            job.lease = key
            return job
    return None


def hold(job: BackFill, **changes: object) -> None:
    """Writes `changes` under the lease. Raises Stopped when it is another's, or when somebody stopped the search."""
    now = clock.now()
    changes.setdefault("next_at", now)
    if changes.get("state", Progress.RUNNING) != Progress.RUNNING:
        changes["ended_at"] = now
    mine = BackFill.objects.filter(pk=job.pk, lease=job.lease, state=Progress.RUNNING)
    if not mine.update(leased_until=now + LEASE, **changes):
        raise Stopped


def look_at_stored(job: BackFill) -> int:
    """The next mentions below the cursor: matches are written where the query finds them, and go where it does not
    any more. Returns how many were looked at."""
    organisation, below = job.organisation_id, int(bytes(job.cursor) or b"0")
    rows = Mention.objects.filter(organisation=organisation, pk__lt=below).order_by("-pk")
    ids = list(rows.values_list("pk", flat=True)[:WINDOW])
    if not ids:
        hold(job, state=Progress.DONE)
        return 0
    try:
        query = parse(job.query.text)
    except QueryError as error:
        hold(job, state=Progress.FAILED, code=error.code)
        return 0
    bounds = (ids[-1], ids[0])
    found = dict(found_by(organisation, query, job.query.takes, between=bounds).values_list("pk", "said_at"))
    with transaction.atomic():
        matches = Match.objects.filter(query=job.query_id, mention__gte=bounds[0], mention__lte=bounds[1])
        known = set(matches.values_list("mention", flat=True))
        new, gone = found.keys() - known, known - found.keys()
        last = len(ids) < WINDOW
        hold(
            job,
            cursor=str(ids[-1]).encode(),
            treated=F("treated") + len(ids),
            found=F("found") + len(new),
            lost=F("lost") + len(gone),
            state=Progress.DONE if last else Progress.RUNNING,
        )
        Match.objects.insert_many(
            (
                Match(query_id=job.query_id, mention_id=pk, day=found[pk].astimezone(UTC).date())
                for pk in sorted(new)
            ),
            skip_known=True,
        )
        matches.filter(mention__in=gone).delete()
    return len(ids)


def ask_source(job: BackFill, limit: int) -> int:
    """The next page of a source's past, stored raw with the cursor; the loop does the rest, as with all that is
    heard. Returns how many units came."""
    channel = cast(Channel, job.channel)
    try:
        since = cast(datetime, job.since)
        page = past_of(channel, job.query.text, since, job.until, bytes(job.cursor), limit)
    except TryLater as error:
        wait_and_try(job, error)
        return 0
    except WireError as error:
        hold(job, state=Progress.FAILED, code=error.code[:60], detail=error.detail[:300])
        return 0
    except SealBroken as error:
        hold(job, state=Progress.FAILED, code=NeedsAuth("seal_broken").code, detail=str(error)[:300])
        return 0
    except Exception as error:  # a connector's fault must not stop the others' work
        log.exception("the past of %s failed", channel.name)
        fault = Broken("connector_fault", f"{type(error).__name__}: {error}")
        hold(job, state=Progress.FAILED, code=fault.code, detail=fault.detail[:300])
        return 0
    write_page(job, channel, page)
    return len(page.raws)


@transaction.atomic
def write_page(job: BackFill, channel: Channel, page: Page) -> None:
    """One page, for good: its receipts and the cursor after them, or nothing."""
    stuck = page.more and page.cursor == bytes(job.cursor) and not page.raws
    new = store_past(channel, page.raws)
    hold(
        job,
        cursor=page.cursor,
        treated=F("treated") + len(page.raws),
        found=F("found") + new,
        failures=0,
        state=Progress.RUNNING if page.more and not stuck else Progress.DONE,
        next_at=clock.now() + timedelta(seconds=min(page.wait or 0.0, LONGEST_WAIT.total_seconds())),
    )


def wait_and_try(job: BackFill, error: TryLater) -> None:
    """Upstream is not there or asks to wait: later, longer each time, and at last never."""
    failures = job.failures + 1
    told = getattr(error, "retry_after", None)
    wait = timedelta(seconds=told) if told else timedelta(seconds=30) * 2**job.failures
    hold(
        job,
        failures=failures,
        code=error.code[:60],
        detail=error.detail[:300],
        state=Progress.FAILED if failures >= MOST_FAILURES else Progress.RUNNING,
        next_at=clock.now() + min(wait, LONGEST_WAIT),
    )
