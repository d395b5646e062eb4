"""A query looks into the past: what is stored, and what sources still hold; stopped, resumed, and nothing twice."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.channels.doors import kinds
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions import back_fill
from entendu.mentions.back_fill import (
    BackFillRefused,
    Stopped,
    ask_sources,
    claim,
    do_next,
    look_at_stored,
    stop,
)
from entendu.mentions.ledger import ledger
from entendu.mentions.models import BackFill, Match, Mention, Query, Receipt
from entendu.mentions.queries import change_query, switch_query, terms_of
from entendu.mentions.stages import back_fill as stage
from entendu.worker.loop import Loop
from hear import hear, said
from make import make_channel, make_query
from mentions.fake_archive import FakeArchive, raw_of

START = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def archive(monkeypatch: pytest.MonkeyPatch) -> type[FakeArchive]:
    monkeypatch.setitem(kinds(), "archive", FakeArchive)
    monkeypatch.setattr(FakeArchive, "faults", [])
    monkeypatch.setattr(FakeArchive, "asked", [])
    return FakeArchive


@pytest.fixture
def source(organisation: Organisation, tmp_path: Path) -> Channel:
    """Thirty posts of October, each third about bread."""
    path = tmp_path / "archive.jsonl"
    rows = [
        {
            "key": f"p{n}",
            "text": "Le levain" if n % 3 == 0 else "Parapluie",
            "at": (START + timedelta(days=n)).isoformat(),
        }
        for n in range(30)
    ]
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    channel = make_channel(organisation, "Archive", "archive", path=str(path))
    Channel.objects.filter(pk=channel.pk).update(addressed=False)
    channel.refresh_from_db()
    return channel


def drain() -> None:
    while stage(1000):
        continue


def found(query: Query) -> set[str]:
    return set(query.matches.values_list("mention__key", flat=True))


def job_of(query: Query, channel: Channel | None = None) -> BackFill:
    return BackFill.objects.filter(query=query, channel=channel).latest("id")


def test_strangers_agents_and_doors_without_a_past_start_nothing(
    organisation: Organisation, manager: Membership, alice: Membership, charlie: Membership, source: Channel
) -> None:
    query = make_query(organisation, by=manager)
    charlie.role = "admin"
    for by, channel, code in (
        (charlie, source, "not_yours"),
        (alice, source, "not_allowed"),
        (manager, make_channel(organisation, "Fichier"), "no_past"),
        (manager, make_channel(organisation, "Absent", "absent"), "no_past"),
    ):
        with pytest.raises(BackFillRefused, match=code):
            ask_sources(query, by=by, channels=[channel], since=START)
    assert not BackFill.objects.filter(channel__isnull=False).exists()
    for by, code in ((charlie, "not_yours"), (alice, "not_allowed")):
        with pytest.raises(BackFillRefused, match=code):
            stop(job_of(query), by=by)


def test_a_new_query_finds_what_is_stored(
    organisation: Organisation, elsewhere: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fill, "WINDOW", 3)
    rows = [said(f"k{n}", "Le levain" if n % 2 else "La brioche", minute=n) for n in range(10)]
    hear(organisation, tmp_path, [*rows, said("nous", "Notre levain", "maison", ours=True, addressed=False)])
    hear(elsewhere, tmp_path, [said("x", "Le levain d’ailleurs")], name="other")
    query = make_query(organisation)
    drain()
    assert found(query) == {"k1", "k3", "k5", "k7", "k9"}
    job = job_of(query)
    assert (job.state, job.treated, job.estimated, job.found, job.lost, job.share) == (
        "done",
        11,
        11,
        5,
        0,
        100,
    )
    assert set(query.matches.values_list("day", flat=True)) == {datetime(2026, 11, 1).date()}


def test_another_text_leaves_what_it_does_not_find(
    organisation: Organisation, manager: Membership, tmp_path: Path
) -> None:
    hear(
        organisation,
        tmp_path,
        [said("a", "Le levain"), said("b", "La brioche"), said("c", "Levain, brioche")],
    )
    query = make_query(organisation, by=manager)
    drain()
    change_query(query, replace(terms_of(query), text="brioche"), by=manager)
    drain()
    assert found(query) == {"b", "c"}
    assert (job_of(query).found, job_of(query).lost) == (1, 1)
    change_query(query, replace(terms_of(query), takes="public", name="Autre"), by=manager)
    change_query(query, replace(terms_of(query), name="Encore"), by=manager)
    assert BackFill.objects.filter(query=query).count() == 3  # another name looks for nothing


def test_a_query_that_takes_less_finds_less(organisation: Organisation, tmp_path: Path) -> None:
    hear(organisation, tmp_path, [said("a", "Le levain", visibility="private"), said("b", "Le levain")])
    query = make_query(organisation, takes="public")
    drain()
    assert found(query) == {"b"}


def test_a_query_that_rested_catches_up(
    organisation: Organisation, manager: Membership, tmp_path: Path
) -> None:
    query = make_query(organisation, by=manager)
    switch_query(query, by=manager, active=False)
    hear(organisation, tmp_path, [said("a", "Le levain")])
    assert found(query) == set()
    switch_query(query, by=manager, active=True)
    drain()
    assert found(query) == {"a"}


def test_stopped_it_writes_no_more_and_keeps_what_it_found(
    organisation: Organisation, manager: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fill, "WINDOW", 4)
    hear(organisation, tmp_path, [said(f"k{n}", "Le levain") for n in range(10)])
    query = make_query(organisation, by=manager)
    assert do_next(1000) == 4
    in_hand = claim()
    assert in_hand is not None
    assert claim() is None  # another worker finds nothing to do
    stop(job_of(query), by=manager)
    with pytest.raises(Stopped):
        look_at_stored(in_hand)
    drain()
    job = job_of(query)
    assert (job.state, job.treated, query.matches.count()) == ("stopped", 4, 4)
    assert job.stopped_by == manager.user
    stop(job, by=manager)  # twice changes nothing
    assert organisation.audits.filter(verb="stop_back_fill").count() == 1


def test_a_source_gives_its_past_through_the_ledger(
    organisation: Organisation, manager: Membership, source: Channel
) -> None:
    query = make_query(organisation, by=manager)
    since, now = START + timedelta(days=10), clock.now()
    (job,) = ask_sources(query, by=manager, channels=[source], since=since)
    drain()
    job.refresh_from_db()
    assert (job.state, job.treated, job.found) == ("done", 20, 20)
    assert all(asked[:2] == ("levain", since) and asked[2] >= now for asked in FakeArchive.asked)
    Loop().run_once()
    wanted = {f"p{n}" for n in range(10, 30) if n % 3 == 0}
    assert found(query) == wanted
    lines = ledger(Receipt.objects.filter(organisation=organisation))
    assert all(line.balanced for line in lines)
    assert (sum(line.watched for line in lines), sum(line.dropped for line in lines)) == (
        len(wanted),
        20 - len(wanted),
    )


def test_what_was_forgotten_then_is_taken_up_again_in_its_own_line(
    organisation: Organisation, manager: Membership, source: Channel
) -> None:
    make_query(organisation, "parapluie", by=manager)
    back_fill.store_past(source, [raw_of(one) for one in FakeArchive(source.settings).posts()])
    Loop().run_once()
    assert Receipt.objects.filter(reason="no_match", content=b"").count() == 10
    query = make_query(organisation, by=manager)
    (job,) = ask_sources(query, by=manager, channels=[source], since=START)
    Loop().run_once()
    Loop().run_once()
    job.refresh_from_db()
    assert (job.treated, job.found) == (30, 10)
    assert found(query) == {f"p{n}" for n in range(0, 30, 3)}
    assert Receipt.objects.filter(channel=source).count() == 30
    assert Receipt.objects.filter(channel=source, end="watched").count() == 30
    assert Mention.objects.filter(channel=source).count() == 30


@pytest.mark.parametrize(
    ("faults", "state", "code"),
    [
        (["refuse"], "failed", "past_out_of_reach"),
        (["crash"], "failed", "connector_fault"),
        (["later"], "running", "busy"),
    ],
)
def test_a_fault_of_the_source_is_told(
    organisation: Organisation, manager: Membership, source: Channel, faults: list[str], state: str, code: str
) -> None:
    query = make_query(organisation, by=manager)
    FakeArchive.faults.extend(faults)
    ask_sources(query, by=manager, channels=[source], since=START)
    drain()
    job = job_of(query, source)
    assert (job.state, job.code, job.treated) == (state, code, 0)
    assert job_of(query).state == "done"  # the search of what is stored went on


def test_a_source_that_is_busy_is_asked_later_and_given_up_at_last(
    organisation: Organisation, manager: Membership, source: Channel
) -> None:
    query = make_query(organisation, by=manager)
    FakeArchive.faults.append("later")
    ask_sources(query, by=manager, channels=[source], since=START)
    drain()
    assert Receipt.objects.count() == 0
    with clock.at(clock.now() + timedelta(seconds=61)):
        drain()
        assert (job_of(query, source).state, Receipt.objects.count()) == ("done", 30)
    FakeArchive.faults.extend(["later"] * 99)
    ask_sources(query, by=manager, channels=[source], since=START)
    for hours in range(20):
        with clock.at(clock.now() + timedelta(hours=hours)):
            drain()
    assert (job_of(query, source).state, job_of(query, source).code) == ("failed", "busy")


def test_asked_again_the_older_search_gives_way(
    organisation: Organisation, manager: Membership, source: Channel
) -> None:
    query = make_query(organisation, by=manager)
    first = ask_sources(query, by=manager, channels=[source], since=START)[0]
    ask_sources(query, by=manager, channels=[source], since=START + timedelta(days=20))
    first.refresh_from_db()
    assert first.state == "stopped"
    drain()
    assert Receipt.objects.count() == 10


def test_killed_anywhere_it_goes_on_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    harness = Path(__file__).with_name("back_fill_nursery.py")
    done = subprocess.run(
        [sys.executable, str(harness), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = orjson.loads(done.stdout.splitlines()[-1])
    assert told["kills"] >= 10
    assert told["stored"] == {"state": "done", "treated": 60, "matches": 20}
    assert told["source"] == {"state": "done", "treated": 30, "receipts": 30, "matches": 10}
    assert told["doubled"] == 0


def test_the_search_is_removed_with_its_query(organisation: Organisation) -> None:
    make_query(organisation).delete()
    assert (BackFill.objects.count(), Match.objects.count()) == (0, 0)
