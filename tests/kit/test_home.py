import os
from pathlib import Path

import pytest

from entendu.kit import home


@pytest.fixture
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_a_new_home_is_closed_to_the_other_users_of_the_machine(tmp_path: Path) -> None:
    made = home.folder(str(tmp_path / "away" / "home"))
    assert made.stat().st_mode & 0o077 == 0
    assert (made / "keys").stat().st_mode & 0o077 == 0


def test_a_home_that_is_there_keeps_what_its_owner_chose(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o750)
    (tmp_path / "home").chmod(0o750)
    assert home.folder(str(tmp_path / "home")).stat().st_mode & 0o777 == 0o750


def test_what_is_written_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "channels.key"
    home.write_first(path, b"first")
    home.write_first(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_cut_while_it_is_written_leaves_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(descriptor: int) -> None:
        raise OSError

    monkeypatch.setattr("os.fsync", power_cut)
    with pytest.raises(OSError):  # noqa: PT011 -- the one above
        home.write_first(tmp_path / "channels.key", b"half")
    assert list(tmp_path.iterdir()) == []
