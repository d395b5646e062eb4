"""Past weeks for signals: tallies as the loop would have written them, and crowds that speak."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from entendu.accounts.models import Organisation
from entendu.analysis.models import Scope, Signal, Tally
from entendu.analysis.stages import count, judge, listen_for_words
from entendu.channels.models import Channel
from entendu.mentions.models import Mention
from make import make_mention

HOUR = timedelta(hours=1)


def live_quietly(
    organisation: Organisation,
    until: datetime,
    *,
    weeks: int = 8,
    scopes: Sequence[tuple[str, str]] = ((Scope.ORGANISATION.value, ""),),
    people: int = 1,
    disappointed: int = 0,
    every: int = 3,
) -> None:
    """`people` every few hours of the weeks before `until`, in each of `scopes`."""
    last = until.replace(minute=0, second=0, microsecond=0) - HOUR
    Tally.objects.bulk_create(
        Tally(
            organisation=organisation,
            scope=scope,
            key=key,
            hour=last - back * HOUR,
            people=people,
            disappointed=disappointed,
            judged=True,
        )
        for scope, key in scopes
        for back in range(0, weeks * 168, every)
    )


def crowd(
    channel: Channel, texts: Sequence[str], at: datetime, *, who: str = "crowd", **values: object
) -> list[Mention]:
    """Each text by somebody else, a minute apart."""
    return [
        make_mention(channel, text, f"{who}{number}", at=at + timedelta(minutes=number), **values)
        for number, text in enumerate(texts)
    ]


def work() -> None:
    """The stages of signals, until nothing waits."""
    while count(100) + judge(100) + listen_for_words(10):
        continue


def signals(organisation: Organisation, kind: str) -> list[Signal]:
    return list(Signal.objects.filter(organisation=organisation, kind=kind).order_by("pk"))
