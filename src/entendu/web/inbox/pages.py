"""The pages of the inbox."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entendu.web.access import Asked, page


@require_GET
@page
def inbox(request: Asked, box: str) -> HttpResponse:
    """A box and its list."""
    return render(request, "inbox/inbox.html", {"box": box})
