"""What comes first, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entendu.conversations.priority import REASONS, Said, changes_at, weigh
from entendu.kit import clock

SAID = st.builds(
    Said,
    urgency=st.sampled_from(["", "none", "normal", "high", "safety"]),
    intent=st.sampled_from(["", "complaint", "question", "praise", "idea", "purchase", "other"]),
    sentiment=st.sampled_from(["", "negative", "neutral", "positive"]),
    disappointed=st.booleans(),
    has_photo=st.booleans(),
    audience=st.none() | st.integers(0, 10**9),
)
WAITING = st.none() | st.timedeltas(timedelta(0), timedelta(days=30))
PROMISE = st.none() | st.timedeltas(timedelta(days=-30), timedelta(days=30))


def weight(said: Said, waiting: timedelta | None = timedelta(0), promise: timedelta | None = None) -> int:
    return weigh(said, waiting=waiting, promise=promise)[0]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Said(urgency="safety"), Said(urgency="high", intent="complaint", disappointed=True, has_photo=True)),
        (
            Said(urgency="high"),
            Said(intent="complaint", disappointed=True, sentiment="negative", has_photo=True),
        ),
        (Said(intent="complaint"), Said(intent="question", sentiment="negative", has_photo=True)),
        (Said(disappointed=True), Said(intent="question")),
        (Said(intent="question"), Said(intent="idea")),
        (Said(intent="idea"), Said(intent="praise")),
        (Said(intent="praise"), Said(intent="other", audience=10**9)),
        (Said(intent="question"), Said(intent="purchase", audience=10**9)),
    ],
)
def test_the_first_comes_before_the_second(first: Said, second: Said) -> None:
    assert weight(first) > weight(second)


def test_a_slipping_promise_passes_before_a_complaint_that_waits() -> None:
    complaint = Said(intent="complaint", disappointed=True)
    assert weight(complaint, None, timedelta(minutes=-1)) > weight(complaint, timedelta(minutes=5))
    assert weigh(Said(), waiting=None, promise=timedelta(minutes=59))[1] == ["promise_due"]
    assert weigh(Said(), waiting=None, promise=timedelta(minutes=61)) == (0, [])


def test_who_waits_longer_rises() -> None:
    question = Said(intent="question")
    waits = [timedelta(0), timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3)]
    weights = [weight(question, wait) for wait in waits]
    assert weights == sorted(set(weights))


@given(SAID, WAITING, PROMISE, st.integers(0, 10**9))
def test_an_audience_only_breaks_ties(
    said: Said, waiting: timedelta | None, promise: timedelta | None, audience: int
) -> None:
    plain = weigh(replace(said, audience=None), waiting=waiting, promise=promise)
    loud = weigh(replace(said, audience=audience), waiting=waiting, promise=promise)
    assert loud[1] == plain[1]
    assert plain[0] % 10 == 0
    assert 0 <= loud[0] - plain[0] <= 9


@given(SAID, SAID, WAITING, PROMISE)
def test_danger_comes_before_all_that_is_not(
    one: Said, other: Said, waiting: timedelta, promise: timedelta
) -> None:
    if one.urgency == "safety" and other.urgency != "safety":
        assert weight(one) > weight(other, waiting, promise)


@given(SAID, WAITING, PROMISE)
def test_each_reason_can_be_said_and_the_weight_fits_its_column(
    said: Said, waiting: timedelta | None, promise: timedelta | None
) -> None:
    value, reasons = weigh(said, waiting=waiting, promise=promise)
    assert 0 <= value < 8000
    assert set(reasons) <= set(REASONS)
    assert len(set(reasons)) == len(reasons)


@given(SAID, WAITING, PROMISE)
def test_nothing_changes_before_the_moment_that_is_told(
    said: Said, waiting: timedelta | None, promise: timedelta | None
) -> None:
    now = clock.now()
    since = now - waiting if waiting is not None else None
    due = now + promise if promise is not None else None

    def at(moment: object) -> tuple[int, list[str]]:
        return weigh(
            said,
            waiting=moment - since if since is not None else None,  # type: ignore[operator]
            promise=due - moment if due is not None else None,  # type: ignore[operator]
        )

    change = changes_at(waiting_since=since, due_at=due, now=now)
    last = change - timedelta(microseconds=1) if change else now + timedelta(days=3650)
    assert at(last) == at(now)
    if change and since is None:
        assert at(change) != at(now)
