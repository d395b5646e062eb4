"""The configured doors."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "entendu.channels"
    label = "channels"
