"""From a Channel row to a connector that works: the registry of kinds, and the opened door."""

from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import entry_points
from typing import cast

from django.conf import settings

from entendu.channels.models import Channel, Source
from entendu.channels.seal import seal_bytes, unseal, unseal_bytes
from entendu.wire import Connector, Refused, WireError


@cache
def kinds() -> dict[str, type[Connector]]:
    """The connectors installed here, by kind: those of this package and of any other that declares
    the entry point `entendu.connectors`."""
    found = entry_points(group="entendu.connectors")
    return {point.name: cast("type[Connector]", point.load()) for point in found}


def kind_of(channel: Channel) -> type[Connector]:
    """The connector class of a channel. Refused when it is not installed here."""
    try:
        return kinds()[channel.kind]
    except KeyError:
        raise Refused("connector_absent", channel.kind) from None


def open_door(
    channel: Channel, source: Source | None = None, more: Mapping[str, str] | None = None
) -> Connector:
    """A connector with the channel's settings and its secrets in clear, in memory only; for one of its addresses, with
    that address. `more`: further values, such as the secret that a hub signs with."""
    door = kind_of(channel)(settings_of(channel, source) | dict(more or {}))
    if channel.pk and hasattr(door, "remember"):
        door.remember = partial(_remember, channel.pk)
    return door


def settings_of(channel: Channel, source: Source | None = None) -> dict[str, str]:
    """What the connector of `channel` is built with."""
    values = {name: str(value) for name, value in channel.settings.items()}
    own = dict.fromkeys([*values.get("own", "").split(","), *channel.own_handles])
    values |= {"allow": ",".join(settings.HTTP_ALLOW), "own": ",".join(handle for handle in own if handle)}
    if source is not None:
        values |= {"url": source.address, "detail": source.detail}
    if channel.kept:
        values["kept"] = unseal_bytes(bytes(channel.kept)).decode()
    return values | unseal(bytes(channel.secrets))


def is_pulled(channel: Channel) -> bool:
    """Whether the worker looks at a channel itself: not where its addresses are looked at, nor where all is pushed."""
    known = kinds().get(channel.kind)
    return known is None or (not known.caps.many and known.caps.poll_seconds > 0)


def follows_many(channel: Channel) -> bool:
    """Whether a channel holds addresses that are looked at one by one, instead of being looked at itself."""
    known = kinds().get(channel.kind)
    return known is not None and known.caps.many


def hears_all(channel: Channel) -> bool:
    """Whether the listener hears this channel: its settings decide, so a connector is made to say so."""
    try:
        return open_door(channel).caps.firehose
    except WireError:
        return False


def _remember(channel: int, text: str) -> None:
    Channel.objects.filter(pk=channel).update(kept=seal_bytes(text.encode()) if text else b"")
