"""How it is taken care of: measures over conversations."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from entendu.measures.backlog import waiting
from entendu.measures.models import Family
from entendu.measures.percentile import percentile
from entendu.measures.registry import measured
from entendu.measures.result import Answer, Part, Point, share, spread
from entendu.measures.sheet import Sheet


@measured(_("Conversations opened"), unit="count")
def conversations_opened(sheet: Sheet) -> Answer:
    """How many conversations were opened, on the day of their first word. Parts: answered · waiting (the
    customer spoke first) · ours (we did).

    Source: Zendesk, "tickets created" (support.zendesk.com 4408834848154). Conversations attached to
    another one are not counted beside it.
    """
    rows = sheet.counts(Family.REQUEST)
    days: Counter[date] = Counter()
    parts: Counter[str] = Counter()
    for day, label, count in rows:
        days[day] += count
        parts[label] += count
    return Answer(
        days.total(),
        days.total(),
        parts=[Part(code, parts[code]) for code in sorted(parts)],
        points=[Point(day, days[day], days[day]) for day in sorted(days)],
    )


@measured(_("First response"), unit="seconds", better="down")
def first_response(sheet: Sheet) -> Answer:
    """Elapsed seconds from the customer's opening message to the first public or private human reply; the
    median, over the conversations opened in the period that were answered. Part `waiting`: those that
    were not yet.

    Source: Zendesk, "first reply time" (support.zendesk.com 4408834848154). Automatic answers never count;
    conversations that we began ourselves are left out.
    """
    return _durations(sheet, Family.REQUEST, ("answered", "waiting"))


@measured(_("Next response"), unit="seconds", better="down")
def next_response(sheet: Sheet) -> Answer:
    """Elapsed seconds from the customer's first message after a reply of ours to our next human reply;
    the median, over the messages of the period that were answered.

    Source: Zendesk and Chatwoot, "next reply time" (Chatwoot SLA 1713167310). Last words of thanks wait
    for ever and are counted in the part `waiting` only.
    """
    return _durations(sheet, Family.TURN, ("answered", "waiting"))


@measured(_("Full resolution"), unit="seconds", better="down")
def full_resolution(sheet: Sheet) -> Answer:
    """Elapsed seconds from the opening message to the last time the conversation was solved; the median,
    over the conversations solved in the period and not reopened since.

    Source: Zendesk, "full resolution time" (support.zendesk.com 4408834848154).
    """
    rows = sheet.rows(Family.CLOSURE, ("solved",))
    return spread((day, seconds) for day, _label, seconds in rows)


@measured(_("Reopened"), unit="percent", better="down")
def reopen_rate(sheet: Sheet) -> Answer:
    """100 × solutions of the period that the customer reopened ÷ solutions of the period. What we
    reopened ourselves is a part of its own, counted in the divisor only.

    Source: Kaizo 360020782518; Endsight 2022 found 3.1 % over 260 companies.
    """
    rows = sheet.counts(Family.CLOSURE)
    return share(rows, met=("reopened",), due=("solved", "reopened", "reopened_by_us"))


@measured(_("Response rate"), unit="percent", better="up")
def response_rate(sheet: Sheet) -> Answer:
    """100 × first messages that got a human answer ÷ first messages. A first message opens a
    conversation, or comes 24 hours or more after its last word.

    Source: Facebook's response rate (help text; pegasusventures.us), over the period asked for instead of
    30 days.
    """
    rows = [*sheet.counts(Family.REQUEST, ("answered", "waiting")), *sheet.counts(Family.SILENCE)]
    return share(rows, met=("answered",), due=("answered", "waiting"))


@measured(_("Promises kept"), unit="percent", better="up")
def promises_kept(sheet: Sheet) -> Answer:
    """100 × promises met ÷ promises due, on the day they are due: due = kept + broken. Kept after the
    moment that was promised is broken. Renewed before that moment, and still running, are parts of their
    own and in neither number.

    Source: Zendesk and Chatwoot, "SLA attainment"; renewals counted apart is our own rule.
    """
    rows = sheet.totals(Family.PROMISE)
    return share(rows, met=("kept",), due=("kept", "broken"))


@measured(_("Hand-offs"), unit="changes", better="down")
def handoffs(sheet: Sheet) -> Answer:
    """Changes of owner after the first human owner, per conversation opened in the period that anybody
    took: the mean, with median, p90 and n. Parts: none · moved · returned (it came back to someone who
    had had it).

    Source: Actonic, "ticket bouncing"; Consortium for Service Innovation, Intelligent Swarming ("playing
    catch, not ping pong"). Helping without taking is no hand-off.
    """
    rows = sheet.rows(Family.HANDOFF)
    values = sorted(value for _day, _label, value in rows)
    mean = sum(values) / len(values) if values else None
    days: dict[date, list[float]] = {}
    for day, _label, value in rows:
        days.setdefault(day, []).append(value)
    return Answer(
        mean,
        len(values),
        percentile(values, 0.5),
        percentile(values, 0.9),
        _parts(label for _day, label, _value in rows),
        [Point(day, sum(days[day]) / len(days[day]), len(days[day])) for day in sorted(days)],
    )


@measured(_("Backlog"), unit="count", better="down", spread="seconds")
def backlog(sheet: Sheet) -> Answer:
    """Conversations still open at the end of the period (or now, when it has not ended), by age since
    they were opened; median and p90 are ages in seconds. Parts: age bands, each from its lower bound in
    days.

    Source: HDI, "Metric of the Month: Ticket Backlog" (thinkhdi.com). Counted from the conversations
    themselves: a state, not a sum of days.
    """
    found = waiting(sheet.perimeter)
    parts = [Part(code, count) for code, count in found.bands.items()]
    return Answer(found.n, found.n, found.median, found.p90, parts)


def _durations(sheet: Sheet, family: Family, labels: Collection[str]) -> Answer:
    rows = sheet.rows(family, labels)
    answered = [(day, seconds) for day, label, seconds in rows if label == "answered"]
    return spread(answered, _parts(label for _day, label, _seconds in rows))


def _parts(labels: Iterable[str]) -> list[Part]:
    return [Part(code, count) for code, count in sorted(Counter(labels).items())]
