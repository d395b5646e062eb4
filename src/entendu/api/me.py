"""Me: for whom the token acts."""

from typing import Any

from ninja import Router, Schema

from entendu.accounts.models.membership import MAY
from entendu.api.access import Call

router = Router(tags=["me"])


class OrganisationOut(Schema):
    slug: str
    name: str
    language: str
    timezone: str


class MeOut(Schema):
    """`may`: the rights of the role."""

    name: str
    email: str
    role: str
    may: list[str]
    organisation: OrganisationOut


@router.get("", response=MeOut)
def me(request: Call) -> dict[str, Any]:
    """The member for whom the token acts."""
    actor = request.auth
    return {
        "name": actor.user.name,
        "email": actor.user.email,
        "role": actor.role,
        "may": sorted(right for right in MAY if actor.may(right)),
        "organisation": actor.organisation,
    }
