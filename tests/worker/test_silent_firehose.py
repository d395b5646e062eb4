"""A firehose that says nothing, or that nobody hears, is told to whoever answers for the channel: soon, and once."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail

from entendu.accounts.letters import send_letters
from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import add_channel
from entendu.channels.models import Alarm, Channel
from entendu.channels.tell import tell_alarms
from entendu.kit import clock
from entendu.mentions import guard as guarding
from entendu.mentions.guard import guard_channels
from entendu.mentions.models import Pulse
from entendu.mentions.pulse import QUARTER, quarter_of
from entendu.worker.listener import Listener
from fake_firehose import FakeFirehose, event, fake_firehose

NOW = datetime(2026, 11, 18, 3, 7, tzinfo=UTC)  # a night
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def firehose() -> Iterator[FakeFirehose]:
    with fake_firehose() as fake:
        settings.HTTP_ALLOW = [f"127.0.0.1:{fake.port}"]
        yield fake
        settings.HTTP_ALLOW = []


@pytest.fixture
def listener() -> Iterator[Listener]:
    """The test turns it."""
    one = Listener(lambda: False)
    yield one
    for source in list(one.sources.values()):
        one.close(source)
        if source.thread is not None:
            source.thread.join(5)


@pytest.fixture
def channel(organisation: Organisation, manager: Membership, firehose: FakeFirehose) -> Channel:
    """Maud answers for it. She reads English."""
    guarding._unheard.clear()
    guarding._known.clear()
    manager.user.language = "en"
    manager.user.save()
    with clock.at(NOW - timedelta(weeks=4)):
        made = add_channel(organisation, kind="bluesky", name="Flux", settings={"firehose": firehose.url})
    made.owner = manager.user
    made.save()
    return made


def flowed(channel: Channel, days: float, least: int = 20_000, most: int = 60_000) -> None:
    """It was heard in each quarter of so many days, until now."""
    dice, at = random.Random(4), quarter_of(NOW - timedelta(days=days))
    pulses = []
    while at < NOW:
        pulses.append(Pulse(channel=channel, quarter=at, heard=dice.randint(least, most)))
        at += QUARTER
    Pulse.objects.bulk_create(pulses)
    Channel.objects.update(heard_at=NOW, worked_at=NOW)


def connected(listener: Listener, fake: FakeFirehose) -> None:
    """Somebody listens, and one post has come."""
    for _ in range(200):
        listener._looked_at = -10.0
        listener.turn(0.05)
        if fake.links:
            break
    fake.say(event(1, "did:plc:a", "a", "bonjour"))
    for _ in range(200):
        listener.turn(0.05)
        if listener.tally.units:
            return
    raise AssertionError("nothing came")


def first_alarm(listener: Listener | None, start: datetime, minutes: int) -> float | None:
    """Minutes until an alarm is told by mail; the listener and the loop do their work once a minute."""
    for minute in range(minutes):
        with clock.at(start + timedelta(minutes=minute, seconds=1)):
            if listener is not None:
                listener._looked_at = -10.0
                listener._noted_at = clock.now() - timedelta(minutes=1)
                listener.turn(0.0)
            guard_channels(10)
            tell_alarms(10)
            send_letters(10)
        if mail.outbox:
            return minute
    return None


def test_a_connection_that_says_nothing_is_told_within_minutes_by_what_it_used_to_say(
    channel: Channel, firehose: FakeFirehose, listener: Listener, manager: Membership
) -> None:
    flowed(channel, days=3)
    with clock.at(NOW):
        connected(listener, firehose)
    waited = first_alarm(listener, NOW, 60)
    assert waited is not None and 5 <= waited <= 7
    said = mail.outbox[0]
    assert said.to == [manager.user.email] and "silent" in said.subject
    assert "nothing has come since" in said.body and "no longer than 5 minutes" in said.body
    assert first_alarm(listener, NOW + timedelta(minutes=8), 1) == 0 and len(mail.outbox) == 1, "once"
    with clock.at(NOW + timedelta(minutes=20)):
        firehose.say(event(2, "did:plc:a", "b", "me revoilà"))
        for _ in range(200):
            listener.turn(0.05)
            if listener.tally.units == 2:
                break
    first_alarm(listener, NOW + timedelta(minutes=20), 2)
    assert Alarm.objects.get().ended_at is not None


def test_one_that_pauses_by_itself_alarms_nobody_at_once(
    channel: Channel, firehose: FakeFirehose, listener: Listener
) -> None:
    flowed(channel, days=3)
    Pulse.objects.filter(
        quarter=quarter_of(NOW - timedelta(hours=20))
    ).delete()  # it was silent yesterday, too
    with clock.at(NOW):
        connected(listener, firehose)
    assert first_alarm(listener, NOW, 25) is None


def test_a_slow_one_is_told_by_its_rhythm(
    channel: Channel, firehose: FakeFirehose, listener: Listener
) -> None:
    flowed(channel, days=21, least=5, most=20)
    with clock.at(NOW):
        connected(listener, firehose)
    waited = first_alarm(listener, NOW, 120)
    assert waited is not None and 30 <= waited <= 60


@pytest.mark.parametrize("how", ["hangs up", "is away"])
def test_a_firehose_that_cannot_be_heard_is_told(
    channel: Channel, firehose: FakeFirehose, listener: Listener, manager: Membership, how: str
) -> None:
    flowed(channel, days=3)
    with clock.at(NOW):
        connected(listener, firehose)
    if how == "is away":
        firehose.stop()
    firehose.cut()
    for _ in range(200):
        if all(source.over for source in listener.sources.values()):
            break
        with clock.at(NOW):
            listener.turn(0.05)

    def go_on(start: datetime) -> float | None:
        for minute in range(20):
            with clock.at(start + timedelta(minutes=minute)):
                for _ in range(3):  # it connects, and is cut again
                    listener._looked_at = -10.0
                    listener.turn(0.05)
                    firehose.cut()
                for source in listener.sources.values():
                    if source.thread is not None:
                        source.thread.join(5)
                listener.turn(0.05)
                guard_channels(10)
                tell_alarms(10)
                send_letters(10)
            if mail.outbox:
                return minute
        return None

    waited = go_on(NOW)
    assert waited is not None and waited <= 15
    assert [one.to for one in mail.outbox] == [[manager.user.email]] and "does not work" in mail.outbox[
        0
    ].subject


def test_when_nobody_listens_while_the_loop_works_it_is_told(channel: Channel, manager: Membership) -> None:
    flowed(channel, days=3)
    waited = first_alarm(None, NOW, 60)
    assert waited is not None and 15 <= waited <= 21
    assert "Nobody listens to this stream" in mail.outbox[0].body
    with clock.at(NOW + timedelta(hours=2)):
        Channel.objects.update(worked_at=clock.now(), heard_at=clock.now(), watch_at=None)
        guard_channels(10)
    assert Alarm.objects.get().ended_at is not None


def test_a_worker_that_was_down_for_a_night_connects_before_anybody_is_told(
    channel: Channel, firehose: FakeFirehose, listener: Listener
) -> None:
    flowed(channel, days=3)
    morning = NOW + timedelta(hours=6)
    with clock.at(morning):
        guard_channels(10)  # the loop is faster than the listener
        for _ in range(200):
            listener._looked_at = -10.0
            listener.turn(0.05)
            if firehose.links:
                break
    assert first_alarm(listener, morning, 5) is None, "it has just begun to listen"
    assert not Alarm.objects.exists()
    waited = first_alarm(listener, morning + timedelta(minutes=5), 5)
    assert waited is not None, "and nothing came since"
