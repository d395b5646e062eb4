"""The tables of the dashboard: topics, channels, what waits by age."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from entendu.accounts.models import Membership
from entendu.analysis.models import Topic
from entendu.channels.models import Channel
from entendu.measures.definitions.voice import net
from entendu.measures.result import Answer, percent
from entendu.web.dashboard.asked import AskedFor
from entendu.web.dashboard.cards import opens, told

SHOWN = 8  # topics


@dataclass(frozen=True)
class Line:
    """A topic or a channel: how much, and in which mood. `negative`: its share in percent, for the bar;
    `worst`: the same in words."""

    name: str
    n: int
    negative: int
    worst: str
    net: str
    url: str
    bad_url: str


@dataclass(frozen=True)
class Band:
    """Conversations of an age. `share`: of all that wait, in percent, for the bar."""

    name: str
    n: int
    share: int
    url: str


def topics(asked: AskedFor, actor: Membership, counts: dict[Any, Counter[str]]) -> list[Line]:
    """The topics most spoken of."""
    known = {topic.pk: topic for topic in Topic.objects.visible_to(actor).filter(pk__in=counts)}
    lines = [_line(asked, str(known[pk]), counts[pk], topic=known[pk].slug) for pk in counts if pk in known]
    return sorted(lines, key=lambda line: (-line.n, line.name))[:SHOWN]


def channels(asked: AskedFor, actor: Membership, counts: dict[Any, Counter[str]]) -> list[Line]:
    """All channels on which something was said."""
    known = dict(Channel.objects.visible_to(actor).filter(pk__in=counts).values_list("pk", "name"))
    lines = [_line(asked, known[pk], counts[pk], channel=pk) for pk in counts if pk in known]
    return sorted(lines, key=lambda line: (-line.n, line.name))


def bands(asked: AskedFor, backlog: Answer) -> list[Band]:
    """What waits, by age."""
    names = {
        "0_days": _("less than a day"),
        "1_day": _("1 to 3 days"),
        "3_days": _("3 to 10 days"),
        "10_days": _("10 to 30 days"),
        "30_days": _("more than 30 days"),
    }
    return [
        Band(
            names[part.code],
            part.n,
            round(percent(part.n, backlog.n) or 0),
            opens(asked, "backlog", part.code),
        )
        for part in backlog.parts
    ]


def _line(asked: AskedFor, name: str, counts: Counter[str], **where: Any) -> Line:
    stream = reverse("listen")
    return Line(
        name=name,
        n=counts.total(),
        negative=round(percent(counts["negative"], counts.total()) or 0),
        worst=told(percent(counts["negative"], counts.total()), "percent"),
        net=told(net(counts), "points"),
        url=f"{stream}?{asked.heard(**where)}",
        bad_url=f"{stream}?{asked.heard(**where, sentiment='negative')}",
    )
