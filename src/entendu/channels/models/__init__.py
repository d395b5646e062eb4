"""The configured doors, and what is wrong with them."""

from entendu.channels.models.alarm import Alarm, Trouble
from entendu.channels.models.channel import Channel
from entendu.channels.models.endpoint import Endpoint, Subscription
from entendu.channels.models.source import Host, Source

__all__ = ["Alarm", "Channel", "Endpoint", "Host", "Source", "Subscription", "Trouble"]
