"""Asks the addresses that channels follow what they hold, one by one: each once a day at most, those first that have
waited longest, in the turn of their host.

An address tells its keys (a document read whole), without the store. When all are known, that was it. Otherwise it is
pulled as usual, for what has just been said is no hole; what is still missing then was lost on the way, and is stored
from what the address has shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from django.db import transaction

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership
from entendu.channels.doors import kinds, open_door
from entendu.channels.models import Channel, Source
from entendu.channels.seal import SealBroken
from entendu.channels.turn import end_turns, still_held, take_questions
from entendu.kit import clock
from entendu.mentions.errands import Errands
from entendu.mentions.models import Reconciliation, Verdict
from entendu.mentions.pull import store_raws
from entendu.mentions.reconciled import DAYS, EVERY, KEPT, NAMED, known_keys, tell_gap
from entendu.mentions.visit import Look, keep_looks, own_raws
from entendu.wire import Broken, NeedsAuth, Page, Raw, TryLater, WireError, WithHoldings

AT_ONCE = 4  # addresses that are asked at once: the looks go on beside
PAGE = 500
MOST_DOCUMENTS = 10  # of one address: its host is not held for longer than a lease
MOST_FETCHED = 200
SOON = 60.0  # seconds: who asks for so short a wait has not handed everything over yet
ASKED_AGAIN = timedelta(hours=1)  # by a person
PATIENCE = 0.1  # seconds that the loop waits for the first


@dataclass(slots=True)
class Question:
    """What an address said. `absent`: those of its keys that we did not hold; `page` and `raws`: what a pull brought
    after that, and the units of these keys."""

    source: Source
    since: datetime
    door: WithHoldings | None = None
    listed: list[str] = field(default_factory=list)
    whole: bool = True
    absent: list[str] = field(default_factory=list)
    page: Page | None = None
    raws: tuple[Raw, ...] = ()
    error: WireError | None = None

    def key(self, key: str) -> str:
        """The key of a unit among those of its channel."""
        return f"{self.source.pk}:{key}"[:255]


_errands: Errands[Question] = Errands()


def under_way() -> int:
    """How many addresses are being asked in this process."""
    return _errands.under_way


def ask_due(limit: int) -> int:
    """Asks the addresses whose day has come, a few at once, and keeps what they said. Returns how many answers came."""
    free = AT_ONCE - _errands.under_way
    for source in take_questions(asking_kinds(), free, EVERY) if free > 0 else []:
        _errands.send(f"ask-{source.pk}", partial(ask, question_of(source)))
    back = _errands.come_back(PATIENCE)
    for one in back:
        if go_on(one):
            _errands.send(f"ask-{one.source.pk}", partial(catch_up, one))
    return len(back)


def asking_kinds() -> list[str]:
    """The kinds of channels whose addresses can be asked."""
    return [kind for kind, found in kinds().items() if found.caps.many and found.caps.holdings]


def question_of(source: Source) -> Question:
    """What is asked: the last days, but nothing of before it was followed."""
    return Question(source, max(clock.now() - timedelta(days=DAYS), source.added_at))


def ask(one: Question) -> Question:
    """The keys of what the address holds, without the store."""
    cursor, documents = b"", 0
    try:
        pulled = bytes(one.source.cursor).decode("utf-8", "replace")
        one.door = cast(WithHoldings, open_door(one.source.channel, one.source, {"pulled": pulled}))
        while documents == 0 or cursor:
            if documents == MOST_DOCUMENTS:
                one.whole = False
                break
            found = one.door.holdings(one.since, cursor, PAGE)
            one.listed += found.keys
            cursor, documents = (found.cursor if found.more else b""), documents + 1
    except Exception as error:  # whatever goes wrong is that address's trouble alone
        one.whole = False
        one.error = None if documents else in_wire(error)  # what it showed before counts
    return one


def catch_up(one: Question) -> Question:
    """A pull as usual, and the units that we did not hold, without the store."""
    try:
        if one.door is not None:
            one.page = one.door.pull(bytes(one.source.cursor), PAGE)
            one.raws = one.door.fetch(one.absent[:MOST_FETCHED])
    except Exception as error:
        one.error = in_wire(error)
    return one


def in_wire(error: Exception) -> WireError:
    """An error in the words of the contract."""
    if isinstance(error, WireError):
        return error
    if isinstance(error, SealBroken):
        return NeedsAuth("seal_broken", str(error))
    return Broken("connector_fault", f"{type(error).__name__}: {error}")


@transaction.atomic
def go_on(one: Question) -> bool:
    """Keeps what an address said. True: it has to be pulled before that can be judged."""
    source = one.source
    if not still_held([source.host]) or not Source.objects.filter(pk=source.pk).exists():
        return False  # another worker asks it, or nobody follows it any more
    if one.page is None and one.error is None:
        known = known_keys(source.channel, [one.key(key) for key in one.listed])
        one.absent = [key for key in dict.fromkeys(one.listed) if one.key(key) not in known]
        if one.absent:
            return True
    if one.page is None:
        end_turns([(source.host, one.error)])
        note(one, fetched=0, missing=())
        return False
    keep_looks([Look(source, page=one.page)])
    if one.error is None and (one.page.more or (one.page.wait or SOON) < SOON):
        one.error = TryLater("still_pulling")
    mend(one)
    return False


def mend(one: Question) -> None:
    """Stores what a pull did not bring, and keeps the result."""
    if one.error is not None:
        note(one, fetched=0, missing=())
        return
    channel = one.source.channel
    known = known_keys(channel, [one.key(key) for key in one.absent])
    one.absent = [key for key in one.absent if one.key(key) not in known]
    lost = set(one.absent)
    fetched = store_raws(channel, own_raws(one.source, [raw for raw in one.raws if raw.key in lost]))
    known = known_keys(channel, [one.key(key) for key in one.absent])
    note(one, fetched=fetched, missing=[key for key in one.absent if one.key(key) not in known])


def note(one: Question, *, fetched: int, missing: Sequence[str]) -> None:
    """Adds what an address said to the row of the day, and tells a hole."""
    row = row_of_today(one.source.channel)
    row.asked += 1
    if one.error is not None:
        row.unanswered += 1
        row.code, row.detail = one.error.code[:60], f"{one.source.address}: {one.error.detail}"[:2000]
    else:
        listed = len(set(one.listed))
        row.there += listed
        row.here += listed - fetched - len(missing)
        row.fetched += fetched
        row.missing += len(missing)
        row.whole = row.whole and one.whole
        row.keys = [*row.keys, *(f"{one.source.address} {key}"[:500] for key in missing)][:NAMED]
    row.verdict = verdict_of(row)
    row.save()
    if fetched or missing:
        tell_gap(row, address=one.source.address)


def verdict_of(row: Reconciliation) -> str:
    """What came out of the day so far."""
    if row.asked and row.asked == row.unanswered:
        return Verdict.FAILED
    return Verdict.GAP if row.missing else Verdict.MENDED if row.fetched else Verdict.AGREES


def row_of_today(channel: Channel) -> Reconciliation:
    """The comparison of today, where the organisation is: one row a channel, however many addresses it follows."""
    now = clock.now()
    locked = Channel.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=channel.pk)
    midnight = now.astimezone(locked.organisation.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Reconciliation.objects.filter(channel=locked)
    found = rows.filter(at__gte=midnight).order_by("-at").first()
    if found is not None:
        return found
    rows.filter(at__lt=now - KEPT).delete()
    since = now - timedelta(days=DAYS)
    return Reconciliation.objects.create(channel=locked, since=since, at=now, verdict=Verdict.AGREES)


@transaction.atomic
def ask_again(channel: Channel, *, by: Membership | None) -> Reconciliation:
    """Has all addresses of `channel` asked, but for those that were within the hour, as soon as their hosts may be;
    returns the row of today, to which what they say is added."""
    now = clock.now()
    rested = channel.sources.filter(reconcile_at__lte=now + EVERY - ASKED_AGAIN)
    rested.filter(reconcile_at__gt=now).update(reconcile_at=now)
    row = row_of_today(channel)
    if by is not None:
        Reconciliation.objects.filter(pk=row.pk, by=None).update(by=by.user)
        row.refresh_from_db()
        audit(channel.organisation, by, "reconcile", channel.name, verdict=row.verdict, missing=row.missing)
    return row


def waiting(channels: Iterable[Channel]) -> int:
    """How many addresses of `channels` are still to be asked now."""
    due = Source.objects.filter(channel__in=list(channels), reconcile_at__lte=clock.now())
    return due.filter(state="ok", failures=0, checked_at__isnull=False, next_check_at__isnull=False).count()
