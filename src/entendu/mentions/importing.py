"""Takes in a file: a channel of the kind `files`, pulled at once, with the same guarantees as any other door."""

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from entendu.accounts.models import Organisation
from entendu.channels.add import BadSettings, add_channel
from entendu.channels.doors import open_door
from entendu.channels.health import note_success
from entendu.channels.lease import give_back
from entendu.channels.lease import lease as take
from entendu.channels.models import Channel
from entendu.mentions.pull import store_page
from entendu.wire import WireError

PAGE = 2000


class FileRefused(ValueError):
    """The file cannot be taken in; the text says why, in the reader's language."""


def open_file_channel(
    organisation: Organisation, file: Path, *, mapping: str, name: str, network: str, own: str, addressed: str
) -> Channel:
    """The channel for `file`: the one that is there, else a new one. Raises FileRefused."""
    if not file.is_file():
        raise FileRefused(_("There is no file %(file)s.") % {"file": file})
    name = name or file.name
    known = organisation.channels.filter(kind="files", name=name).first()
    if known is not None and known.settings.get("path") == str(file.resolve()):
        return known
    settings = {"path": str(file.resolve()), "map": mapping_text(mapping), "network": network, "own": own}
    settings["addressed"] = addressed
    try:
        return add_channel(organisation, kind="files", name=name, settings=settings, pulls=False)
    except BadSettings as bad:
        raise FileRefused(_("This cannot be taken in: %(why)s") % {"why": bad}) from bad


def import_rows(channel: Channel, progress: Callable[[int], None], *, most: int | None = None) -> int:
    """Pulls all that `channel` holds, or `most` rows; `progress` is told how many rows came. Resumes where it was
    cut. Returns how many rows were new. Raises FileRefused."""
    lease(channel)
    new = 0
    try:
        door = open_door(channel)
        more, came = True, 0
        while more and (most is None or came < most):
            page = door.pull(bytes(channel.cursor), PAGE if most is None else min(PAGE, most - came))
            new += store_page(channel, page)
            came += len(page.raws)
            progress(len(page.raws))
            more = page.more
        note_success(channel, heard=new, next_check_at=None)
    except WireError as error:
        raise FileRefused(_("This cannot be taken in: %(why)s") % {"why": error}) from error
    finally:
        give_back(channel)
    return new


def lease(channel: Channel) -> None:
    """Takes the door for this import. Raises FileRefused when another import of it runs."""
    if not take(channel):
        raise FileRefused(_("This file is being taken in already."))
    channel.refresh_from_db()


def mapping_text(mapping: str) -> str:
    """The mapping itself, or what the small file that it names says (one `target=column` a line)."""
    if not mapping or "=" in mapping:
        return mapping
    path = Path(mapping)
    if not path.is_file():
        raise FileRefused(_("%(map)s is neither a mapping nor a file.") % {"map": mapping})
    lines = (line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return ",".join(line for line in lines if line and not line.startswith("#"))
