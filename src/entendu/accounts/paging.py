"""Pages of a long list by cursor: the next page costs what the first did, and new rows shift nothing."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

SIZE = 50


class BadCursor(ValueError):
    """The cursor is none of this list."""


@dataclass(frozen=True)
class Slice(Generic[M]):
    """Rows, and the cursor of what follows them; empty: there is no more."""

    rows: list[M]
    following: str


def slice_of(queryset: QuerySet[M], cursor: str = "", size: int = SIZE, *, strict: bool = False) -> Slice[M]:
    """At most `size` rows after `cursor`, in the order of `queryset` (plain field names, none of them
    null), ties broken by id. A cursor that cannot be read begins at the start; with `strict` it raises
    BadCursor. One query."""
    order = _order_of(queryset)
    values = _typed(queryset.model, order, _read(cursor))
    if strict and cursor and not values:
        raise BadCursor(cursor)
    rows = list(queryset.filter(_after(order, values)).order_by(*order)[: size + 1])
    following = (
        _write([getattr(rows[size - 1], name.lstrip("-")) for name in order]) if len(rows) > size else ""
    )
    return Slice(rows[:size], following)


def cursor_after(queryset: QuerySet[M], row: M) -> str:
    """The cursor of what follows `row` in the order of `queryset`."""
    return _write([getattr(row, name.lstrip("-")) for name in _order_of(queryset)])


def upto(queryset: QuerySet[M], cursor: str) -> QuerySet[M]:
    """The rows of `queryset` that come before what follows `cursor`: those of the pages already shown. None for a
    cursor that begins at the start."""
    order = _order_of(queryset)
    values = _typed(queryset.model, order, _read(cursor))
    return queryset.exclude(_after(order, values)) if values else queryset.none()


def _order_of(queryset: QuerySet[M]) -> list[str]:
    order = [str(name) for name in queryset.query.order_by]
    return [*order, "-id" if order and order[0].startswith("-") else "id"]


def _typed(model: type[Model], order: list[str], values: list[Any]) -> list[Any]:
    """The values of a cursor as the columns hold them; none when they are not of these columns."""
    try:
        pairs = zip(order, values, strict=True)
        columns = {column.name: column for column in model._meta.concrete_fields}
        typed = [columns[name.lstrip("-")].to_python(value) for name, value in pairs]
        return [] if None in typed else typed
    except (ValidationError, ValueError, TypeError, KeyError):
        return []


def _after(order: list[str], values: list[Any]) -> Q:
    """What comes after the row with these values: later in the first column, or equal there and later in the
    next one, and so on."""
    if not values:
        return Q()
    found, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        plain = name.lstrip("-")
        found |= equal & Q(**{f"{plain}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{plain: value})
    # The first column alone, so that an index can be entered at the right place.
    first, value = order[0].lstrip("-"), values[0]
    return found & Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": value})


def _write(values: list[Any]) -> str:
    plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return []
    plain = isinstance(values, list) and all(isinstance(value, str | int | float) for value in values)
    return values if plain else []
