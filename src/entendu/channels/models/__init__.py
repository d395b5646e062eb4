"""The configured doors."""

from entendu.channels.models.channel import Channel
from entendu.channels.models.endpoint import Endpoint, Subscription
from entendu.channels.models.source import Host, Source

__all__ = ["Channel", "Endpoint", "Host", "Source", "Subscription"]
