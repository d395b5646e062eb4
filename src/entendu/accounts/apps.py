"""Who works here."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "entendu.accounts"
    label = "accounts"
