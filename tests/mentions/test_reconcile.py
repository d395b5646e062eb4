"""What the source says that it holds, against what we hold: a gap is found, fetched, and said."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.channels import doors
from entendu.channels.lease import lease_next
from entendu.channels.models import Alarm, Channel
from entendu.kit import clock
from entendu.mentions.models import Mention, Receipt, Reconciliation
from entendu.mentions.reconcile import CannotReconcile, reconcile, reconcile_due
from entendu.wire import AuthorRef, Caps, Holdings, Item, Page, Raw, SettingField, TryLater
from entendu.worker.loop import Loop
from hear import hear, hear_more, said
from make import make_channel


class FakeSource:
    """A fake source: numbered units, of which pulls hand over those above the cursor; holes are filled late."""

    kind: ClassVar[str] = "fakesource"
    label_en = label_fr = "Fake"
    caps: ClassVar[Caps] = Caps(holdings=True)
    fields: ClassVar[tuple[SettingField, ...]] = ()
    held: ClassVar[list[int]] = []
    gone: ClassVar[set[int]] = set()
    away: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings

    def pull(self, cursor: bytes, limit: int) -> Page:
        """Above the cursor only: what appears below it is never pulled."""
        new = [one for one in sorted(self.held) if one > int(cursor or 0)][:limit]
        return Page(tuple(unit(one) for one in new), str(new[-1]).encode() if new else cursor)

    def holdings(self, since: datetime, cursor: bytes, limit: int) -> Holdings:
        """All of them, three a page."""
        if self.away:
            raise TryLater("unreachable")
        rest = [one for one in sorted(self.held) if one > int(cursor or 0)]
        return Holdings(
            tuple(str(one) for one in rest[:3]), str(rest[2]).encode() if rest[3:] else b"", bool(rest[3:])
        )

    def fetch(self, keys: Sequence[str]) -> tuple[Raw, ...]:
        """Those that can be had."""
        return tuple(unit(int(key)) for key in keys if int(key) not in self.gone)

    def parse(self, raw: Raw) -> tuple[Item, ...]:
        """One item each."""
        return (Item(raw.key, "fake", AuthorRef("a"), clock.now(), text=raw.key, addressed=True),)


def unit(number: int) -> Raw:
    return Raw(str(number), str(number).encode())


@pytest.fixture
def source(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setitem(doors.kinds(), "fakesource", FakeSource)  # type: ignore[arg-type]
    monkeypatch.setattr(FakeSource, "held", [1, 2, 3, 4, 5, 6, 7, 20])
    monkeypatch.setattr(FakeSource, "gone", set())
    monkeypatch.setattr(FakeSource, "away", False)
    channel = make_channel(organisation, "Source", kind="fakesource")
    Channel.objects.update(next_check_at=clock.now(), reconcile_at=clock.now() + timedelta(days=1))
    return channel


def counts(row: Reconciliation) -> tuple[str, int, int, int, int]:
    return row.verdict, row.there, row.here, row.fetched, row.missing


def test_what_cannot_be_asked_is_not(organisation: Organisation, source: Channel) -> None:
    Channel.objects.filter(pk=source.pk).update(state="off")
    source.refresh_from_db()
    with pytest.raises(CannotReconcile, match="off"):
        reconcile(source)
    Channel.objects.filter(pk=source.pk).update(state="ok")
    source.refresh_from_db()
    assert lease_next() == source
    with pytest.raises(CannotReconcile, match="busy"):
        reconcile(source)
    FakeSource.caps, before = Caps(), FakeSource.caps
    with pytest.raises(CannotReconcile, match="no_holdings"):
        reconcile(source)
    FakeSource.caps = before


def test_what_has_just_come_is_no_gap(source: Channel) -> None:
    assert counts(reconcile(source)) == ("agrees", 8, 8, 0, 0)
    assert not Alarm.objects.exists()


def test_late_items_behind_the_cursor_are_fetched_and_said(source: Channel) -> None:
    Loop().run_once()
    FakeSource.held += [8, 9]
    source.refresh_from_db()
    assert counts(reconcile(source)) == ("mended", 10, 8, 2, 0)
    Loop().run_once()
    assert Mention.objects.count() == Receipt.objects.exclude(end="").count() == 10
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.facts["fetched"]) == ("gap", 2) and alarm.ended_at is not None
    source.refresh_from_db()
    assert counts(reconcile(source)) == ("agrees", 10, 10, 0, 0)


def test_what_cannot_be_had_is_named_until_it_is_there(source: Channel) -> None:
    Loop().run_once()
    FakeSource.held.append(9)
    FakeSource.gone.add(9)
    source.refresh_from_db()
    row = reconcile(source)
    assert (counts(row), row.keys) == (("gap", 9, 8, 0, 1), ["9"])
    assert Alarm.objects.get().ended_at is None
    FakeSource.gone.clear()
    source.refresh_from_db()
    assert reconcile(source).verdict == "mended"
    assert Alarm.objects.get().ended_at is not None


def test_what_the_source_no_longer_lists_is_counted_apart(source: Channel) -> None:
    Loop().run_once()
    FakeSource.held.remove(3)
    source.refresh_from_db()
    row = reconcile(source)
    assert (counts(row), row.extra) == (("agrees", 7, 7, 0, 0), 1)


def test_a_source_that_does_not_answer_is_asked_again_in_an_hour_and_alarms_nobody(source: Channel) -> None:
    FakeSource.away = True
    start = clock.now() + timedelta(days=2)
    with clock.at(start):
        assert reconcile_due(1) == 1
        assert reconcile_due(1) == 0
    assert Reconciliation.objects.get().code == "unreachable" and not Alarm.objects.exists()
    FakeSource.away = False
    with clock.at(start + timedelta(hours=1)):
        assert reconcile_due(1) == 1
    with clock.at(start + timedelta(hours=20)):
        assert reconcile_due(1) == 0
    assert Reconciliation.objects.count() == 2


def test_a_source_that_never_answers_is_asked_less_and_less(source: Channel) -> None:
    FakeSource.away = True
    start = clock.now() + timedelta(days=2)
    for hour in range(48):
        with clock.at(start + timedelta(hours=hour)):
            reconcile_due(1)
    assert 5 <= Reconciliation.objects.count() <= 12


def test_whoever_asks_is_in_the_trail(source: Channel, manager: Membership) -> None:
    assert reconcile(source, by=manager).by == manager.user
    assert manager.organisation.audits.filter(verb="reconcile", target="Source").exists()


def test_a_file_tells_its_rows(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, [said(f"k{number}", "x", minute=number) for number in range(7)])
    Receipt.objects.filter(mentions__key__in=["k2", "k5"]).delete()
    channel.refresh_from_db()
    assert counts(reconcile(channel)) == ("mended", 7, 5, 2, 0)
    hear_more(channel, [said("k8", "y")])
    assert Mention.objects.count() == 8
