"""The address of ours to which a source pushes, as the page of its channel shows it."""

from dataclasses import dataclass

from entendu.channels.endpoint import address_of
from entendu.channels.models import Channel, Endpoint
from entendu.channels.seal import SealBroken
from entendu.channels.words import in_words
from entendu.web.access import Asked


@dataclass(frozen=True)
class Shown:
    """`address`: "" when its seal cannot be opened. `refused`: why the last refused delivery was."""

    it: Endpoint
    address: str
    refused: str
    linked: bool


def endpoint_of(request: Asked, channel: Channel) -> Shown | None:
    """The address of a channel, None when its kind has none."""
    found = Endpoint.objects.visible_to(request.actor).filter(channel=channel, source=None).first()
    if found is None:
        return None
    try:
        address = address_of(found)
    except SealBroken:
        address = ""
    refused = in_words(found.refused_code) if found.refused_code else ""
    return Shown(found, address, refused, linked=channel.kind == "webmention")
