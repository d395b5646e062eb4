"""The pages of errors. htmx asks for fragments: it gets one sentence of plain text, shown as a toast."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _error(
        request, 400, _("This request cannot be understood"), _("The address or the form is not right.")
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason that was given when there is one."""
    return _error(request, 403, _("Not allowed"), str(exception) or _("Your role does not allow this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. What exists elsewhere is not told apart from what does not exist."""
    return _error(request, 404, _("Nothing here"), _("This page does not exist, or it is not yours to see."))


def broken(request: HttpRequest) -> HttpResponse:
    """500. Touches no database: it may be the one that failed."""
    text = _("It is our fault, and it was written in the log.")
    if getattr(request, "htmx", False):
        return _plain(500, text)
    context = {"status": 500, "title": _("Something broke"), "text": text}
    return HttpResponse(render_to_string("errors/error.html", context), status=500)


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the protection against forged forms."""
    return _error(
        request, 403, _("This form has expired"), _("Go back, load the page again and send it once more.")
    )


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return _plain(status, text)
    context = {"status": status, "title": title, "text": text, "bare": True}
    return render(request, "errors/error.html", context, status=status)


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
