"""Signals for programs."""

import pytest

from entendu.analysis.models import Signal
from entendu.kit import clock


@pytest.fixture
def signal(organisation):
    now = clock.now()
    return Signal.objects.create(
        organisation=organisation, kind="spike", scope="place", key="Laval", level="high", people=9, words=["crème"],
        started_at=now, last_at=now, raised_at=now,
    )  # fmt: skip


def test_what_moves_is_told_with_its_name_and_words(alice, program, signal):
    (one,) = program(alice).get("/signals").json()["items"]
    assert (one["name"], one["people"], one["words"], one["state"]) == ("Laval", 9, ["crème"], "new")
    assert program(alice).get(f"/signals/{signal.pk}").json()["mentions"] == []


def test_an_unknown_list_is_refused(alice, program):
    assert program(alice).get("/signals", state="rouge").status_code == 422


def test_strangers_find_nothing(charlie, program, signal):
    asks = program(charlie)
    assert asks.get("/signals").json() == {"items": [], "next": ""}
    assert asks.get(f"/signals/{signal.pk}").status_code == 404
    assert asks.post(f"/signals/{signal.pk}/seen").status_code == 404


def test_who_may_decide_does_once_and_says_why(alice, manager, bob, program, signal):
    assert program(bob).post(f"/signals/{signal.pk}/seen").status_code == 403
    assert program(alice).post(f"/signals/{signal.pk}/seen").json()["state"] == "seen"
    assert program(alice).post(f"/signals/{signal.pk}/decision", {"decision": "taken"}).status_code == 403
    asks = program(manager)
    no_reason = asks.post(f"/signals/{signal.pk}/decision", {"decision": "ignored"})
    assert (no_reason.status_code, no_reason.json()["code"]) == (422, "no_reason")
    assert asks.post(f"/signals/{signal.pk}/decision", {"decision": "perhaps"}).status_code == 422
    taken = asks.post(f"/signals/{signal.pk}/decision", {"decision": "taken"})
    assert (taken.status_code, taken.json()["decided_by"]) == (201, "Maud Orchestre")
    again = asks.post(f"/signals/{signal.pk}/decision", {"decision": "taken"})
    assert (again.status_code, again.json()["code"]) == (409, "decided")
    assert [one["id"] for one in asks.get("/signals", state="decided").json()["items"]] == [signal.pk]
