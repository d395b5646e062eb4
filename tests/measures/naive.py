"""The same figures, counted again the slow and obvious way, straight from the definitions: the judge of the stage."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from entendu.accounts.models import Organisation
from entendu.analysis.models import Correction
from entendu.conversations.models import Conversation
from entendu.measures.models import Figure
from entendu.mentions.models import Mention

Row = tuple[object, ...]


def naive(organisation: Organisation) -> Counter[Row]:
    """All figures of `organisation`, as (family, day, channel, language, topic, label, subject, value)."""
    rows: Counter[Row] = Counter()
    for row in _mention_rows(organisation):
        rows[row] += 1
    counts: Counter[Row] = Counter()
    for row, times in rows.items():
        counts[(*row, float(times))] = 1
    for conversation in Conversation.objects.filter(organisation=organisation):
        counts.update(_conversation_rows(conversation))
    return counts


def stored(organisation: Organisation) -> Counter[Row]:
    """The figures that the stage wrote, in the same shape."""
    return Counter(
        (
            one.measure,
            one.day,
            one.channel,
            one.language,
            one.topic,
            one.label,
            one.subject,
            round(one.value, 3),
        )
        for one in Figure.objects.filter(organisation=organisation)
    )


def _mention_rows(organisation: Organisation) -> list[Row]:
    rows: list[Row] = []
    for mention in Mention.objects.filter(organisation=organisation):
        if mention.ours or mention.automatic or mention.deleted_at or not mention.gathered_at:
            continue
        reading = getattr(mention, "analysis", None)
        if reading is None:
            continue
        day = _day(organisation, mention.said_at)
        label = f"{reading.sentiment}/{reading.intent}"
        for topic in [None, *mention.tags.values_list("topic_id", flat=True)]:
            rows.append(("mention", day, mention.channel_id, reading.language, topic, label, None))
        for query in mention.matches.exclude(query__tracked="").values_list("query_id", flat=True):
            told = f"{query}/{reading.sentiment}"
            rows.append(("voice", day, mention.channel_id, reading.language, None, told, None))
            copy = getattr(mention, "copy", None)
            if copy is None or copy.cluster.lead_id == mention.pk:
                rows.append(("voice_once", day, mention.channel_id, reading.language, None, told, None))
        facets = set()
        for facet in {one.facet for one in reading.corrections.all()}:
            newest = Correction.objects.filter(analysis=reading, facet=facet).order_by("pk").last()
            if newest.value != newest.machine:
                facets.add(facet)
        for facet in [*facets, "any"] if facets else []:
            rows.append(("correction", day, mention.channel_id, reading.language, None, facet, None))
    return rows


def _conversation_rows(conversation: Conversation) -> list[Row]:
    rows: list[Row] = []

    def note(family: str, at: datetime, label: str, value: float) -> None:
        day = _day(conversation.organisation, at)
        about = (conversation.channel_id, conversation.language, conversation.topic_id)
        rows.append((family, day, *about, label, conversation.pk, round(value, 3)))

    for promise in conversation.promises.all():
        late = (
            promise.state in ("kept", "renewed")
            and promise.settled_at
            and promise.settled_at > promise.due_at
        )
        note("promise", promise.due_at, "broken" if late else promise.state, 1)
    said = [
        (part.mention.said_at, part.mention.ours)
        for part in conversation.parts.select_related("mention")
        if not part.mention.automatic
    ]
    for part in conversation.parts.all():
        said += [(one.sent_at, True) for one in part.mention.replies.filter(state="sent") if one.by_id]
    said.sort()
    if not said:
        return rows
    if said[0][1]:
        note("request", said[0][0], "ours", 0)
    else:
        _answer(note, "request", said, 0)
    for place in range(1, len(said)):
        if not said[place][1]:
            if said[place - 1][1]:
                _answer(note, "turn", said, place)
            if said[place][0] - said[place - 1][0] >= timedelta(hours=24):
                _answer(note, "silence", said, place)
    for closure in conversation.closures.filter(reason="solved"):
        label = "solved"
        if closure.reopened_at:
            label = "reopened_by_us" if closure.reopened_by_id else "reopened"
        note("closure", closure.at, label, max(0.0, (closure.at - said[0][0]).total_seconds()))
    owners = list(conversation.assignments.order_by("at", "pk").values_list("user_id", flat=True))
    if owners:
        runs = [owner for place, owner in enumerate(owners) if place == 0 or owners[place - 1] != owner]
        label = "none" if len(runs) == 1 else "moved" if len(set(runs)) == len(runs) else "returned"
        note("handoff", said[0][0], label, float(len(runs) - 1))
    return rows


def _answer(note, family: str, said: list[tuple[datetime, bool]], place: int) -> None:
    for at, ours in said[place + 1 :]:
        if ours:
            return note(family, said[place][0], "answered", (at - said[place][0]).total_seconds())
    return note(family, said[place][0], "waiting", 0)


def _day(organisation: Organisation, at: datetime):
    return at.astimezone(UTC).astimezone(ZoneInfo(organisation.timezone)).date()
