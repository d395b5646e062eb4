"""From the story of one conversation to its figures. Pure: no database here, so that each rule can be
checked alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from entendu.kit.clock import seconds_between
from entendu.measures.models import Family, Figure
from entendu.measures.perimeter import day_of

SILENCE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """Something a human said: the customer, or (`ours`) one of us. At the same moment the customer comes
    first."""

    at: datetime
    ours: bool


@dataclass(frozen=True, slots=True)
class Solved:
    """It was closed as solved, and perhaps reopened: by the customer's word, or by one of us."""

    at: datetime
    reopened: bool
    by_us: bool


@dataclass(frozen=True, slots=True)
class Engagement:
    """A promise: when it was due, what became of it (a PromiseState), and when."""

    due_at: datetime
    state: str
    settled_at: datetime | None


@dataclass(slots=True)
class Story:
    """What the figures of a conversation need. `owners`: the users who had it, in order."""

    organisation: int
    conversation: int
    zone: tzinfo
    channel: int
    language: str
    topic: int | None
    words: list[Word] = field(default_factory=list)
    solved: list[Solved] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)

    def figure(self, family: Family, at: datetime, label: str, value: float) -> Figure:
        """A figure of this conversation, on the day of `at`."""
        return Figure(
            organisation_id=self.organisation,
            measure=family.value,
            day=day_of(at, self.zone),
            channel=self.channel,
            language=self.language,
            topic=self.topic,
            label=label,
            subject=self.conversation,
            value=value,
        )


def figures(story: Story) -> Iterator[Figure]:
    """All figures of a story. A conversation without a human word (all its parts went elsewhere) has none
    but its promises."""
    words = sorted(story.words)
    if words:
        answers = answers_to(words)
        yield request(story, words, answers)
        yield from turns(story, words, answers)
        yield from silences(story, words, answers)
        yield from closures(story, words)
        if story.owners:
            yield handoff(story, words)
    yield from promises(story)


def answers_to(words: Sequence[Word]) -> list[datetime | None]:
    """For each word, when we spoke next (None: we have not)."""
    answers: list[datetime | None] = []
    ours: datetime | None = None
    for word in reversed(words):
        answers.append(ours)
        ours = word.at if word.ours else ours
    return answers[::-1]


def request(story: Story, words: Sequence[Word], answers: Sequence[datetime | None]) -> Figure:
    """answered (seconds from the opening word to our first human one) · waiting · ours (we spoke first)."""
    if words[0].ours:
        return story.figure(Family.REQUEST, words[0].at, "ours", 0)
    return _answered(story, Family.REQUEST, words[0].at, answers[0])


def turns(story: Story, words: Sequence[Word], answers: Sequence[datetime | None]) -> Iterator[Figure]:
    """The customer's first word after each answer of ours: answered · waiting."""
    for place in range(1, len(words)):
        if words[place - 1].ours and not words[place].ours:
            yield _answered(story, Family.TURN, words[place].at, answers[place])


def silences(story: Story, words: Sequence[Word], answers: Sequence[datetime | None]) -> Iterator[Figure]:
    """The customer's words that come 24 hours or more after the word before: answered · waiting."""
    for place in range(1, len(words)):
        if not words[place].ours and words[place].at - words[place - 1].at >= SILENCE:
            yield _answered(story, Family.SILENCE, words[place].at, answers[place])


def closures(story: Story, words: Sequence[Word]) -> Iterator[Figure]:
    """Seconds from the opening word to each closing: solved · reopened (by the customer) · reopened_by_us."""
    for one in story.solved:
        label = ("reopened_by_us" if one.by_us else "reopened") if one.reopened else "solved"
        yield story.figure(Family.CLOSURE, one.at, label, seconds_between(words[0].at, one.at))


def handoff(story: Story, words: Sequence[Word]) -> Figure:
    """How often the owner changed: none · moved · returned (it came back to someone who had had it)."""
    changes, returned, had = 0, False, {story.owners[0]}
    for before, after in zip(story.owners, story.owners[1:], strict=False):
        if before != after:
            changes += 1
            returned = returned or after in had
            had.add(after)
    label = "returned" if returned else "moved" if changes else "none"
    return story.figure(Family.HANDOFF, words[0].at, label, changes)


def promises(story: Story) -> Iterator[Figure]:
    """Each promise on the day it is due: kept · broken · renewed · open. What came after the due moment
    came too late: it is broken, whatever was done then."""
    for one in story.engagements:
        late = one.state != "open" and one.settled_at is not None and one.settled_at > one.due_at
        yield story.figure(Family.PROMISE, one.due_at, "broken" if late else one.state, 1)


def _answered(story: Story, family: Family, at: datetime, answer: datetime | None) -> Figure:
    if answer is None:
        return story.figure(family, at, "waiting", 0)
    return story.figure(family, at, "answered", seconds_between(at, answer))
