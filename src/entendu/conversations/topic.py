"""What a conversation is about, said by a person."""

from entendu.accounts.models import Membership
from entendu.analysis.models import Topic
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import held
from entendu.conversations.models import Conversation, Kind


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
        record(conversation, Kind.TOPIC, by=by, topic=conversation.topic_id, before=before)
