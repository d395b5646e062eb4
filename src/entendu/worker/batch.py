"""From the frames of a batch to what each channel keeps and forgets of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from entendu.channels.models import Channel
from entendu.mentions.hear import Heard, held_by
from entendu.mentions.sieve import Ear, Sieve
from entendu.wire import Broken, Glimpse, Raw
from entendu.worker.source import Listening, Source

MOST_BROKEN = 20  # frames of a batch that cannot be read and are kept to be looked at; more are only counted


@dataclass(slots=True)
class Sorted:
    """What a batch is for one channel. `units`: how many it had not heard before."""

    listening: Listening
    heard: Heard
    units: int


@dataclass(slots=True)
class Read:
    """A batch, read: its units with the position of each, and the frames that cannot be read."""

    units: list[Glimpse]
    positions: list[int]
    last: int
    broken: list[tuple[Raw, Broken]]


def sort_batch(source: Source, frames: Sequence[bytes], sieve: Sieve) -> list[Sorted]:
    """Reads `frames` and decides for each channel of `source`."""
    batch = read_batch(source, frames)
    source.last = batch.last
    kind, door = source.key[0], source.door
    wanted = sieve.wanted(batch.units, source.ears, kind=kind, site=door.site, network=door.network)
    changes = [place for place, one in enumerate(batch.units) if one.kind != "created"]
    return [
        sort_for(listening, ear, batch, wanted[ear.channel], changes)
        for listening, ear in zip(source.listenings, source.ears, strict=True)
    ]


def read_batch(source: Source, frames: Sequence[bytes]) -> Read:
    """The units of `frames`. What cannot be read is set aside, the rest goes on."""
    read = source.door.read
    units: list[Glimpse] = []
    positions: list[int] = []
    broken: list[tuple[Raw, Broken]] = []
    last = source.last
    for frame in frames:
        try:
            position, some = read(frame)
        except Broken as error:
            broken.append((unreadable(frame), error))
            continue
        if position > last:
            last = position
        if some:
            units.extend(some)
            positions.extend([position] * len(some))
    return Read(units, positions, last, broken)


def unreadable(frame: bytes) -> Raw:
    """A frame that cannot be read, as it came. Its key is its bytes': it may come again."""
    return Raw(f"unreadable:{hashlib.sha256(frame).hexdigest()}", frame)


def sort_for(
    listening: Listening, ear: Ear, batch: Read, wanted: list[int], changes: Sequence[int]
) -> Sorted:
    """What one channel keeps: what its organisation wants, and what changes or deletes something that it holds."""
    channel, door, units = listening.channel, listening.door, batch.units
    places = keep_changes(channel, door.network, units, wanted, changes) if changes else wanted
    position = listening.position
    if position is None or not batch.positions or batch.positions[0] > position:
        new, new_kept = len(units), len(places)
    else:  # it hears again what it had heard, with others that had not: stored if it is not, counted only once
        new = sum(1 for one in batch.positions if one > position)
        new_kept = sum(1 for place in places if batch.positions[place] > position)
    broken = batch.broken[:MOST_BROKEN]
    heard = Heard(
        channel,
        max(batch.last, position or 0),
        raws=[door.raw(units[place]) for place in places],
        broken=broken,
        forgotten=new - new_kept + len(batch.broken) - len(broken),
    )
    return Sorted(listening, heard, new + len(batch.broken))


def keep_changes(
    channel: Channel, network: str, units: Sequence[Glimpse], wanted: list[int], changes: Sequence[int]
) -> list[int]:
    """The places that are wanted, with the editions and deletions of what is held, without those of what is not: that
    a post of which we know nothing is gone concerns nobody."""
    kin = Channel.objects.filter(organisation=channel.organisation_id, kind=channel.kind)
    told = [units[place] for place in changes]
    held = held_by(channel.organisation_id, kin.values_list("pk", flat=True), network, told)
    held |= {units[place].about for place in wanted if units[place].kind != "deleted"}
    places = set(wanted)
    for place in changes:
        one = units[place]
        if (one.about or one.author) in held:
            places.add(place)
        elif one.kind == "deleted":
            places.discard(place)
    return sorted(places)
