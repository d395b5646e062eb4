"""The one-time link. Looking at it (as scanners of mails do) uses nothing up: only the button does."""

from typing import cast

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from entendu.accounts.sign_in import use_link
from entendu.web.access import everybody


@sensitive_variables("token")
@never_cache
@require_http_methods(["GET", "POST"])
@everybody
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button; POST lets in, once. Who has a second factor is still asked for it."""
    if request.method == "GET":
        return render(request, "account/enter.html", {"bare": True})
    user = use_link(token)
    if user is None:
        return render(request, "account/enter.html", {"bare": True, "refused": True}, status=410)
    return cast(HttpResponse, perform_login(request, user, redirect_url="/"))


PATHS = [path("enter/<str:token>/", enter, name="enter")]
