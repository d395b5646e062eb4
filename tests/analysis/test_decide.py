"""What people may do about a signal, and the trail of it."""

import pytest

from entendu.analysis.decide import SignalRefused, ignore, see, take
from entendu.analysis.models import Signal
from entendu.kit import clock


@pytest.fixture
def signal(organisation):
    now = clock.now()
    return Signal.objects.create(
        organisation=organisation,
        kind="spike",
        level="high",
        people=9,
        started_at=now,
        last_at=now,
        raised_at=now,
    )


def refused(verb, signal, **values):
    with pytest.raises(SignalRefused) as refusal:
        verb(signal, **values)
    return refusal.value.code


def test_strangers_and_readers_do_nothing(signal, charlie, bob, alice):
    assert refused(see, signal, by=charlie) == "not_yours"
    assert refused(see, signal, by=bob) == "not_allowed"
    assert refused(take, signal, by=alice) == "not_allowed"
    assert refused(ignore, signal, by=alice, reason="x") == "not_allowed"
    assert signal.steps.count() == 0


def test_to_ignore_needs_a_reason(signal, manager):
    assert refused(ignore, signal, by=manager, reason="  ") == "no_reason"
    ignore(signal, by=manager, reason="bruit")
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("ignored", "bruit")


def test_it_is_decided_once(signal, manager):
    take(signal, by=manager)
    assert refused(ignore, signal, by=manager, reason="non") == "decided"


def test_the_trail_tells_who_saw_it_first_and_which_of_them_decides(signal, alice, manager):
    see(signal, by=alice)
    see(signal, by=alice)
    take(signal, by=manager, reason="on rappelle le lot")
    signal.refresh_from_db()
    assert (signal.seen_by, signal.decided_by, signal.state) == (alice.user, manager.user, "taken")
    trail = [(one.kind, one.by, one.data["decides"]) for one in signal.steps.order_by("pk")]
    assert trail == [("seen", alice.user, False), ("taken", manager.user, True)]
