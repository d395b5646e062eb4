"""The pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "entendu.web"
    label = "web"
