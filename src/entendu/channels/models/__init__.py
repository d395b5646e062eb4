"""The configured doors."""

from entendu.channels.models.channel import Channel

__all__ = ["Channel"]
