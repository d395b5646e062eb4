"""Which queries find what was heard; the stored search learns it in the same breath, from the same documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from entendu.mentions.documents import document_of
from entendu.mentions.index import index
from entendu.mentions.models import Attachment, Match, Mention, Query
from entendu.reading.query import Document, Matcher, parse


@dataclass(frozen=True, slots=True)
class Matches:
    """The pairs (query, mention) found, and the documents by mention; not yet written."""

    pairs: tuple[tuple[int, int], ...]
    documents: Mapping[int, Document]

    def write(self, mentions: set[int]) -> None:
        """Writes the pairs and the search entries of those in `mentions`, in the caller's transaction."""
        index({pk: one for pk, one in self.documents.items() if pk in mentions})
        Match.objects.insert_many(
            (
                Match(query_id=query, mention_id=mention)
                for query, mention in self.pairs
                if mention in mentions
            ),
            skip_known=True,
        )


def match(mentions: Sequence[Mention], languages: Sequence[str]) -> Matches:
    """Holds each mention against the active queries of its organisation. Nothing of ours is matched."""
    matchers = {pk: matcher_of(pk) for pk in {one.organisation_id for one in mentions}}
    images = images_of(mentions)
    found: list[tuple[int, int]] = []
    documents: dict[int, Document] = {}
    for mention, language in zip(mentions, languages, strict=True):
        if mention.deleted_at:
            continue
        documents[mention.pk] = document_of(mention, language, has_image=mention.pk in images)
        matcher = matchers[mention.organisation_id]
        if matcher is not None and not mention.ours:
            found.extend((query, mention.pk) for query in matcher.match(documents[mention.pk]))
    return Matches(tuple(found), documents)


def matcher_of(organisation: int) -> Matcher[int] | None:
    """The active queries of an organisation, ready to match; None when there is none."""
    rows = list(Query.objects.filter(organisation_id=organisation, active=True).values_list("pk", "text"))
    if not rows:
        return None
    matcher: Matcher[int] = Matcher()
    for pk, text in rows:
        matcher.add(pk, parse(text))
    return matcher


def images_of(mentions: Sequence[Mention]) -> set[int]:
    """Those of `mentions` that carry an image."""
    rows = Attachment.objects.filter(
        mention__in=[one.pk for one in mentions], media_type__startswith="image/"
    )
    return set(rows.values_list("mention", flat=True))
