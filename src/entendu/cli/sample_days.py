"""The sample's sixty days, lived one after the other: what was said that day is heard that evening, and the
colleagues treat some of it, with the same verbs as from the pages and the clock of then."""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.decide import see, take
from entendu.analysis.models import Facet, Level, Signal
from entendu.analysis.models.analysis import Intent, Sentiment, Urgency
from entendu.analysis.quality import CHECKED, drawn
from entendu.analysis.stages import analyse, cluster, count, judge, listen_for_words, locate
from entendu.channels.models import Channel
from entendu.cli.sample_work import treat
from entendu.conversations.correct import correct
from entendu.conversations.errors import VerbRefused
from entendu.conversations.gather import gather
from entendu.conversations.models import Conversation, Part
from entendu.conversations.promise import break_overdue
from entendu.kit import clock
from entendu.mentions.importing import import_rows
from entendu.mentions.stages import parse
from entendu.people.stages import recognise

FRESH = timedelta(hours=40)  # what came since is left for whoever tries the sample
STEP = timedelta(days=1)
SAME = 0.85  # of the checks by lot agree with the machine
CHOICES = {
    Facet.SENTIMENT: set(Sentiment.values),
    Facet.INTENT: set(Intent.values),
    Facet.URGENCY: set(Urgency.values),
}
SHARE = 0.16  # of the conversations are treated here; most were answered on their channel


def live_through(
    organisation: Organisation, channels: Sequence[Channel], progress: Callable[[int], None]
) -> None:
    """Hears and treats each day in turn, up to now."""
    now = clock.now()
    moments = {channel.pk: times_in(Path(channel.settings["path"])) for channel in channels}
    dice = random.Random(20)  # noqa: S311 - a story that is the same each time
    team = list(
        Membership.objects.filter(organisation=organisation, role__in=["agent", "manager"]).order_by("pk")
    )
    evening = min(times[0] for times in moments.values() if times)
    heard = dict.fromkeys(moments, 0)
    while evening < now:
        before, evening = evening, min(evening + STEP, now)
        with transaction.atomic():  # a sample that is cut is begun again: one fsync a day is enough
            with clock.at(evening):
                for channel in channels:
                    upto = bisect_right(moments[channel.pk], evening)
                    if upto > heard[channel.pk]:
                        import_rows(channel, progress, most=upto - heard[channel.pk])
                        heard[channel.pk] = upto
                for stage in (
                    parse, analyse, recognise, gather, count, judge, listen_for_words, cluster, locate,
                ):  # fmt: skip
                    while stage(500):
                        continue
            if evening < now - FRESH:
                work_on(organisation, before, evening, team, dice)
                decide_on_signals(organisation, evening, team)
                check_by_lot(team, evening, dice)


def work_on(
    organisation: Organisation,
    since: datetime,
    until: datetime,
    team: Sequence[Membership],
    dice: random.Random,
) -> None:
    """The colleagues treat some of what was opened that day, complaints and those who wait first of all."""
    opened = Conversation.objects.filter(organisation=organisation, opened_at__gt=since, opened_at__lte=until)
    answered = Exists(Part.objects.filter(conversation=OuterRef("pk"), mention__ours=True))
    for conversation in opened.annotate(answered=answered).order_by("opened_at"):
        thanked = conversation.answered and conversation.waiting_since
        weight = 5.0 if thanked else 3.4 if conversation.waiting_since else 0.4
        if dice.random() < SHARE * weight:
            try:
                treat(conversation, dice.choice(team), until, dice, thanked=bool(thanked))
            except VerbRefused:  # refused for a good reason: the day goes on
                continue
    with clock.at(until):
        break_overdue(100)


def decide_on_signals(organisation: Organisation, until: datetime, team: Sequence[Membership]) -> None:
    """Who may decide sees what moved that day, and takes the loud ones as incidents."""
    decider = next(one for one in team if one.may("decide"))
    fresh = Signal.objects.filter(organisation=organisation, seen_at__isnull=True, part_of__isnull=True)
    for number, signal in enumerate(fresh.order_by("pk")):
        with clock.at(until + timedelta(minutes=9 + 4 * number)):
            see(signal, by=decider)
            if signal.level == Level.HIGH:
                take(signal, by=decider)


def check_by_lot(team: Sequence[Membership], until: datetime, dice: random.Random) -> None:
    """Somebody says what they read in a message drawn by lot; invented: most often the same as the machine."""
    member = dice.choice([one for one in team if one.may("correct")])
    with clock.at(until + timedelta(minutes=3)):
        found = drawn(member, since=until - STEP)
        if found is None:
            return
        for facet in CHECKED:
            machine = str(getattr(found.analysis, facet))
            others = sorted(CHOICES[facet] - {machine})
            value = machine if dice.random() < SAME else dice.choice(others)
            correct(found, by=member, facet=facet, value=value, sampled=True)


def times_in(path: Path) -> list[datetime]:
    """When each row of a sample file was said, in order."""
    return [datetime.fromisoformat(orjson.loads(line)["at"]) for line in path.read_bytes().splitlines()]
