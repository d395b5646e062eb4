"""What it takes until it is solved."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "entendu.conversations"
    label = "conversations"
