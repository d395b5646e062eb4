"""What a conversation is about, said by a person."""

from entendu.accounts.models import Membership
from entendu.analysis.models import Topic
from entendu.analysis.teach import say_topic
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import held
from entendu.conversations.models import Conversation, Kind
from entendu.mentions.models import Mention


def set_topic(conversation: Conversation, *, by: Membership, topic: Topic | None) -> None:
    """Sets the topic, or takes it away. Nothing happens when it is already so."""
    with held(conversation, by=by, right="triage"):
        if topic is not None and topic.organisation_id != conversation.organisation_id:
            raise VerbRefused("bad_topic")
        if conversation.topic_id == (topic.pk if topic else None):
            return
        before = conversation.topic_id
        conversation.topic = topic
        conversation.save(update_fields=["topic"])
        _teach(conversation, by, topic, before)
        record(conversation, Kind.TOPIC, by=by, topic=conversation.topic_id, before=before)


def _teach(conversation: Conversation, by: Membership, topic: Topic | None, before: int | None) -> None:
    """The customer's first word is about the new topic, and not about the one that was wrong."""
    said = Mention.objects.filter(part__conversation=conversation, ours=False, deleted_at__isnull=True)
    first = said.order_by("said_at", "id").first()
    if first is None:
        return
    wrong = Topic.objects.filter(pk=before).first() if before else None
    if wrong is not None:
        say_topic(first, wrong, about=False, by=by.user)
    if topic is not None:
        say_topic(first, topic, about=True, by=by.user)
