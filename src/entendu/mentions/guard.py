"""Looks whether each channel is well, once a minute: raises and ends alarms."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from entendu.channels.alarm import begin_alarm, end_alarm
from entendu.channels.doors import follows_many
from entendu.channels.models import Alarm, Channel, Trouble
from entendu.channels.models.channel import State
from entendu.kit import clock
from entendu.mentions.models import Pulse
from entendu.mentions.parse import unread
from entendu.mentions.pulse import QUARTER
from entendu.mentions.rhythm import FLOWING, LEAST_PATIENCE, Flow, Rhythm, flow_of, rhythm_of

EVERY = timedelta(minutes=1)
FAILED_LOOKS = 4  # in a row: one error in twenty does that once in two years
FAILING_FOR = timedelta(minutes=15)  # two in a row, when upstream asks for long waits
HEARD = timedelta(minutes=5)  # a firehose that works says so more often
HISTORY = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Patient:
    """A channel that is looked at: its open alarms, and how much of what it brought could not be read."""

    channel: Channel
    ill: frozenset[str]
    aside: int

    def begin(self, kind: str, since: datetime, code: str = "", **facts: int | float | str) -> bool:
        """An alarm begins, or its facts are brought up to date. Returns whether it is new."""
        return begin_alarm(self.channel, kind, since=since, code=code, facts=facts)

    def end(self, *kinds: str) -> int:
        """What is open of these ends. Returns how many alarms."""
        return sum(end_alarm(self.channel, kind) for kind in self.ill.intersection(kinds))


def guard_channels(limit: int) -> int:
    """Looks at up to `limit` channels whose minute has come; returns how many alarms began or ended."""
    channels = claim(limit)
    if not channels:
        return 0
    aside = dict(unread().filter(channel__in=channels).values_list("channel").annotate(n=Count("pk")))
    ill: dict[int, set[str]] = {}
    for channel, kind in Alarm.objects.filter(channel__in=channels, ended_at__isnull=True).values_list(
        "channel", "kind"
    ):
        ill.setdefault(channel, set()).add(kind)
    return sum(guard(Patient(one, frozenset(ill.get(one.pk, ())), aside.get(one.pk, 0))) for one in channels)


def claim(limit: int) -> list[Channel]:
    """The channels whose minute has come; their next one is written before anything else."""
    now = clock.now()
    due = Channel.objects.filter(
        Q(watch_at__isnull=True) | Q(watch_at__lte=now), retired_at__isnull=True
    ).select_related("organisation")
    if not due.exists():
        return []
    with transaction.atomic():
        found = list(due.order_by("watch_at").select_for_update(of=("self",), skip_locked=True)[:limit])
        Channel.objects.filter(pk__in=[one.pk for one in found]).update(watch_at=now + EVERY)
    return found


def guard(patient: Patient) -> int:
    """Looks at one channel; returns how many alarms began or ended."""
    if patient.channel.state == State.OFF:
        return patient.end(Trouble.FAILING, Trouble.SILENT, Trouble.GAP)
    return guard_door(patient) + guard_unread(patient) + guard_silence(patient)


def guard_door(patient: Patient) -> int:
    """Whether it works."""
    channel = patient.channel
    if nobody_listens(channel):
        since = channel.worked_at or channel.created_at
        return patient.begin(Trouble.FAILING, since, "nobody_listens", state=channel.state)
    if channel.state == State.OK:
        return patient.end(Trouble.FAILING)
    since = channel.state_since or clock.now()
    # Of a channel that follows many addresses, the state says that none of them works.
    again = channel.failures >= 2 or follows_many(channel)
    long = again and clock.now() - since >= FAILING_FOR
    if channel.failures < FAILED_LOOKS and not long:
        return 0
    return patient.begin(Trouble.FAILING, since, channel.state_code, state=channel.state)


# Since when it is known here that a firehose is not heard: a worker that was down and comes back has to connect first.
_unheard: dict[int, tuple[datetime | None, datetime]] = {}


def nobody_listens(channel: Channel) -> bool:
    """Whether a firehose that is to be heard is not, though nothing says that it fails: its listener is not running, or
    is stuck."""
    now, worked = clock.now(), channel.worked_at
    heard = worked is not None and now - worked < HEARD
    if not channel.firehose or channel.next_check_at is None or channel.state != State.OK or heard:
        _unheard.pop(channel.pk, None)
        return False
    known, since = _unheard.setdefault(channel.pk, (worked, now))
    if known != worked:
        _unheard[channel.pk] = (worked, now)
        return False
    return now - since >= FAILING_FOR


def guard_unread(patient: Patient) -> int:
    """Whether something could not be read and nobody has decided what becomes of it."""
    if not patient.aside:
        return patient.end(Trouble.UNREAD)
    return patient.begin(Trouble.UNREAD, clock.now(), count=patient.aside)


def guard_silence(patient: Patient) -> int:
    """Whether it is silent against its own rhythm. What counts is the silence between its last word and our last look
    that worked: when we do not look, or cannot, nobody is silent."""
    channel = patient.channel
    last, looked = channel.heard_at, channel.worked_at
    looks = channel.next_check_at is not None or follows_many(channel)
    if last is None or looked is None or not looks or channel.state != State.OK:
        return 0
    flow = flow_at(channel, last) if channel.firehose and looked - last >= LEAST_PATIENCE else None
    if flow is not None and looked - last > flow.patience:
        return patient.begin(
            Trouble.SILENT,
            last,
            expected=round(flow.expected(looked - last), 1),
            usual=round(flow.patience / timedelta(hours=1), 2),
        )
    if looked - last < 2 * QUARTER:
        return patient.end(Trouble.SILENT)
    rhythm = remembered(channel, last, looked)
    if rhythm is None or not rhythm.is_silent(last, looked):
        return 0
    return patient.begin(
        Trouble.SILENT,
        last,
        expected=round(rhythm.expected(last, looked), 1),
        usual=round(rhythm.patience(last) / timedelta(hours=1), 2),
    )


# The rhythms of the channels that are silent just now, while they are: a quiet one is looked at once a minute for days.
_known: dict[int, tuple[datetime, date, Rhythm | None]] = {}
MOST_KNOWN = 10_000


def remembered(channel: Channel, last: datetime, looked: datetime) -> Rhythm | None:
    """`rhythm_at`, read again when something came or a day has passed."""
    found = _known.get(channel.pk)
    if found is None or found[:2] != (last, looked.date()):
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        found = _known[channel.pk] = (last, looked.date(), rhythm_at(channel, last))
    return found[2]


def flow_at(channel: Channel, until: datetime) -> Flow | None:
    """The flow of `channel` as it was until then; None when it is no steady one."""
    pulses = Pulse.objects.filter(
        channel=channel, quarter__gt=until - FLOWING - 2 * QUARTER, quarter__lte=until
    )
    return flow_of(list(pulses.order_by("quarter").values_list("quarter", "heard")), until)


def rhythm_at(channel: Channel, until: datetime) -> Rhythm | None:
    """The rhythm of `channel` as it was until then; None while it is too young."""
    pulses = Pulse.objects.filter(channel=channel, quarter__gt=until - HISTORY, quarter__lte=until)
    quarters = list(pulses.order_by("quarter").values_list("quarter", "heard"))
    ill = Alarm.objects.filter(
        channel=channel, kind__in=[Trouble.SILENT, Trouble.FAILING], ended_at__gt=until - HISTORY
    )
    stretches = [(start, end) for start, end in ill.values_list("since", "ended_at") if end]
    return rhythm_of(quarters, until, channel.organisation.zone, stretches)
