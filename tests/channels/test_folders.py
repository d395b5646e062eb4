"""The pages name files of the import folders only; what the command line opened stays, and can be changed otherwise."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.channels.add import BadSettings, add_channel, change_channel
from entendu.channels.models import Channel
from make import make_channel


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    """The one import folder, reached through a link, with a link inside that leads out."""
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "import").symlink_to(real)
    (real / "way-out").symlink_to(tmp_path)
    (real / "loop").symlink_to(real / "loop")
    (tmp_path / "secret.csv").write_text("id,text\n1,secret\n")
    settings.IMPORT_FOLDERS = [str(tmp_path / "import")]
    return tmp_path / "import"


OUTSIDE = (
    "/etc/passwd", "{}", "{}/", "{}/..", "{}/../secret.csv", "{}/way-out/secret.csv", "{}/loop", "{}-not/x.csv",
    "x.csv", "~/x.csv", "../x.csv", "{}/x\x00.csv", "{}/" + "x" * 5000 + "\x00",
)  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("field", ["path", "outbox"])
def test_what_lies_outside_is_refused_to_members(
    organisation: Organisation, admin: Membership, folder: Path, field: str, name: str
) -> None:
    values = {"path": str(folder / "said.csv")} | {field: name.format(folder)}
    with pytest.raises(BadSettings) as refused:
        add_channel(organisation, kind="files", name="n", settings=values, by=admin)
    assert refused.value.errors == {field: "outside"}
    channel = make_channel(organisation, "Fichier", path=str(folder / "said.csv"), outbox="")
    with pytest.raises(BadSettings) as refused:
        change_channel(channel, by=admin, name="Fichier", settings=values)
    assert refused.value.errors == {field: "outside"}
    channel.refresh_from_db()
    assert channel.settings["path"] == str(folder / "said.csv")


def test_no_folder_means_no_file(
    organisation: Organisation, admin: Membership, folder: Path, settings: LazySettings
) -> None:
    settings.IMPORT_FOLDERS = []
    with pytest.raises(BadSettings, match="outside"):
        add_channel(organisation, kind="files", name="n", settings={"path": str(folder / "a.csv")}, by=admin)


def test_what_lies_inside_is_opened(organisation: Organisation, admin: Membership, folder: Path) -> None:
    values = {"path": str(folder / "deep" / "said.csv"), "outbox": str(folder / "out.jsonl")}
    channel = add_channel(organisation, kind="files", name="n", settings=values, by=admin)
    assert channel.settings | values == channel.settings


def test_the_command_line_opens_any_file_and_members_may_keep_it(
    organisation: Organisation, admin: Membership, folder: Path, tmp_path: Path
) -> None:
    values = {"path": str(tmp_path / "secret.csv")}
    channel = add_channel(organisation, kind="files", name="n", settings=values)
    assert change_channel(channel, by=admin, name="m", settings=values | {"network": "x"}).name == "m"
    with pytest.raises(BadSettings, match="outbox: outside"):
        change_channel(channel, by=admin, name="m", settings=values | {"outbox": values["path"]})


def test_what_is_ours_and_to_us_is_changed_and_audited(channel: Channel, admin: Membership) -> None:
    kept = change_channel(channel, by=admin, name=channel.name, settings=channel.settings)
    assert (kept.addressed, kept.own_handles) == (True, [])
    change_channel(
        channel,
        by=admin,
        name=channel.name,
        settings=channel.settings,
        own_handles=["@levain"],
        addressed=False,
    )
    channel.refresh_from_db()
    assert (channel.addressed, channel.own_handles) == (False, ["@levain"])
    trail = Audit.objects.filter(verb="change_channel").latest("pk")
    assert (trail.by, trail.data["own_handles"], trail.data["addressed"]) == (admin.user, ["@levain"], False)
