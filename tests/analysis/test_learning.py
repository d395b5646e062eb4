"""What people say of messages is learned, explained, and never against what a person said."""

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.correct import correct
from entendu.analysis.models import Analysis, Learned, Subject, Tag, Topic
from entendu.analysis.stages import analyse, learn
from entendu.analysis.teach import BadTopic, say_topic
from entendu.analysis.topics import add_topic
from entendu.channels.models import Channel
from entendu.mentions.models import Mention
from entendu.reading.own import from_json
from make import make_mention

LATE = ["Livraison en retard", "Toujours pas de livraison", "La livraison a deux jours de retard",
        "livraison perdue, personne ne sait", "Votre livreur est en retard encore", "retard de livraison hier",
        "Livraison jamais arrivée", "la livraison promise lundi est en retard", "livreur absent, livraison ratée",
        "Encore un retard de livraison"]  # fmt: skip
OTHER = ["Le pain est bon", "Merci pour l’accueil", "Belle vitrine", "Croissants du matin parfaits", "Bonne journée",
         "La baguette est trop cuite", "Le café est froid", "Bravo à la vendeuse", "Trop sucré pour moi",
         "Ouvert le dimanche ?"]  # fmt: skip


@pytest.fixture
def topic(organisation: Organisation) -> Topic:
    return add_topic(organisation, name_en="Delivery", name_fr="Livraison")


def unread(channel: Channel, text: str) -> Mention:
    mention = make_mention(channel, text)
    Analysis.objects.filter(mention=mention).delete()
    Mention.objects.filter(pk=mention.pk).update(analysed_at=None)
    return mention


def taught(channel: Channel, topic: Topic, by: Membership, texts: list[str] = LATE) -> None:
    for text in texts:
        say_topic(make_mention(channel, text), topic, about=True, by=by.user)
    for text in OTHER:
        make_mention(channel, text)
    learn(10)


def test_another_organisations_topic_is_refused(
    channel: Channel, alice: Membership, elsewhere: Organisation
) -> None:
    theirs = add_topic(elsewhere, name_en="Theirs", name_fr="Le leur")
    with pytest.raises(BadTopic):
        say_topic(make_mention(channel, "Pain"), theirs, about=True, by=alice.user)


def test_too_few_examples_are_said_and_not_learned(channel: Channel, alice: Membership, topic: Topic) -> None:
    taught(channel, topic, alice, LATE[:5])
    assert from_json(Learned.objects.get(subject=Subject.TOPICS).data).too_few == {str(topic.pk): 5}
    analyse_new = unread(channel, "Encore une livraison en retard")
    analyse(10)
    assert not Tag.objects.filter(mention=analyse_new).exists()


def test_a_new_message_gets_the_topic_that_people_taught(
    channel: Channel, alice: Membership, topic: Topic
) -> None:
    taught(channel, topic, alice)
    late, bread = (
        unread(channel, "Ma livraison est encore en retard"),
        unread(channel, "Le pain est très bon"),
    )
    analyse(10)
    tag = Tag.objects.get(mention=late)
    assert tag.topic == topic
    assert tag.by is None
    assert tag.score is not None
    assert tag.score > 0.5
    assert not Tag.objects.filter(mention=bread).exists()


def test_who_says_no_wins_over_words_and_model(channel: Channel, alice: Membership, topic: Topic) -> None:
    taught(channel, topic, alice)
    mention = unread(channel, "Ma livraison est encore en retard")
    analyse(10)
    say_topic(mention, topic, about=False, by=alice.user)
    Topic.objects.update(words="livraison")
    Mention.objects.filter(pk=mention.pk).update(analysed_at=None)
    analyse(10)
    assert not Tag.objects.filter(mention=mention).exists()


def test_the_same_words_give_the_same_model(channel: Channel, alice: Membership, topic: Topic) -> None:
    taught(channel, topic, alice)
    first = Learned.objects.get(subject=Subject.TOPICS)
    Learned.objects.update(due=True, learned_at=None)
    learn(10)
    second = Learned.objects.get(subject=Subject.TOPICS)
    assert (second.version, second.data) == (first.version + 1, first.data)


def test_a_lesson_is_taken_once_until_somebody_speaks_again(
    channel: Channel, alice: Membership, topic: Topic
) -> None:
    taught(channel, topic, alice)
    assert learn(10) == 0


def test_corrected_intents_are_learned(channel: Channel, alice: Membership) -> None:
    for text in LATE:
        correct(make_mention(channel, text, intent="other"), by=alice.user, facet="intent", value="complaint")
    for text in OTHER:
        make_mention(channel, text, intent="praise")
    learn(10)
    mention = unread(channel, "Retard de livraison")
    analyse(10)
    analysis = Analysis.objects.get(mention=mention)
    assert analysis.intent == "complaint"
    assert "+own-" in analysis.model
