"""Topics: an organisation's subjects, found by their words in what is said."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.text import slugify

from entendu.accounts.audit import audit
from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Tag, Topic
from entendu.analysis.models.topic import TopicKind
from entendu.mentions.models import Mention
from entendu.reading.query import Document, Matcher, parse


def topics_of(mentions: Sequence[Mention], documents: Mapping[int, Document]) -> list[Tag]:
    """The tags that the words of the topics give to `mentions`, not yet written. `documents`: by mention."""
    matchers = {pk: matcher_of(pk) for pk in {one.organisation_id for one in mentions}}
    return [
        Tag(mention_id=mention.pk, topic_id=topic)
        for mention in mentions
        if mention.pk in documents
        for topic in matchers[mention.organisation_id].match(documents[mention.pk])
    ]


def matcher_of(organisation: int) -> Matcher[int]:
    """The topics' words of an organisation, ready to match."""
    matcher: Matcher[int] = Matcher()
    for pk, words in (
        Topic.objects.filter(organisation_id=organisation).exclude(words="").values_list("pk", "words")
    ):
        matcher.add(pk, parse(words))
    return matcher


@transaction.atomic
def add_topic(
    organisation: Organisation,
    *,
    name_en: str,
    name_fr: str,
    words: str = "",
    slug: str = "",
    kind: str = TopicKind.SUBJECT,
    by: Membership | None = None,
) -> Topic:
    """A new topic; its slug comes from its English name. Raises QueryError when `words` is no query, ValueError
    ("empty" | "taken") when the names do not do."""
    slug = slug or slugify(name_en)[:80]
    if not slug or not name_fr.strip():
        raise ValueError("empty")
    if Topic.objects.filter(organisation=organisation, slug=slug).exists():
        raise ValueError("taken")
    if kind not in TopicKind.values:
        raise ValueError("bad_value")
    if words:
        parse(words)
    topic = Topic.objects.create(
        organisation=organisation,
        slug=slug,
        name_en=name_en[:80],
        name_fr=name_fr[:80],
        words=words,
        kind=kind,
    )
    audit(organisation, by, "add_topic", slug, words=words)
    return topic


@transaction.atomic
def change_topic(
    topic: Topic, *, by: Membership, name_en: str, name_fr: str, words: str, kind: str = ""
) -> Topic:
    """Other names, or other words for what comes from now on. Raises QueryError when `words` is no query, ValueError
    ("empty") without both names."""
    if not name_en.strip() or not name_fr.strip():
        raise ValueError("empty")
    if kind and kind not in TopicKind.values:
        raise ValueError("bad_value")
    if words.strip():
        parse(words)
    before = topic.words
    topic.name_en, topic.name_fr, topic.words = name_en.strip()[:80], name_fr.strip()[:80], words.strip()
    topic.kind = kind or topic.kind
    topic.save(update_fields=["name_en", "name_fr", "words", "kind"])
    audit(topic.organisation, by, "change_topic", topic.slug, before=before, words=topic.words)
    return topic
