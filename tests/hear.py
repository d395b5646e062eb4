"""Lets the real loop hear something: a JSON Lines file, the `files` connector, and every stage."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from entendu.accounts.models import Organisation
from entendu.channels.add import add_channel
from entendu.channels.models import Channel
from entendu.mentions.importing import import_rows
from entendu.worker.loop import Loop

Row = Mapping[str, object]


def open_file(
    organisation: Organisation, folder: Path, rows: Sequence[Row], name: str = "said", **settings: str
) -> Channel:
    """A channel over a file with these rows (canonical fields), nothing pulled yet."""
    path = folder / f"{name}.jsonl"
    path.write_bytes(b"".join(orjson.dumps(dict(row)) + b"\n" for row in rows))
    return add_channel(
        organisation,
        kind="files",
        name=name,
        pulls=False,
        settings={"path": str(path), "network": "test"} | settings,
    )


def hear(
    organisation: Organisation, folder: Path, rows: Sequence[Row], name: str = "said", **settings: str
) -> Channel:
    """The rows went through the whole loop."""
    channel = open_file(organisation, folder, rows, name, **settings)
    import_rows(channel, lambda count: None)
    Loop().run_once()
    return channel


def hear_more(channel: Channel, rows: Sequence[Row]) -> None:
    """More rows at the end of the same file."""
    with Path(channel.settings["path"]).open("ab") as file:
        file.writelines(orjson.dumps(dict(row)) + b"\n" for row in rows)
    channel.refresh_from_db()
    import_rows(channel, lambda count: None)
    Loop().run_once()


def said(key: str, text: str, author: str = "dalila", minute: int = 0, **more: object) -> dict[str, object]:
    """One canonical row: `author` says `text` to us on 1 November 2026, `minute` minutes after ten."""
    hour, rest = divmod(minute, 60)
    moment = f"2026-11-01T{10 + hour:02}:{rest:02}:00+00:00"
    row = {
        "key": key,
        "text": text,
        "author": {"key": author, "handle": author},
        "at": moment,
        "addressed": True,
    }
    return row | more
