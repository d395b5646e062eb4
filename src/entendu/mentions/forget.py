"""Forgets what somebody said, for good: every version, the raw bytes, the files, the search, the account's names."""

from collections.abc import Sequence

from django.db.models import Q

from entendu.kit import clock
from entendu.mentions.change import bury
from entendu.mentions.index import purge
from entendu.mentions.models import Author, Mention, Receipt


def forget(authors: Sequence[Author]) -> int:
    """Empties all that `authors` said and what is known of their accounts, in the caller's transaction; returns how
    many mentions. Dates, readings and the lines of the ledger stay: the figures do not move. What we answered to them
    in public or by mail loses its quotations and raw bytes, which repeat their words."""
    mentions = list(Mention.objects.filter(author__in=authors))
    for mention in mentions:
        bury(mention)
    forget_answers(mentions)
    for mention in mentions:
        Mention.objects.filter(pk=mention.pk).update(
            key=f"erased:{mention.pk}", alias="", thread_key="", parent_key="", references=[], url="", place="",
            audience=None, edited_at=None, gathered_at=clock.now(),
        )  # fmt: skip
    for author in authors:
        Author.objects.filter(pk=author.pk).update(
            key=f"erased:{author.pk}", handle="", name="", url="", audience=None, language=""
        )
    purge()
    return len(mentions)


def forget_answers(mentions: Sequence[Mention]) -> None:
    """What answers `mentions`, by whoever: no quotation, no raw bytes, no name of what it answers."""
    names = {name for one in mentions for name in (one.key, one.alias) if name}
    organisations = {one.organisation_id for one in mentions}
    named = Q(organisation__in=organisations, parent_key__in=names)
    answers = Mention.objects.filter(Q(parent__in=mentions) | named)
    ids = list(answers.values_list("pk", flat=True))
    Receipt.objects.filter(mentions__in=ids).update(content=b"", note="")
    Mention.objects.filter(pk__in=ids).update(quoted="", parent_key="", references=[], thread_key="")
