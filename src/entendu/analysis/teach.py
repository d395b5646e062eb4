"""A person says what a mention is about. That wins over words and models; the organisation's own model learns it."""

from django.db import transaction

from entendu.accounts.models import User
from entendu.analysis.models import Learned, Subject, Tag, Topic, TopicSaid
from entendu.kit import clock
from entendu.mentions.models import Mention


class BadTopic(ValueError):
    """The topic is another organisation's."""


@transaction.atomic
def say_topic(mention: Mention, topic: Topic, *, about: bool, by: User) -> TopicSaid:
    """From now on `mention` is (or is not) about `topic`, whatever machines find. Raises BadTopic."""
    if topic.organisation_id != mention.organisation_id:
        raise BadTopic(topic.slug)
    said = TopicSaid.objects.create(mention=mention, topic=topic, about=about, by=by, at=clock.now())
    if about:
        Tag.objects.update_or_create(mention=mention, topic=topic, defaults={"by": by, "score": None})
    else:
        Tag.objects.filter(mention=mention, topic=topic).delete()
    mark_due(mention.organisation_id, Subject.TOPICS)
    return said


def mark_due(organisation: int, subject: Subject) -> None:
    """What people said is to be learned; the stage `learn` does so when it comes by."""
    Learned.objects.update_or_create(organisation_id=organisation, subject=subject, defaults={"due": True})
