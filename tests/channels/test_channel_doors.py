"""Doors: bad settings are told by field, secrets are sealed, a lease is one worker's, trouble waits and says so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from entendu.accounts.models import Membership, Organisation
from entendu.channels.add import BadSettings, add_channel, change_channel, switch
from entendu.channels.doors import open_door
from entendu.channels.health import note_failure, note_success
from entendu.channels.lease import LeaseLost, give_back, hold, lease_next
from entendu.channels.models import Channel
from entendu.channels.seal import SealBroken, seal, unseal
from entendu.kit import clock
from entendu.wire import NeedsAuth, Refused, TryLater

MAIL = {
    "imap_host": "127.0.0.1", "imap_port": "993", "user": "care", "password": "hunter2", "smtp_host": "127.0.0.1",
    "smtp_port": "587", "address": "care@levain.example",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "field", "code"), [
    ("telepathy", {}, "kind", "kind"),
    ("files", {}, "path", "required"),
    ("mail", MAIL | {"imap_port": "ninety"}, "imap_port", "number"),
])  # fmt: skip
def test_settings_that_do_not_do_are_told_by_field(
    organisation: Organisation, kind: str, values: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(BadSettings) as refused:
        add_channel(organisation, kind=kind, name="n", settings=values)
    assert refused.value.errors[field] == code


def test_two_doors_of_one_name_are_refused(organisation: Organisation, channel: Channel) -> None:
    with pytest.raises(BadSettings, match="taken"):
        add_channel(organisation, kind="files", name=channel.name, settings={"path": "/x"})


def test_a_secret_is_sealed_kept_when_left_empty_and_never_audited(
    organisation: Organisation, admin: Membership
) -> None:
    channel = add_channel(organisation, kind="mail", name="Mail", settings=MAIL)
    assert "hunter2" not in str(channel.settings) and b"hunter2" not in channel.secrets
    changed = change_channel(channel, by=admin, name="Mail", settings=MAIL | {"password": ""})
    assert unseal(bytes(changed.secrets)) == {"password": "hunter2"}
    assert "hunter2" not in str(list(organisation.audits.values()))


def test_another_installations_key_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal({"password": "hunter2"})
    other = tmp_path / "other.key"
    other.write_bytes(Fernet.generate_key())
    monkeypatch.setattr(settings, "SECRET_KEYS_FILE", other)
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_a_rotated_key_opens_what_the_old_one_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "channels.key"
    monkeypatch.setattr(settings, "SECRET_KEYS_FILE", keys)
    sealed = seal({"password": "hunter2"})
    keys.write_bytes(Fernet.generate_key() + b"\n" + keys.read_bytes())
    assert unseal(sealed) == {"password": "hunter2"}


def test_an_absent_connector_is_refused_in_words_we_know(channel: Channel) -> None:
    channel.kind = "telepathy"
    with pytest.raises(Refused, match="connector_absent"):
        open_door(channel)


def test_one_worker_at_a_door_and_the_late_one_writes_nothing(channel: Channel) -> None:
    Channel.objects.update(next_check_at=clock.now())
    first = lease_next()
    assert first == channel and lease_next() is None
    with clock.at(clock.now() + timedelta(minutes=5)):
        second = lease_next()
        assert second == channel
        with pytest.raises(LeaseLost):
            hold(first, cursor=b"late")
        hold(second, cursor=b"right")
    give_back(first)
    channel.refresh_from_db()
    assert bytes(channel.cursor) == b"right" and channel.lease == second.lease


def test_trouble_waits_longer_each_time_and_never_over_an_hour(channel: Channel) -> None:
    waits = []
    with clock.at(clock.now()):
        for _ in range(12):
            note_failure(channel, TryLater("unreachable"))
            waits.append(channel.next_check_at - clock.now())
    assert waits == sorted(waits) and waits[-1] == timedelta(hours=1)
    assert channel.state == "degraded"


def test_what_upstream_asks_is_obeyed(channel: Channel) -> None:
    with clock.at(clock.now()):
        note_failure(channel, TryLater("busy", retry_after=90))
        assert channel.next_check_at == clock.now() + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("error", "state"), [(NeedsAuth("bad_credentials"), "needs_auth"), (Refused("gone"), "blocked")]
)
def test_a_refusal_shows_at_once_and_success_clears_it(channel: Channel, error: Refused, state: str) -> None:
    note_failure(channel, error)
    assert (channel.state, channel.state_code) == (state, error.code)
    note_success(channel, heard=1, next_check_at=clock.now())
    assert (channel.state, channel.state_code, channel.failures) == ("ok", "", 0)


def test_a_door_that_is_off_is_not_looked_at(channel: Channel, admin: Membership) -> None:
    Channel.objects.update(next_check_at=clock.now())
    switch(channel, by=admin, on=False)
    assert lease_next() is None
    switch(channel, by=admin, on=True)
    assert lease_next() == channel


def test_processes_that_start_together_agree_on_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "channels.key"
    monkeypatch.setattr(settings, "SECRET_KEYS_FILE", keys)
    together, own = Barrier(4), Fernet.generate_key

    def generate() -> bytes:
        together.wait()  # all have seen that there is no key yet
        return own()

    monkeypatch.setattr(Fernet, "generate_key", generate)
    with ThreadPoolExecutor(4) as pool:
        starts = [pool.submit(seal, {"password": str(one)}) for one in range(4)]
        sealed = [start.result(timeout=30) for start in starts]
    assert [unseal(one)["password"] for one in sealed] == ["0", "1", "2", "3"]
    assert list(tmp_path.iterdir()) == [keys]
