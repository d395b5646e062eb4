"""Keeps the stored search in step with the mentions: what was read is found, what was forgotten is not."""

from collections.abc import Mapping, Sequence

from django.db import connection

from entendu.mentions.models import SearchEntry
from entendu.reading.analyser import fold_document
from entendu.reading.query import Document, normal_lang, tsvector_literal

_COLUMNS = ("mention_id", "folded", "lang", "author", "site", "image", "link")


def index(documents: Mapping[int, Document]) -> None:
    """Writes the entries of mentions (by id), new or changed, in the caller's transaction."""
    on_postgres = connection.vendor == "postgresql"
    names = (*_COLUMNS, "search") if on_postgres else _COLUMNS
    marks = ", ".join(["%s::tsvector" if name == "search" else "%s" for name in names])
    fresh = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    sql = (
        f"INSERT INTO mentions_searchentry ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 -- names from above
        f" ON CONFLICT (mention_id) DO UPDATE SET {fresh}"
    )
    rows = [_row(pk, one, with_vector=on_postgres) for pk, one in documents.items()]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def set_language(mention: int, language: str) -> None:
    """A person says in which language a mention is."""
    SearchEntry.objects.filter(mention=mention).update(lang=normal_lang(language))


def unindex(mentions: Sequence[int]) -> None:
    """`mentions` are found no more."""
    SearchEntry.objects.filter(mention__in=mentions).delete()


def purge() -> None:
    """Takes the words of removed entries out of the index's own pages: FTS5 keeps them until it merges. Costs as
    much as the index is large; PostgreSQL forgets by itself when it vacuums."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO mentions_searchentry_fts(mentions_searchentry_fts) VALUES ('optimize')"
            )


def purge_in_steps(pages: int = 64) -> None:
    """The same in small steps, each a short transaction: the index of everything may be large, and others write."""
    connection.ensure_connection()
    size = -pages  # below zero: begins a merge of all that there is
    while True:
        before = connection.connection.total_changes
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO mentions_searchentry_fts(mentions_searchentry_fts, rank) VALUES ('merge', %s)",
                [size],
            )
        if size > 0 and connection.connection.total_changes - before < 2:
            return
        size = pages


def _row(pk: int, one: Document, *, with_vector: bool) -> tuple[int | str | bool, ...]:
    folded = fold_document(one.text)
    row: tuple[int | str | bool, ...] = (
        pk,
        folded,
        one.lang[:8],
        one.author[:255],
        one.site[:1000],
        one.has_image,
        one.has_link,
    )
    return (*row, tsvector_literal(folded)) if with_vector else row
