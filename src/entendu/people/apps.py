"""Who said it."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "entendu.people"
    label = "people"
