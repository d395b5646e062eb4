"""My own page: name, language, theme, tokens for programs; and the switches of the shell that are mine."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.models import ApiToken
from entendu.accounts.profile import BadProfile, change_profile
from entendu.accounts.tokens import make_token, revoke_token
from entendu.web.access import Asked, everybody, page
from entendu.web.middleware import ORGANISATION_KEY

YEAR = 365 * 24 * 3600


@require_GET
@page
def me(request: Asked) -> HttpResponse:
    """The profile."""
    return _profile(request)


@require_POST
@page
def change(request: Asked) -> HttpResponse:
    """Keeps the name and the language."""
    try:
        change_profile(
            request.actor.user, name=request.POST.get("name"), language=request.POST.get("language")
        )
    except BadProfile:
        messages.error(request, _("A name is needed: customers see it."))
        return redirect("me")
    with override(request.actor.user.language):
        messages.success(request, _("Kept."))
    return _remember(redirect("me"), request.actor.user.language)


@require_POST
@page
def theme(request: Asked) -> HttpResponse:
    """Keeps the theme."""
    try:
        change_profile(request.actor.user, theme=request.POST.get("theme", ""))
    except BadProfile:
        return HttpResponse(status=400)
    return _back(request)


@require_POST
@everybody
def set_language(request: HttpRequest) -> HttpResponse:
    """Changes the language of the pages: in one's profile, and in a cookie for the next sign-in."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponse(status=400)
    if request.user.is_authenticated:
        change_profile(request.user, language=language)
    return _remember(_back(request), language)


@require_POST
@page
def switch_organisation(request: Asked) -> HttpResponse:
    """Goes to work at another organisation of mine."""
    wanted = request.POST.get("organisation")
    if not wanted:
        return HttpResponse(status=400)
    place = next((place for place in request.memberships if place.organisation.slug == wanted), None)
    if place is None:
        return HttpResponse(status=404)
    request.session[ORGANISATION_KEY] = place.organisation_id
    return redirect("home")


@require_POST
@page
def token_make(request: Asked) -> HttpResponse:
    """Makes a token and shows it, this once."""
    name = request.POST.get("name", "").strip()
    if not name:
        messages.error(request, _("Name the program that will use the token."))
        return redirect("me")
    return _profile(request, new_token=make_token(request.actor, name=name))


@require_POST
@page
def token_revoke(request: Asked, token: int) -> HttpResponse:
    """Ends one of my tokens."""
    mine = get_object_or_404(ApiToken.objects.visible_to(request.actor), pk=token, member=request.actor)
    revoke_token(mine, by=request.actor)
    messages.success(request, _("The token works no more."))
    return redirect("me")


def _profile(request: Asked, new_token: str = "") -> HttpResponse:
    tokens = ApiToken.objects.visible_to(request.actor).filter(member=request.actor, revoked_at=None)
    context = {"tokens": tokens.order_by("-created_at"), "new_token": new_token}
    response = render(request, "me/profile.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


def _remember(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.HTTPS,
    )
    return response


PATHS = [
    path("me/", me, name="me"),
    path("me/change/", change, name="me_change"),
    path("me/theme/", theme, name="me_theme"),
    path("me/tokens/", token_make, name="me_token_make"),
    path("me/tokens/<int:token>/revoke/", token_revoke, name="me_token_revoke"),
    path("me/organisation/", switch_organisation, name="switch_organisation"),
    path("language/", set_language, name="set_language"),
]
