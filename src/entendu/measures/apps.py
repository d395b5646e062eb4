"""What it adds up to."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "entendu.measures"
    label = "measures"
