"""The one access rule: an actor sees the rows of the organisation in which he or she works."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from entendu.accounts.models import Membership

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset of rows that belong to one organisation. Tables whose organisation is reached through another
    row name the path in `scope_path` on the model."""

    def visible_to(self, actor: "Membership") -> Self:
        """The rows that `actor` may see. Strangers' rows do not exist for it."""
        path: str = getattr(self.model, "scope_path", "organisation")
        conditions: dict[str, Any] = {f"{path}_id": actor.organisation_id}
        return self.filter(**conditions)

    def insert_many(self, rows: Iterable[M], *, skip_known: bool = False) -> None:
        """Writes new rows: `bulk_create` at a third of its cost, for the hot path of the loop. Rows keep the ids that
        `number_many` gave them; others stay without. `skip_known`: a row that a unique index refuses is left alone.
        Runs in the caller's transaction."""
        new = list(rows)
        if not new:
            return
        connection = connections[self.db]
        fields = [
            one for one in self.model._meta.concrete_fields if new[0].pk is not None or not one.primary_key
        ]
        quote = connection.ops.quote_name
        names = ", ".join(quote(str(field.column)) for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        tail = " ON CONFLICT DO NOTHING" if skip_known else ""
        sql = f"INSERT INTO {quote(self.model._meta.db_table)} ({names}) VALUES ({marks}){tail}"  # noqa: S608
        columns = [column_of(new, field, connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.executemany(sql, list(zip(*columns, strict=True)))

    def number_many(self, rows: Sequence[M]) -> None:
        """Gives new rows their ids before they are written, so that others can point to them. Inside the transaction
        that writes them: SQLite's are immediate, PostgreSQL's sequence is everybody's."""
        connection = connections[self.db]
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
                last = (cursor.fetchone() or (0,))[0]
                ids: Iterable[int] = range(last + 1, last + 1 + len(rows))
            else:
                sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
                cursor.execute(sequence, [table, len(rows)])
                ids = [one for (one,) in cursor.fetchall()]
        for row, pk in zip(rows, ids, strict=True):
            row.pk = pk

    def set_many(self, column: str, pairs: Sequence[tuple[int | str | None, int]]) -> None:
        """Sets `column` (a database column) to a value of its own for each row: pairs of (value, row id)."""
        connection = connections[self.db]
        quote = connection.ops.quote_name
        key = quote(str(self.model._meta.pk.column))
        sql = f"UPDATE {quote(self.model._meta.db_table)} SET {quote(column)} = %s WHERE {key} = %s"  # noqa: S608
        if pairs:
            with connection.cursor() as cursor:
                cursor.executemany(sql, list(pairs))


PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
    models.FloatField,
)


def column_of(
    rows: Sequence[models.Model], field: "models.Field[Any, Any]", connection: BaseDatabaseWrapper
) -> list[Any]:
    """The values of one field, as the store's driver wants them. Plain ones go as they are."""
    name = field.attname
    if isinstance(field, PLAIN):
        return [getattr(row, name) for row in rows]
    return [field.get_db_prep_save(getattr(row, name), connection) for row in rows]


class Scoped(models.Model):
    """A row that belongs to an organisation (or hangs on one that does)."""

    scope_path = "organisation"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
