"""Which queries find what was heard; the stored search learns it in the same breath, from the same documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date

from entendu.mentions.documents import document_of
from entendu.mentions.governance import may_take, running
from entendu.mentions.index import index
from entendu.mentions.models import Attachment, Match, Mention
from entendu.reading.query import Document, Matcher, parse


@dataclass(frozen=True, slots=True)
class Matches:
    """The pairs (query, mention) found, and the documents by mention; not yet written."""

    pairs: tuple[tuple[int, int], ...]
    documents: Mapping[int, Document]
    days: Mapping[int, date]  # of the mentions, in UTC

    def write(self, mentions: set[int]) -> None:
        """Writes the pairs and the search entries of those in `mentions`, in the caller's transaction."""
        index({pk: one for pk, one in self.documents.items() if pk in mentions})
        Match.objects.insert_many(
            (
                Match(query_id=query, mention_id=mention, day=self.days[mention])
                for query, mention in self.pairs
                if mention in mentions
            ),
            skip_known=True,
        )


def match(mentions: Sequence[Mention], languages: Sequence[str]) -> Matches:
    """Holds each mention against the queries of its organisation that listen and may take it. Nothing of ours is
    matched."""
    listening = {pk: listening_of(pk) for pk in {one.organisation_id for one in mentions}}
    images = images_of(mentions)
    found: list[tuple[int, int]] = []
    documents: dict[int, Document] = {}
    for mention, language in zip(mentions, languages, strict=True):
        if mention.deleted_at:
            continue
        documents[mention.pk] = document_of(mention, language, has_image=mention.pk in images)
        if not mention.ours:
            found.extend(
                (query, mention.pk)
                for query in listening[mention.organisation_id].match(
                    documents[mention.pk],
                    public=mention.visibility == "public",
                    addressed=mention.addressed,
                )
            )
    days = {one.pk: one.said_at.astimezone(UTC).date() for one in mentions}
    return Matches(tuple(found), documents, days)


@dataclass(frozen=True, slots=True)
class Listening:
    """The queries of an organisation that listen, ready to match."""

    matcher: Matcher[int]
    takes: Mapping[int, str] = field(default_factory=dict)  # query -> which posts it may take

    def match(self, document: Document, *, public: bool, addressed: bool) -> list[int]:
        """The ids of the queries that find `document` and may take it."""
        if not self.takes or not (public or addressed):
            return []
        return [
            pk
            for pk in self.matcher.match(document)
            if may_take(self.takes[pk], public=public, addressed=addressed)
        ]


def listening_of(organisation: int) -> Listening:
    """The queries of an organisation that listen now."""
    matcher: Matcher[int] = Matcher()
    takes: dict[int, str] = {}
    rows = running().filter(organisation_id=organisation).order_by("pk")
    for pk, text, which in rows.values_list("pk", "text", "takes"):
        matcher.add(pk, parse(text))
        takes[pk] = which
    return Listening(matcher, takes)


def images_of(mentions: Sequence[Mention]) -> set[int]:
    """Those of `mentions` that carry an image."""
    rows = Attachment.objects.filter(
        mention__in=[one.pk for one in mentions], media_type__startswith="image/"
    )
    return set(rows.values_list("mention", flat=True))
