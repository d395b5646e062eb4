"""An alarm is one incident: noticed in minutes, told once to whoever answers for the channel, and so is its end."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from entendu.accounts.letters import send_letters
from entendu.accounts.models import Membership, Organisation
from entendu.channels.health import note_failure, note_success
from entendu.channels.models import Alarm, Channel
from entendu.channels.tell import tell_alarms
from entendu.kit import clock
from entendu.mentions.guard import guard_channels
from entendu.mentions.models import Pulse, Receipt
from entendu.mentions.pulse import quarter_of
from entendu.wire import NeedsAuth, Refused, TryLater, WireError
from make import make_channel, make_member

START = datetime(2026, 11, 2, 8, tzinfo=UTC)  # a Monday


@pytest.fixture
def door(organisation: Organisation, admin: Membership, manager: Membership) -> Channel:
    """A mailbox that Maud answers for; Adèle is the administrator. Maud reads English."""
    manager.user.language = "en"
    manager.user.save()
    channel = make_channel(organisation, "Courriel")
    channel.owner, channel.next_check_at = manager.user, START
    channel.save()
    return channel


def minutes(count: int, start: datetime = START, step: int = 1) -> Iterator[datetime]:
    """The clock goes on by a minute (or several), and the loop does what it does once a minute."""
    for minute in range(0, count, step):
        moment = start + timedelta(minutes=minute)
        with clock.at(moment):
            yield moment
            guard_channels(100)
            tell_alarms(100)
            send_letters(100)


def look(channel: Channel, error: WireError | None, heard: int = 0) -> None:
    """The worker looks there, if it is time."""
    channel.refresh_from_db()
    if channel.next_check_at and channel.next_check_at <= clock.now():
        if error:
            note_failure(channel, error)
        else:
            again = clock.now() + timedelta(seconds=channel.poll_seconds)
            note_success(channel, heard=heard, next_check_at=again)


@pytest.mark.parametrize(
    "error", [NeedsAuth("bad_credentials"), Refused("http_404"), TryLater("unreachable")]
)
def test_a_dead_door_is_told_to_its_owner_within_a_quarter_of_an_hour(
    door: Channel, manager: Membership, error: WireError
) -> None:
    for moment in minutes(60):
        look(door, error if moment >= START + timedelta(minutes=1) else None)
        if mail.outbox:
            break
    assert clock_of(moment) <= 15
    assert [one.to for one in mail.outbox] == [[manager.user.email]]


def clock_of(moment: datetime) -> float:
    return (moment - START) / timedelta(minutes=1) - 1


def test_an_incident_is_told_once_and_its_end_too(door: Channel, manager: Membership) -> None:
    manager.user.language = "fr"
    manager.user.save()
    for moment in minutes(8 * 60, step=5):
        look(door, NeedsAuth("bad_credentials") if moment < START + timedelta(hours=6) else None)
    began, ended = mail.outbox
    assert "Courriel" in began.subject and "ne fonctionne pas" in began.subject
    assert "mot de passe est refusé" in began.body and "/channels/" in began.body
    assert "fonctionne de nouveau" in ended.subject
    assert Alarm.objects.get().ended_at is not None


def test_one_error_in_twenty_alarms_nobody_in_a_day(organisation: Organisation, admin: Membership) -> None:
    dice = random.Random(20)
    doors = [make_channel(organisation, f"c{number}") for number in range(3)]
    Channel.objects.update(next_check_at=START)
    errors = 0
    for _moment in minutes(24 * 60):
        for door in Channel.objects.filter(next_check_at__lte=clock.now()).order_by("pk"):
            fails = dice.random() < 0.05
            errors += fails
            look(door, TryLater("http_503") if fails else None)
    assert errors > 30
    assert Alarm.objects.count() == 0 and mail.outbox == []
    assert Channel.objects.filter(worked_at__gt=START + timedelta(hours=23)).count() == len(doors)


def test_a_hundred_doors_that_fail_at_once_are_one_letter(
    organisation: Organisation, admin: Membership
) -> None:
    for number in range(40):
        make_channel(organisation, f"c{number}")
    Channel.objects.update(state="blocked", state_since=START, failures=9, next_check_at=START)
    for _moment in minutes(20, step=4):
        pass
    assert Alarm.objects.count() == 40
    assert len(mail.outbox) == 1 and "40" in mail.outbox[0].subject


def test_what_fails_again_at_once_is_the_same_incident(door: Channel) -> None:
    for moment in minutes(3 * 60, step=2):
        broken = (moment - START) // timedelta(minutes=20) % 2 == 0
        failing = {"state": "degraded", "failures": 9, "state_since": moment}
        Channel.objects.update(**(failing if broken else {"state": "ok", "failures": 0}))
    assert Alarm.objects.count() == 1
    assert len([one for one in mail.outbox if "works again" not in one.subject]) <= 5


@pytest.mark.parametrize("gone", ["left", "nobody"])
def test_without_an_owner_the_administrators_are_told(
    organisation: Organisation,
    door: Channel,
    admin: Membership,
    manager: Membership,
    charlie: Membership,
    gone: str,
) -> None:
    second = make_member(organisation, "Ada Admin", "admin")
    if gone == "left":
        manager.delete()
    else:
        Channel.objects.update(owner=None)
    Channel.objects.update(state="blocked", state_since=START, failures=9)
    for _moment in minutes(3):
        pass
    assert sorted(one.to[0] for one in mail.outbox) == sorted([admin.user.email, second.user.email])


def test_a_door_that_is_off_alarms_nobody(door: Channel) -> None:
    Channel.objects.update(state="off", failures=9, next_check_at=None)
    for _moment in minutes(5):
        pass
    assert not Alarm.objects.exists()


def test_what_could_not_be_read_is_told_until_somebody_decides(door: Channel) -> None:
    receipt = Receipt.objects.create(
        organisation=door.organisation, channel=door, key="k", content=b"?", received_at=START, parsed_at=START,
        reason="unreadable",
    )  # fmt: skip
    for _moment in minutes(5):
        pass
    assert len(mail.outbox) == 1 and "could not be read" in mail.outbox[0].body
    receipt.end, receipt.reason = "dropped", "damaged"
    receipt.save()
    for _moment in minutes(20, START + timedelta(minutes=5)):
        pass
    assert Alarm.objects.get().ended_at is not None


def rhythm_of_a_shop(channel: Channel, until: datetime, weeks: int = 6) -> None:
    """Ten an hour on working days from 9 to 18 h, nothing else."""
    dice, at = random.Random(3), until - timedelta(weeks=weeks)
    quarters = {}
    while at < until:
        if at.weekday() < 5 and 9 <= at.hour < 18 and dice.random() < 0.9:
            quarters[quarter_of(at)] = dice.randint(1, 5)
        at += timedelta(minutes=15)
    Pulse.objects.bulk_create(Pulse(channel=channel, quarter=at, heard=n) for at, n in quarters.items())
    Channel.objects.update(heard_at=max(quarters), worked_at=until)


def first_silence(door: Channel, start: datetime, days: int) -> datetime | None:
    """When an alarm says that the door, which works, is silent from `start` on."""
    for hour in range(24 * days * 2):
        moment = start + timedelta(minutes=30 * hour)
        with clock.at(moment):
            Channel.objects.update(worked_at=moment, watch_at=None)
            guard_channels(10)
        if found := Alarm.objects.filter(kind="silent").first():
            return found.noticed_at
    return None


def test_a_silent_source_alarms_on_the_morning_and_not_in_the_night(door: Channel) -> None:
    friday_evening = datetime(2026, 11, 6, 18, tzinfo=UTC)
    rhythm_of_a_shop(door, friday_evening)
    noticed = first_silence(door, friday_evening, 5)
    assert noticed is not None
    monday = datetime(2026, 11, 9, tzinfo=UTC)
    assert monday + timedelta(hours=9) < noticed < monday + timedelta(hours=15)
    with clock.at(noticed + timedelta(minutes=1)):
        tell_alarms(10)
        send_letters(10)
    assert "nothing has come since" in mail.outbox[0].body
    with clock.at(noticed + timedelta(minutes=3)):
        Channel.objects.update(heard_at=clock.now(), worked_at=clock.now(), watch_at=None)
        guard_channels(10)
    assert Alarm.objects.get(kind="silent").ended_at is not None


def test_a_young_source_alarms_nobody_by_its_silence(door: Channel) -> None:
    start = datetime(2026, 11, 6, 18, tzinfo=UTC)
    rhythm_of_a_shop(door, start, weeks=1)
    assert first_silence(door, start, 6) is None


def test_when_we_do_not_look_nobody_is_silent(door: Channel) -> None:
    start = datetime(2026, 11, 6, 18, tzinfo=UTC)
    rhythm_of_a_shop(door, start)
    with clock.at(start + timedelta(days=10)):  # the worker was down; it has not looked yet
        guard_channels(10)
    assert not Alarm.objects.exists()
