"""What was read in it."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "entendu.analysis"
    label = "analysis"
