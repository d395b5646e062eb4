"""The one access rule: an actor sees the rows of the organisation in which he or she works."""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

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


class Scoped(models.Model):
    """A row that belongs to an organisation (or hangs on one that does)."""

    scope_path = "organisation"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
