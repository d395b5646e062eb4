"""The first page of a member."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET

from entendu.web.access import Asked, page


@require_GET
@page
def home(request: Asked) -> HttpResponse:
    """The inbox, on what waits for somebody."""
    return redirect("inbox", box="to_take")


PATHS = [path("", home, name="home")]
