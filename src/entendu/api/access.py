"""Who asks, what he or she may do, and how often."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from entendu.accounts.models import Membership
from entendu.accounts.tokens import member_of
from entendu.api.errors import Refused

V = TypeVar("V", bound=Callable[..., Any])

READ, WRITE = "1200/m", "240/m"  # requests a minute, for each member


class Call(HttpRequest):
    """A request of a member."""

    actor: Membership
    auth: Membership


class Bearer(HttpBearer):
    """`Authorization: Bearer ent_…`: a token acts for the member who made it."""

    def authenticate(self, request: HttpRequest, token: str) -> Membership | None:
        """The member, or None: an unknown or revoked token."""
        member = member_of(token.strip())
        if member is not None:
            request.actor = member  # type: ignore[attr-defined]
        return member


def session(request: HttpRequest) -> Membership | None:
    """Who is signed in by browser may look. Acting takes a token: a cookie comes along by itself, from
    any page."""
    actor: Membership | None = getattr(request, "actor", None)
    return actor if request.method == "GET" else None


class Rate(SimpleRateThrottle):
    """So many requests a minute for a member: more to look than to act."""

    def __init__(self, rate: str, *, reading: bool) -> None:
        super().__init__(rate)
        self.reading = reading

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """A key for the member; None where this rate does not apply."""
        if (request.method == "GET") is not self.reading:
            return None
        member: Membership = request.auth  # type: ignore[attr-defined]
        return f"api:{'read' if self.reading else 'write'}:{member.pk}"


def needs(right: str) -> Callable[[V], V]:
    """The operation is for members whose role carries `right` (a key of MAY): 403 otherwise. `.right`
    tells it."""

    def guard(operation: V) -> V:
        @wraps(operation)
        def guarded(request: Call, *args: Any, **kwargs: Any) -> Any:
            if not request.auth.may(right):
                raise Refused(403, "not_allowed")
            return operation(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return cast(V, guarded)

    return guard
