"""Writes the sample organisation's messages as canonical JSON lines, one file for each channel.

Times are kept relative: what is written today looks lived in today, and nothing lies in the future.
The same day gives the same files.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import orjson

from entendu.demo.crowd import Crowd
from entendu.demo.organisation import HANDLE, MAILBOX, NAME
from entendu.demo.said import Said, spoken
from entendu.kit import clock

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Door:
    """A channel of the sample: its network, its names, and what the `files` connector must know of it."""

    name: str
    network: str
    name_fr: str
    name_en: str
    replies: str  # public, private, or both
    addressed: str  # as the connector's setting of that name
    private: bool = False
    own: str = HANDLE


DOORS = (
    Door("microblog", "microblog.example", "Microblogue", "Microblog", "both", "auto"),
    Door("photo", "photo.example", "Réseau de photos", "Photo network", "both", "auto"),
    Door("reviews", "reviews.example", "Site d’avis", "Review site", "public", "yes"),
    Door("mail", "mail", "Courriel (échantillon)", "Mail (sample)", "private", "yes", True, MAILBOX),
    Door("chat", "chat.example", "Clavardage du site", "Web chat", "private", "yes", True),
    Door("blog", "blog.example", "Commentaires du blogue", "Blog comments", "public", "yes"),
    Door("forum", "forum.example", "Forum de gourmands", "Food forum", "public", "auto"),
)


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file that was written, and the channel to make of it. `settings` are those of the `files` connector."""

    name: str
    path: Path
    network: str
    name_fr: str
    name_en: str
    count: int
    settings: dict[str, str] = field(default_factory=dict)


def write_demo_files(folder: Path, today: date) -> list[DemoFile]:
    """Writes the sample's messages of the sixty days before `today` into `folder`, and says what they are.

    `today` may be a datetime (aware): then nothing is later than it. For a plain date, nothing is later than
    now, nor than 18:00 UTC of that day.
    """
    now = _moment(today)
    folder.mkdir(parents=True, exist_ok=True)
    crowd = Crowd(_lines("cast.jsonl"), orjson.loads((HERE / "words.json").read_bytes()))
    messages = spoken(_lines, crowd, now)
    return [_write(folder, door, [one for one in messages if one.door == door.name]) for door in DOORS]


def _moment(today: date) -> datetime:
    if isinstance(today, datetime):
        return today.astimezone(UTC)
    evening = datetime.combine(today, time(18), UTC)
    return evening if evening.date() != clock.now().date() else clock.now()


def _lines(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (HERE / name).read_bytes().splitlines() if line.strip()]


def _write(folder: Path, door: Door, messages: Iterable[Said]) -> DemoFile:
    path = folder / f"{door.name}.jsonl"
    rows = [_row(door, said) for said in sorted(messages, key=lambda said: (said.at, said.key))]
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    settings = {
        "path": str(path),
        "network": door.network,
        "format": "jsonl",
        "own": door.own,
        "addressed": door.addressed,
        "outbox": str(folder / f"{door.name}.replies.jsonl"),
        "replies": door.replies,
    }
    return DemoFile(door.name, path, door.network, door.name_fr, door.name_en, len(rows), settings)


def _row(door: Door, said: Said) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": said.key,
        "network": door.network,
        "author": _author(door, said),
        "at": said.at.isoformat(timespec="seconds"),
        "text": said.text,
        "thread_key": said.thread,
        "visibility": "private" if door.private or said.private else "public",
    }
    optional = {
        "title": said.title,
        "parent_key": said.parent,
        "place": said.place,
        "audience": said.audience,
        "ours": said.ours,
        "automatic": said.automatic,
        "attachments": [_picture(said.photo)] if said.photo else [],
        "url": "" if door.private else f"https://{door.network}/{said.key}",
    }
    return row | {name: value for name, value in optional.items() if value}


def _author(door: Door, said: Said) -> dict[str, Any]:
    if said.ours:
        return {
            "key": door.own,
            "handle": door.own,
            "name": NAME,
            "audience": 21400 if not door.private else None,
        }
    handle = f"{said.handle}@client.example" if door.name == "mail" else said.handle
    return {"key": handle, "handle": handle, "name": said.name, "audience": said.audience or None}


def _picture(name: str) -> dict[str, Any]:
    content = (HERE / "pictures" / name).read_bytes()
    return {"name": name, "media_type": "image/png", "content": base64.b64encode(content).decode()}
