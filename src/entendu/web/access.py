"""Who may open which page. Each view says it once: `@page`, `@may(right)`, `@everybody`; tests read `right_of`."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from entendu.accounts.models import Membership

V = TypeVar("V", bound=Callable[..., Any])

LOOK = "look"  # what every member may do
OPEN = "open"  # what everybody may do, signed in or not


class Asked(HttpRequest):
    """A request of a member: what a view behind `@page` or `@may` receives."""

    actor: Membership
    memberships: list[Membership]
    htmx: Any


def page(view: V) -> V:
    """For members. Strangers go to the sign-in page; a user without any organisation is told so (403)."""
    return _guard(view, LOOK)


def may(right: str) -> Callable[[V], V]:
    """For members whose role carries `right` (a key of `accounts.models.membership.MAY`): 403 otherwise."""
    return lambda view: _guard(view, right)


def everybody(view: V) -> V:
    """For anybody, signed in or not."""
    view.right = OPEN  # type: ignore[attr-defined]
    return view


def right_of(view: Callable[..., Any]) -> str | None:
    """The right that a view asks for: LOOK, OPEN, a key of MAY, or None when it names none."""
    return getattr(view, "right", None)


def _guard(view: V, right: str) -> V:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _stopped(request, right) or cast(HttpResponse, view(request, *args, **kwargs))

    @wraps(view)
    async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _stopped(request, right) or cast(HttpResponse, await view(request, *args, **kwargs))

    if iscoroutinefunction(view):
        guarded_async.right = right  # type: ignore[attr-defined]
        return cast(V, guarded_async)
    guarded.right = right  # type: ignore[attr-defined]
    return cast(V, guarded)


def _stopped(request: HttpRequest, right: str) -> HttpResponse | None:
    """The way to the sign-in page, or None for who may pass. The middleware has loaded user and actor."""
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    actor: Membership | None = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise PermissionDenied(_("You belong to no organisation yet. Ask an administrator to add you."))
    if right != LOOK and not actor.may(right):
        raise PermissionDenied(_("Your role does not allow this."))
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        # A fragment cannot show the sign-in page: the whole window goes there.
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("account_login")})
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
