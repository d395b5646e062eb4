"""The open alarms as the pages show them: on the channels, the ledger, the dashboard and in the menu."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from entendu.accounts.models import Membership
from entendu.channels.models import Alarm, Trouble
from entendu.channels.sentences import sentences_of

SHOWN = 5


@dataclass(frozen=True)
class Told:
    """An alarm in words, and where one does something about it."""

    alarm: Alarm
    sentences: list[str]
    url: str


def open_alarms(actor: Membership) -> QuerySet[Alarm]:
    """What is wrong just now, the newest first."""
    found = Alarm.objects.visible_to(actor).filter(ended_at__isnull=True, channel__retired_at__isnull=True)
    return found.select_related("channel").order_by("-noticed_at", "-id")


def in_words(alarms: Iterable[Alarm]) -> list[Told]:
    """Each alarm with its sentences and its address."""
    return [Told(one, sentences_of(one), address_of(one)) for one in alarms]


def address_of(alarm: Alarm) -> str:
    """The page where one looks after it."""
    if alarm.kind == Trouble.UNREAD:
        return reverse("channel_unread", args=[alarm.channel_id])
    if alarm.kind == Trouble.GAP:
        return reverse("ledger_source", args=[alarm.channel_id])
    return reverse("channels")
