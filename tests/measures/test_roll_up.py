"""The stage keeps the figures equal to what a slow recount finds, whatever happens and in whatever order."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import acts
from entendu.analysis.correct import correct
from entendu.analysis.models import Tag, Topic
from entendu.conversations.event import record
from entendu.conversations.models import Conversation, Event
from entendu.kit import clock
from entendu.measures.models import Due, Figure, Watermark
from entendu.measures.rebuild import rebuild
from entendu.measures.stages import roll_up
from entendu.mentions.models import Mention
from make import make_channel, make_conversation, make_member, make_mention, make_organisation
from naive import naive, stored

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def drain():
    while roll_up(100):
        pass


def counted(organisation, **filters):
    rows = Figure.objects.filter(organisation=organisation, measure="mention", topic__isnull=True, **filters)
    return sum(rows.values_list("value", flat=True))


def test_nothing_to_do_is_nothing_done(organisation):
    assert roll_up(100) == 0


def test_a_mention_is_counted_on_the_day_of_the_organisation(organisation, channel):
    organisation.timezone = "America/Montreal"
    organisation.save()
    make_mention(channel, "tard le soir", at=datetime(2026, 3, 11, 2, 30, tzinfo=UTC))
    drain()
    assert Figure.objects.get().day == date(2026, 3, 10)


def test_own_automatic_and_unread_messages_do_not_count(organisation, channel):
    make_mention(channel, "notre mot", ours=True)
    make_mention(channel, "je suis absent", automatic=True)
    make_mention(channel, "pas encore rangé", gathered_at=None)
    drain()
    assert counted(organisation) == 0


def test_a_mention_counts_once_it_is_gathered(organisation, channel):
    mention = make_mention(channel, "lu, pas rangé", gathered_at=None)
    drain()
    mention.gathered_at = clock.now()
    mention.save()
    drain()
    assert counted(organisation) == 1


def test_taken_back_by_its_author_it_counts_no_more(organisation, channel):
    mention = make_mention(channel, "je regrette")
    drain()
    assert counted(organisation) == 1
    acts.take_back(mention)
    drain()
    assert counted(organisation) == 0


def test_changed_by_its_author_it_counts_as_it_reads_now(organisation, channel):
    mention = make_mention(channel, "mauvais", sentiment="negative")
    drain()
    acts.say_otherwise(mention, "positive")
    drain()
    assert counted(organisation, label="positive/complaint") == 1
    assert counted(organisation, label="negative/complaint") == 0


def test_a_correction_moves_the_count(organisation, channel, alice):
    mention = make_mention(channel, "bravo, encore en retard", sentiment="positive", intent="praise")
    drain()
    correct(mention, by=alice.user, facet="sentiment", value="negative")
    drain()
    assert counted(organisation, label="negative/praise") == 1
    assert Figure.objects.get(measure="correction", label="sentiment").value == 1
    correct(mention, by=alice.user, facet="sentiment", value="positive")
    drain()
    assert not Figure.objects.filter(measure="correction").exists()


def test_a_topic_given_later_is_counted(organisation, channel):
    mention = make_mention(channel, "la crème", at=NOON)
    drain()
    topic = Topic.objects.create(organisation=organisation, slug="creme", name_en="Cream", name_fr="Crème")
    Tag.objects.create(mention=mention, topic=topic)
    drain()
    assert Figure.objects.get(topic=topic.pk).value == 1
    assert counted(organisation) == 1


def test_twice_is_once(organisation, channel, alice):
    conversation = make_conversation(channel)
    acts.answer(conversation, alice, clock.now())
    drain()
    first = stored(organisation)
    record(conversation, "noted", by=alice)
    drain()
    assert stored(organisation) == first
    assert roll_up(100) == 0


def test_the_limit_leaves_the_rest_for_the_next_call(organisation, channel):
    for day in range(5):
        make_mention(channel, f"jour {day}", at=NOON + timedelta(days=day))
    assert roll_up(2) == 2
    assert Due.objects.count() == 3
    drain()
    assert counted(organisation) == 5


def test_an_event_committed_late_is_not_missed(organisation, channel, alice):
    early, late = make_conversation(channel), make_conversation(channel, author="karim")
    drain()
    gap = record(early, "noted", by=alice)  # its id is taken, its transaction is still open
    Event.objects.filter(pk=gap.pk).delete()
    record(late, "noted", by=alice)
    drain()
    acts.answer(early, alice, clock.now())
    Event.objects.filter(conversation=early).order_by("-pk").first().delete()
    Event.objects.create(
        pk=gap.pk, organisation=organisation, conversation=early, kind="sent", by=alice.user, at=clock.now()
    )
    drain()
    assert Figure.objects.get(measure="request", subject=early.pk).label == "answered"


def test_a_clock_set_back_hides_nothing(organisation, channel):
    with clock.at(NOON + timedelta(hours=2)):
        make_mention(channel, "avant")
        drain()
    with clock.at(NOON):
        drain()
        make_mention(channel, "après, l'horloge reculée")
        drain()
    assert counted(organisation) == 2


def test_organisations_do_not_mix(organisation, channel, elsewhere):
    make_mention(channel, "ici")
    make_mention(make_channel(elsewhere, "là"), "là-bas")
    drain()
    assert counted(organisation) == counted(elsewhere) == 1


def test_a_conversation_attached_to_another_counts_with_it(organisation, channel):
    first, second = (
        make_conversation(channel, at=NOON),
        make_conversation(channel, at=NOON + timedelta(hours=1)),
    )
    drain()
    acts.attach(second, first, NOON + timedelta(hours=2))
    drain()
    assert list(Figure.objects.filter(measure="request").values_list("subject", flat=True)) == [first.pk]


def test_a_reply_follows_the_message_that_it_answers(organisation, channel, alice):
    first, second = (
        make_conversation(channel, at=NOON),
        make_conversation(channel, at=NOON + timedelta(hours=1)),
    )
    acts.attach(second, first, NOON + timedelta(hours=2))
    acts.attach_reply(second, first, alice, NOON + timedelta(hours=3))
    drain()
    row = Figure.objects.get(measure="request")
    assert (row.subject, row.label, row.value) == (first.pk, "answered", 3 * 3600)


def test_the_cost_follows_what_changed(organisation, channel, alice, django_assert_max_num_queries):
    for number in range(30):
        make_conversation(channel, author=f"a{number}", at=NOON + timedelta(days=number))
    drain()
    acts.answer(Conversation.objects.first(), alice, clock.now())
    with django_assert_max_num_queries(40):
        roll_up(100)


def test_rebuilt_figures_are_the_same(organisation, channel, alice):
    for number in range(8):
        conversation = make_conversation(channel, author=f"a{number}", at=NOON + timedelta(hours=7 * number))
        acts.answer(conversation, alice, NOON + timedelta(days=4))
    drain()
    before = stored(organisation)
    told = []
    assert rebuild(organisation, progress=lambda done, all_: told.append((done, all_))) == before.total()
    assert stored(organisation) == before
    assert told[-1][0] == told[-1][1]


VERBS = [
    "hear",
    "ours",
    "answer",
    "own",
    "close",
    "reopen",
    "back",
    "correct",
    "roll",
    "mention",
    "conversation",
]
VERBS += ["automatic", "refused", "promise", "attach", "delete", "edit", "topic", "subject"]
ACT = st.tuples(st.sampled_from(VERBS), st.integers(0, 999), st.integers(0, 60 * 24 * 50))
ACTS = st.lists(ACT, min_size=20, max_size=60)


class World:
    """An organisation in which things happen at random."""

    def __init__(self, slug: str):
        self.organisation = make_organisation(slug, slug)
        self.organisation.timezone = "America/Montreal"
        self.organisation.save()
        self.people = [make_member(self.organisation, name, "agent") for name in ("Ana A", "Bo B", "Cy C")]
        self.channels = [make_channel(self.organisation, name) for name in ("un", "deux")]
        for number, channel in enumerate(self.channels):
            make_conversation(channel, author=f"p{number}", at=NOON)

    def act(self, verb: str, pick: int, minutes: int) -> None:
        at = NOON + timedelta(minutes=minutes)
        channel, person = self.channels[pick % 2], self.people[pick % 3]
        feeling = ("negative", "neutral", "positive")[pick % 3]
        mentions = list(Mention.objects.filter(organisation=self.organisation).order_by("pk"))
        known = list(Conversation.objects.filter(organisation=self.organisation).order_by("pk"))
        mention = mentions[pick % len(mentions)] if mentions else None
        one = known[pick % len(known)] if known else None
        if verb == "mention":
            make_mention(channel, "texte", author=f"p{pick % 4}", at=at, sentiment=feeling)
        elif verb == "conversation":
            make_conversation(channel, author=f"p{pick % 4}", at=at)
        elif verb == "delete" and mention:
            acts.take_back(mention)
        elif verb == "edit" and mention:
            acts.say_otherwise(mention, feeling)
        elif verb == "correct" and mention:
            correct(mention, by=person.user, facet="sentiment", value=feeling)
        elif verb == "topic" and mention:
            topic, _ = Topic.objects.get_or_create(organisation=self.organisation, slug=f"t{pick % 2}")
            Tag.objects.get_or_create(mention=mention, topic=topic)
        elif one:
            self.act_on(one, verb, pick, at)

    def act_on(self, one: Conversation, verb: str, pick: int, at: datetime) -> None:
        person, closed = self.people[pick % 3], one.closures.filter(reopened_at__isnull=True).exists()
        if verb in {"hear", "ours", "automatic"}:
            acts.hear(one, at, ours=verb == "ours", automatic=verb == "automatic")
        elif verb in {"answer", "refused"} and one.parts.exists():
            acts.answer(
                one, person if pick % 5 else None, at, state="sent" if verb == "answer" else "refused"
            )
        elif verb == "close" and not closed:
            acts.close(one, person, at, "solved" if pick % 4 else "unwanted")
        elif verb in {"reopen", "back"} and closed:
            acts.reopen(one, at, person if verb == "back" else None)
        elif verb == "own":
            acts.own(one, person, at)
        elif verb == "subject":
            topic, _ = Topic.objects.get_or_create(organisation=self.organisation, slug=f"t{pick % 2}")
            Conversation.objects.filter(pk=one.pk).update(topic=topic)
            record(one, "topic", by=person)
        elif verb == "promise":
            state = ("open", "kept", "broken", "renewed")[pick % 4]
            settled = at + timedelta(hours=pick % 5 - 2) if state != "open" else None
            acts.promise(one, person, at, state, settled_at=settled)
        elif verb == "attach":
            other = Conversation.objects.filter(organisation=self.organisation).exclude(pk=one.pk).first()
            if other:
                acts.attach(one, other, at)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(ACTS)
def test_figures_equal_a_slow_recount_after_any_sequence(sequence):
    Watermark.objects.all().delete()  # of the story before, whose clock ran as far as this one's will
    with clock.at(NOON + timedelta(days=60)):
        world = World(f"w{datetime.now(UTC).timestamp()}".replace(".", ""))
    for step, (verb, pick, minutes) in enumerate(sequence):
        # Ten minutes apart: what was gathered just before is not looked at again by chance.
        with clock.at(NOON + timedelta(days=60, minutes=10 * step)):
            if verb == "roll":
                roll_up(1 + pick % 7)
            else:
                world.act(verb, pick, minutes)
    with clock.at(NOON + timedelta(days=90)):
        drain()
    assert stored(world.organisation) == naive(world.organisation)
    before = stored(world.organisation)
    rebuild(world.organisation)
    assert stored(world.organisation) == before
