"""Removes the bytes of files that no attachment names any more."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from entendu.mentions.keep import one_at_a_time, path_of
from entendu.mentions.models import Attachment


def discard(attachments: QuerySet[Attachment]) -> None:
    """The bytes of `attachments`, whose rows the caller removes in its transaction, go once that transaction has
    committed, unless another row of the store names them. To be called while the rows are there."""
    digests = set(attachments.values_list("digest", flat=True)) - {""}
    if digests:
        transaction.on_commit(lambda: remove_unnamed(digests))


def remove_unnamed(digests: Iterable[str]) -> None:
    """Removes, of the files with these hashes, those that no attachment of any organisation names."""
    wanted = set(digests)
    with one_at_a_time():
        named = set(Attachment.objects.filter(digest__in=wanted).values_list("digest", flat=True))
        for digest in wanted - named:
            path_of(digest).unlink(missing_ok=True)
