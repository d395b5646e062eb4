"""What was heard."""

from django.apps import AppConfig


class MentionsConfig(AppConfig):
    name = "entendu.mentions"
    label = "mentions"
